"""The analysis: every file that is not as it was, the project, then what becomes of the findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from mldebt_lint.analyse import Analyst, Clock, FileResult, Task
from mldebt_lint.analysis.project import Project
from mldebt_lint.analysis.store import FactStore
from mldebt_lint.cache import Cache, Contents, DamagedCacheError, Entry
from mldebt_lint.codec import pack, unpack
from mldebt_lint.config import Config, Decision
from mldebt_lint.judge import Judge
from mldebt_lint.model import Finding, Note, Problem, Report
from mldebt_lint.plan import Plan, make_plan
from mldebt_lint.reading.companion import load_companions
from mldebt_lint.request import Request, Watch
from mldebt_lint.rule import DirectiveRule, ProjectRule
from mldebt_lint.runtime import paused_collector
from mldebt_lint.settle.places import complete
from mldebt_lint.settle.suppress import suppress
from mldebt_lint.survey import Survey
from mldebt_lint.workers import Recipe, analyse_files


class _Kept(NamedTuple):
    """What a cache kept of a file: everything but its facts, and the kinds of these with their digests."""

    result: FileResult
    kinds: Mapping[str, str]


class Lint:
    """One run of the rules over one project.

    The project is always whole: facts come from every file under its root, findings are reported for the requested
    ones. Raises UserError for a wrong selector or option.
    """

    def __init__(self, request: Request, survey: Survey, cache: Cache, contents: Contents) -> None:
        self._request, self._survey, self._cache, self._contents = request, survey, cache, contents
        self._timings: dict[str, float] = {}
        self._clock = partial(Clock, self._timings)
        with self._clock("rules"):
            self._plan = make_plan(request.config, request.rules, survey.targets)

    def report(self, watch: Watch) -> Report:
        """Run every enabled rule and return the report."""
        with paused_collector():  # facts are many, and none is part of a cycle
            return self._report(watch)

    def _report(self, watch: Watch) -> Report:
        with self._clock("cache"):
            kept = self._kept()
        fresh = {result.path: result for result in self._analysed(kept, watch)}
        results = [fresh[path] if path in fresh else kept[path].result for path in self._survey.files]
        found, problems = self._judged(fresh, kept)
        found += [finding for result in results for finding in result.findings]
        wanted = [finding for finding in found if finding.code in self._plan.codes(finding.where.path)]
        with self._clock("settle"):
            report = settle(self._request.config, self._plan, wanted, results)
            report.problems = [*self._survey.problems, *problems]
            report.problems += [problem for result in results for problem in result.problems]
            complete(report, self._survey.read, excerpts=self._request.excerpts)
        report.timings = self._timings if self._request.timings else {}
        return report

    def _kept(self) -> dict[str, _Kept]:
        """The files that are as they were when the same was asked of them."""
        digests = self._contents.digests
        asked = {
            path: (digests[path], self._plan.codes(path)) for path in self._survey.files if path in digests
        }
        entries = self._cache.entries(asked) if asked else {}
        return {
            path: _Kept(unpack(FileResult, data) if data else FileResult(path, digests[path]), kinds)
            for path, (kinds, data) in entries.items()
        }

    def _analysed(self, kept: Collection[str], watch: Watch) -> Iterator[FileResult]:
        """Analyse the other files, and keep what they give."""
        survey = self._survey
        tasks = [
            Task(file, path, self._plan.codes(path), survey.raw.get(path))
            for path, file in survey.files.items()
            if path not in kept
        ]
        if not tasks:
            return
        codes = {task.shown: task.codes for task in tasks}
        analyst = Analyst(self._plan.rules, self._plan.registry.library, survey.options)
        recipe = Recipe(self._request.config, self._request.rules, survey.options)
        analysed = analyse_files(tasks, analyst, recipe, self._request.jobs)
        waiting: dict[str, FileResult] = {}
        for number, result in enumerate(analysed, start=1):
            watch(number, len(tasks))
            if result.digest and result.path not in survey.raw:
                self._contents.learn(result.path, result.digest)
                if not any(problem.rule for problem in result.problems):  # a rule's bug may be of the moment
                    waiting[result.path] = result
                    _drop(self._cache.add(_entry(result, codes[result.path])), waiting)
            yield result
        _drop(self._cache.flush(), waiting)
        for step, seconds in analyst.timings.items():
            self._timings[step] = self._timings.get(step, 0.0) + seconds

    def _judged(
        self, fresh: Mapping[str, FileResult], kept: Mapping[str, _Kept]
    ) -> tuple[list[Finding], list[Problem]]:
        """Ask the project rules."""
        files = {path: item.kinds for path, item in kept.items()}
        files |= {path: result.kinds for path, result in fresh.items()}
        digests = self._contents.digests
        companions = {path: digests.get(path, "") for path in self._survey.companions}
        held = {path: result.facts for path, result in fresh.items() if result.facts}
        stored = {path: item.result for path, item in kept.items()}
        stored |= {path: result for path, result in fresh.items() if path not in held}
        expected = Counter(kind for path in stored for kind in files[path])
        facts = FactStore(held, partial(self._load, {p: r.digest for p, r in stored.items()}, expected))
        rules = [rule for rule in self._plan.rules if isinstance(rule, ProjectRule)]
        judge = Judge(self._cache, files, companions, self._clock)
        return judge.judge(rules, facts, partial(self._project, facts))

    def _load(
        self, digests: Mapping[str, str], expected: Mapping[str, int], kind: str
    ) -> Mapping[str, bytes]:
        """Return the facts of a kind that the cache has. Raises DamagedCacheError where it lacks some."""
        found = self._cache.facts(kind, digests)
        if len(found) < expected[kind]:
            raise DamagedCacheError("facts are missing")
        return found

    def _project(self, facts: FactStore) -> Project:
        with self._clock("project"):
            companions = load_companions(list(self._survey.companions.values()), self._request.config.root)
            return Project(facts, companions, self._plan.registry.library)


def _drop(written: Iterable[Entry], waiting: dict[str, FileResult]) -> None:
    """Let go of facts that the cache has."""
    for entry in written:
        waiting.pop(entry.path).facts = {}


def _entry(result: FileResult, codes: frozenset[str]) -> Entry:
    packed = pack(replace(result, facts={}, kinds={})) if result.tells else b""
    return Entry(result.path, result.digest, codes, packed, result.facts, result.kinds)


def settle(config: Config, plan: Plan, findings: Sequence[Finding], results: Sequence[FileResult]) -> Report:
    """Apply suppressions, severities and profiles; the order of the report is by place, then code."""
    known = plan.registry.rules
    codes = {word: rule.code for rule in known for word in (rule.code, rule.name)}
    targets = [result for result in results if result.path in plan.targets]
    directives = [directive for result in targets for directive in result.directives]
    ran = {result.path: set(plan.codes(result.path)) for result in targets}
    outcome = suppress(findings, directives, codes, ran)
    kept = outcome.kept
    for rule in plan.rules:
        if isinstance(rule, DirectiveRule):
            about = [f for f in rule.check(outcome.directives, codes) if f.code in plan.codes(f.where.path)]
            kept = kept + suppress(about, directives, codes, ran).kept
    report = Report(suppressed=sorted(outcome.suppressed, key=lambda f: f.key), files=len(targets))
    report.notes = [*config.notes, *(Note(text) for text in plan.registry.notes)]
    report.notes += [note for result in targets for note in result.notes]
    for finding in sorted(kept, key=lambda f: f.key):
        _show(finding, plan.decisions[finding.code], config, report)
    return report


def _show(finding: Finding, decision: Decision, config: Config, report: Report) -> None:
    """Add a finding to the report, or count it for the profile that would show it."""
    explicit = decision.hidden_until is None and decision.reach > config.profile
    if not explicit and not decision.shows(finding.profile):
        report.hidden[finding.profile] = report.hidden.get(finding.profile, 0) + 1
        return
    if decision.severity is not None:
        finding = replace(finding, severity=decision.severity)
    if finding.severity >= config.min_severity:
        report.findings.append(finding)
