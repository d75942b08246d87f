"""Several projects in one report, all paths as seen from the current directory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mldebt_lint.model import Finding, Location, Report
from mldebt_lint.reporters.base import display_path


def rebase(report: Report, base: str) -> Report:
    """Return the report with `base` put before every path that is relative to the project's root."""
    if not base:
        return report
    return Report(
        findings=[_finding(base, finding) for finding in report.findings],
        suppressed=[_finding(base, finding) for finding in report.suppressed],
        hidden=report.hidden,
        problems=[replace(item, path=display_path(base, item.path)) for item in report.problems],
        notes=[replace(item, path=display_path(base, item.path)) for item in report.notes],
        files=report.files,
        timings=report.timings,
        sources={(display_path(base, path), cell): lines for (path, cell), lines in report.sources.items()},
    )


def merge(reports: Sequence[Report]) -> Report:
    """Return one report of all."""
    if len(reports) == 1:
        return reports[0]
    whole = Report()
    for report in reports:
        whole.findings += report.findings
        whole.suppressed += report.suppressed
        whole.problems += report.problems
        whole.notes += report.notes
        whole.files += report.files
        whole.sources.update(report.sources)
        for profile, number in report.hidden.items():
            whole.hidden[profile] = whole.hidden.get(profile, 0) + number
        for step, seconds in report.timings.items():
            whole.timings[step] = whole.timings.get(step, 0.0) + seconds
    whole.findings.sort(key=lambda finding: finding.key)
    return whole


def _finding(base: str, finding: Finding) -> Finding:
    where, related = _place(base, finding.where), tuple(_place(base, item) for item in finding.related)
    return replace(finding, where=where, related=related)


def _place(base: str, where: Location) -> Location:
    return replace(where, path=display_path(base, where.path))
