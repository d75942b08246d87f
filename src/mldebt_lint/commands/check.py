"""`mldebt-lint check`: from the command line's words to reports and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mldebt_lint.cache import CACHE_FOLDER
from mldebt_lint.commands.progress import ProgressBar, wants_progress
from mldebt_lint.commands.terminal import make_style
from mldebt_lint.config import Config, Flags, find_root, load_config, show_settings, shown_path
from mldebt_lint.engine import run
from mldebt_lint.errors import UserError
from mldebt_lint.model import Report
from mldebt_lint.reporters import reporter
from mldebt_lint.reporters.merge import merge, rebase
from mldebt_lint.reporters.tables import render_statistics, render_timings
from mldebt_lint.request import Request, unwatched
from mldebt_lint.sources import Sources
from mldebt_lint.survey import take_survey

CLEAN, FINDINGS, TROUBLE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Options:
    """The words of the command line, unread."""

    paths: tuple[str, ...] = ()
    flags: Flags = field(default_factory=Flags)
    config: tuple[str, ...] = ()
    isolated: bool = False
    stdin_filename: str = "stdin.py"
    force_exclude: bool = False
    trust_project: bool = False
    exit_zero: bool = False
    statistics: bool = False
    show_files: bool = False
    show_settings: bool = False
    timings: bool = False
    color: str = "auto"
    quiet: bool = False
    jobs: int = 0
    no_cache: bool = False
    cache_dir: str = ""
    progress: bool = True
    verbose: bool = False


def check(options: Options) -> int:
    """Run the linter, write the reports and return the exit code. Raises UserError for a user's mistake."""
    requests = list(make_requests(options))
    if options.show_settings or options.show_files:
        print("\n".join(_shown(options, requests)))
        return CLEAN
    if options.verbose:
        sys.stderr.write("".join(f"{line}\n" for request in requests for line in _told(request)))
    bar = ProgressBar() if options.progress and not options.quiet and wants_progress() else None
    try:
        reports = [rebase(run(request, bar or unwatched), _base(request.config.root)) for request in requests]
    finally:
        if bar is not None:
            bar.close()
    report = merge(reports)
    config = requests[0].config
    write_reports(options, config, report)
    if options.timings:
        sys.stderr.write(render_timings(report))
    return exit_code(options, config, report)


def make_requests(options: Options) -> Iterable[Request]:
    """Yield one request for each project that the given paths belong to."""
    stdin = Path(options.stdin_filename) if "-" in options.paths else None
    if stdin is not None and len(options.paths) > 1:
        raise UserError("standard input (-) cannot be linted together with paths")
    paths = [] if stdin is not None else [Path(path) for path in options.paths or (".",)]
    roots: dict[Path, list[Path]] = {}
    for path in [stdin] if stdin is not None else paths:
        roots.setdefault(find_root(path), []).append(path)
    for root, below in roots.items():
        config = read_config(options, root)
        sources = Sources(root, config.packs, config.local_rules, config.plugins, options.trust_project)
        content = (Path(os.path.abspath(stdin)), sys.stdin.buffer.read()) if stdin is not None else None
        wanted = () if stdin is not None else tuple(below)
        yield Request(
            config=config,
            rules=sources,
            paths=wanted,
            stdin=content,
            force_exclude=options.force_exclude,
            timings=options.timings,
            jobs=options.jobs,
            cache=_cache_folder(options, root),
            excerpts=any(name == "full" for name, _ in _formats(config)),
        )


def _cache_folder(options: Options, root: Path) -> Path | None:
    if options.no_cache:
        return None
    return Path(os.path.abspath(options.cache_dir)) if options.cache_dir else root / CACHE_FOLDER


def read_config(options: Options, root: Path) -> Config:
    """Return the settings of one project with the command line laid over them."""
    files = [word for word in options.config if "=" not in word]
    pairs = [word for word in options.config if "=" in word]
    if len(files) > 1:
        raise UserError(
            "--config names two files", hint="give one file, and single settings as 'key = value'"
        )
    file = Path(files[0]) if files else None
    if file is not None and not file.is_file():
        raise UserError(f"the configuration file '{files[0]}' does not exist")
    return load_config(root, file=file, overrides=pairs, isolated=options.isolated).with_flags(options.flags)


def write_reports(options: Options, config: Config, report: Report) -> None:
    """Write every wanted format to its path, or to standard output."""
    style = make_style(options.color, quiet=options.quiet)
    for name, path in _formats(config):
        text = reporter(name, style).render(report)
        if path:
            _write_file(Path(path), text)
        elif options.statistics and name in {"full", "concise"}:
            sys.stdout.write(render_statistics(report, style))
        else:
            sys.stdout.write(text)


def _formats(config: Config) -> list[tuple[str, str]]:
    """The formats that are written, each with its path; empty for standard output."""
    default = "full" if sys.stdout.isatty() else "concise"
    words = config.output_format or (default,)
    return [(name, path) for name, _, path in (word.partition(":") for word in words)]


def _write_file(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f"{path.name}.partial")
        partial.write_text(text, encoding="utf-8")
        os.replace(partial, path)
    except OSError as error:
        raise UserError(f"cannot write the report to '{path}': {error.strerror}") from error


def exit_code(options: Options, config: Config, report: Report) -> int:
    """Return 2 when something could not be judged, 1 when a finding reaches `fail_on`, else 0."""
    if report.problems:
        return TROUBLE
    failing = any(finding.severity >= config.fail_on for finding in report.findings)
    return FINDINGS if failing and not options.exit_zero else CLEAN


def _base(root: Path) -> str:
    relative = os.path.relpath(root)
    return "" if relative == "." else Path(relative).as_posix()


def _told(request: Request) -> Iterable[str]:
    """What `--verbose` says before a run: the project, its configuration, and every file that is linted."""
    config = request.config
    yield f"project {_base(config.root) or '.'}"
    yield f"configuration {shown_path(config.source, config.root) if config.source else 'none'}"
    yield from (f"lints {path}" for path in _linted(request))


def _linted(request: Request) -> list[str]:
    """Return the requested files as they are seen from the current directory."""
    base = os.path.relpath(request.config.root)
    targets = take_survey(request).targets
    return sorted(Path(os.path.normpath(os.path.join(base, path))).as_posix() for path in targets)


def _shown(options: Options, requests: Sequence[Request]) -> Iterable[str]:
    for request in requests:
        if options.show_files:
            yield from _linted(request)
        else:
            from mldebt_lint.plan import make_plan

            rules = make_plan(request.config, request.rules).rules
            yield show_settings(request.config, [(rule, rule.options) for rule in rules])
