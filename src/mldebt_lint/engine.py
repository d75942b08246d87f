"""The run: which files there are, whether all is as it was, and if not, the analysis. No rule is loaded before that."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

from mldebt_lint.cache import Cache, Contents, analysis_key, discard, open_cache, state_key
from mldebt_lint.codec import GarbledError, pack, unpack
from mldebt_lint.model import Report
from mldebt_lint.request import Request, Watch, unwatched
from mldebt_lint.settle.places import add_sources
from mldebt_lint.sources import Sources
from mldebt_lint.survey import Survey, take_survey


def run(request: Request, watch: Watch = unwatched) -> Report:
    """Run every enabled rule over the project and return the report on the requested paths.

    Raises UserError for a wrong path, selector or option. With a cache, what did not change is not done again; one
    that is damaged is deleted, and the run starts anew without. `watch` is told, again and again, how many files of how
    many are analysed.
    """
    started = perf_counter()
    survey = take_survey(request)
    seconds = perf_counter() - started
    cache = _cache(request)
    try:
        report = _report(request, survey, cache, watch)
    except GarbledError as error:
        cache.abandon()
        discard(cache.file, error)
        report = _report(request, survey, Cache(), watch)
    finally:
        cache.close()
    if request.timings:
        report.timings["discover"] = seconds
    return report


def _cache(request: Request) -> Cache:
    if request.cache is None or not isinstance(request.rules, Sources):
        return Cache()
    return open_cache(request.cache, analysis_key(request.config, request.rules, request.cache))


def _report(request: Request, survey: Survey, cache: Cache, watch: Watch) -> Report:
    """Return the report that was kept of exactly this, or make it."""
    if cache.file is None:
        return _made(request, survey, cache, Contents({}, {}), watch)
    contents = Contents({**survey.companions, **survey.files}, cache.contents())
    for path in survey.companions:
        contents.read(path)
    report = _kept(request, survey, cache, contents)
    if report is None:
        report = _made(request, survey, cache, contents, watch)
        if key := _key(request, survey, contents):
            if not any(problem.rule for problem in report.problems):
                cache.keep_report(key, pack(replace(report, sources={}, timings={})))
    if contents.unsaved or contents.gone:
        cache.keep_contents(contents.unsaved, contents.gone)
    return report


def _kept(request: Request, survey: Survey, cache: Cache, contents: Contents) -> Report | None:
    key = _key(request, survey, contents)
    packed = cache.report(key) if key else None
    if packed is None:
        return None
    report = unpack(Report, packed)
    return add_sources(report, survey.read) if request.excerpts else report


def _key(request: Request, survey: Survey, contents: Contents) -> str:
    """The key of the whole report; empty while some file is not known, and for what is not on disk."""
    if survey.raw or not contents.are_known:
        return ""
    asked = (sorted(survey.targets), request.force_exclude, survey.problems)
    return state_key(request.config, asked, contents.digests)


def _made(request: Request, survey: Survey, cache: Cache, contents: Contents, watch: Watch) -> Report:
    from mldebt_lint.lint import Lint

    return Lint(request, survey, cache, contents).report(watch)
