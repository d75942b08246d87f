"""The run: discover, analyse each file, judge the project, settle, report."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from time import perf_counter

from mldebt_lint.analyse import Analyst, FileResult, Task, guarded
from mldebt_lint.analysis.nodes import cheap_nodes
from mldebt_lint.analysis.project import Project
from mldebt_lint.config import Config, Decision, FileIgnores, resolve, rule_options
from mldebt_lint.model import Finding, Note, Report
from mldebt_lint.reading.companion import load_companions
from mldebt_lint.reading.discover import DiscoverOptions, Scan, discover, scan
from mldebt_lint.reading.options import ReadOptions
from mldebt_lint.registry import Registry
from mldebt_lint.rule import DirectiveRule, ProjectRule, Rule
from mldebt_lint.settle.places import complete
from mldebt_lint.settle.suppress import suppress

# Code generation and constant folding recurse; a sum of 900 terms is deeper than Python's default allows.
RECURSION_LIMIT = 20_000
SWEEP_LINES = 200_000


@dataclass(frozen=True, slots=True)
class Request:
    """What one run over one project is asked: settings, rules, the paths to report on.

    `stdin` is the content that replaces, or adds, the file at its path.
    """

    config: Config
    registry: Registry
    paths: tuple[Path, ...]
    stdin: tuple[Path, bytes] | None = None
    force_exclude: bool = False
    timings: bool = False


@dataclass(slots=True)
class Plan:
    """Which rules run in which files."""

    rules: list[Rule]
    decisions: Mapping[str, Decision]
    ignores: FileIgnores
    targets: frozenset[str] = frozenset()
    quiet: dict[str, frozenset[str]] = field(default_factory=dict)

    def codes(self, path: str) -> frozenset[str]:
        """The codes of the rules whose findings in this file are wanted."""
        if path not in self.targets:
            return frozenset()
        if path not in self.quiet:
            self.quiet[path] = frozenset(rule.code for rule in self.rules) - self.ignores.codes_for(path)
        return self.quiet[path]


def run(request: Request) -> Report:
    """Run every enabled rule over the project and return the report on the requested paths.

    Raises UserError for a wrong path, selector or option. The project is always whole: facts come from every
    file under its root, findings are reported for the requested ones.
    """
    sys.setrecursionlimit(max(sys.getrecursionlimit(), RECURSION_LIMIT))
    plan = make_plan(request)
    tasks, whole = list_tasks(request, plan)
    problems = list(whole.problems)
    analyst = Analyst(plan.rules, request.registry.library, _read_options(request.config))
    with cheap_nodes(), paused_collector() as sweep:
        results = [sweep(analyst.analyse(task)) for task in tasks]
    started = perf_counter()
    project = Project(
        [result.module for result in results if result.module is not None],
        {result.path: result.facts for result in results},
        load_companions(whole.companions, request.config.root),
        request.registry.library,
    )
    analyst.timings["project"] = perf_counter() - started
    findings = [finding for result in results for finding in result.findings]
    for rule in plan.rules:
        if isinstance(rule, ProjectRule):
            started = perf_counter()
            found = guarded(rule, "", partial(rule.check, project), problems)
            findings += [finding for finding in found if finding.code in plan.codes(finding.where.path)]
            analyst.timings[f"{rule.code} project"] = perf_counter() - started
    report = settle(request, plan, findings, results)
    report.problems = problems + [problem for result in results for problem in result.problems]
    report.timings = analyst.timings if request.timings else {}
    by_path = {task.shown: task for task in tasks}
    return complete(report, lambda path: analyst.reread(by_path[path]))


@contextmanager
def paused_collector() -> Iterator[Callable[[FileResult], FileResult]]:
    """Switch the cyclic garbage collector off while trees are built; the function yielded sweeps now and then.

    A tree is hundreds of thousands of objects that live for one file and are freed with it (`SourceFile.release`):
    the collector would visit them all, many times, and find nothing. What a rule leaves behind in cycles of its own
    is swept after every SWEEP_LINES lines.
    """
    was_on, lines = gc.isenabled(), 0

    def sweep(result: FileResult) -> FileResult:
        nonlocal lines
        lines += result.module.lines if result.module is not None else 0
        if lines >= SWEEP_LINES:
            lines = 0
            gc.collect()
        return result

    gc.disable()
    try:
        yield sweep
    finally:
        if was_on:
            gc.enable()


def make_plan(request: Request) -> Plan:
    """Decide which rules run, and build them with their options."""
    config, known = request.config, request.registry.rules
    decisions = resolve(known, config, lenient=bool(request.registry.notes))
    rules = [
        rule(rule_options(rule.Options, config, name=rule.name, code=rule.code))
        for rule in known
        if decisions[rule.code].enabled
    ]
    return Plan(rules, decisions, FileIgnores(config, known))


def list_tasks(request: Request, plan: Plan) -> tuple[list[Task], Scan]:
    """Return every file of the project, the requested ones with their rules, and the scan they come from."""
    config, root = request.config, request.config.root
    options = DiscoverOptions(root, config.exclude + config.extend_exclude, request.force_exclude)
    whole = scan(root, options)
    wanted = {_shown(path, root): path for path in discover(request.paths, options, whole)}
    files = {_shown(path, root): path for path in whole.python} | wanted
    raw: dict[str, bytes] = {}
    if request.stdin is not None:
        path, content = request.stdin
        wanted[_shown(path, root)] = files[_shown(path, root)] = path
        raw[_shown(path, root)] = content
    plan.targets = frozenset(wanted)
    tasks = [Task(files[shown], shown, plan.codes(shown), raw.get(shown)) for shown in sorted(files)]
    return tasks, whole


def shown_paths(request: Request) -> list[str]:
    """Return the requested files as they are seen from the current directory."""
    plan = make_plan(request)
    list_tasks(request, plan)
    base = os.path.relpath(request.config.root)
    return sorted(Path(os.path.normpath(os.path.join(base, shown))).as_posix() for shown in plan.targets)


def _shown(path: Path, root: Path) -> str:
    return Path(os.path.relpath(path, root)).as_posix()


def _read_options(config: Config) -> ReadOptions:
    return ReadOptions(python_cell_magics=config.python_cell_magics)


def settle(request: Request, plan: Plan, findings: list[Finding], results: Sequence[FileResult]) -> Report:
    """Apply suppressions, severities and profiles; the order of the report is by place, then code."""
    known = request.registry.rules
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
    report.notes = [*request.config.notes, *(Note(text) for text in request.registry.notes)]
    report.notes += [note for result in targets for note in result.notes]
    for finding in sorted(kept, key=lambda f: f.key):
        _show(finding, plan.decisions[finding.code], request.config, report)
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
