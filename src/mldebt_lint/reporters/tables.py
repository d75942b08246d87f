"""Small tables in plain text: findings by rule, seconds by step."""

from __future__ import annotations

from collections import Counter

from mldebt_lint.model import Report
from mldebt_lint.reporters.base import Style
from mldebt_lint.reporters.footer import footer


def render_statistics(report: Report, style: Style) -> str:
    """Return one line for each rule with findings, the most frequent first, then the footer."""
    counts = Counter((finding.code, finding.name) for finding in report.findings)
    rows = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    lines = [f"{number:>6}  {code}  {name}" for (code, name), number in rows]
    return "".join(f"{line}\n" for line in [*lines, *footer(report, style)])


def render_timings(report: Report) -> str:
    """Return the seconds of each step and rule, the slowest first."""
    total = sum(report.timings.values()) or 1.0
    rows = sorted(report.timings.items(), key=lambda item: -item[1])
    lines = [f"{seconds:>9.3f} s  {100 * seconds / total:>5.1f} %  {step}" for step, seconds in rows]
    return "".join(f"{line}\n" for line in lines)
