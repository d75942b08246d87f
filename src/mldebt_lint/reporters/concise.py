"""One line per finding, for pipes, editors and grep."""

from __future__ import annotations

from mldebt_lint.model import Finding, Report, Severity
from mldebt_lint.reporters.base import Style, place
from mldebt_lint.reporters.footer import footer
from mldebt_lint.reporters.terminal import Ink, paint, severity_ink, visible


class ConciseReporter:
    """Writes `path:line:column: CODE [name] message`, and then the footer."""

    def __init__(self, style: Style) -> None:
        self._style = style

    def render(self, report: Report) -> str:
        """Return one line per finding and the closing lines."""
        lines = [self._line(finding) for finding in report.findings]
        return "".join(f"{line}\n" for line in [*lines, *footer(report, self._style)])

    def _line(self, finding: Finding) -> str:
        color = self._style.color
        ink = severity_ink(finding.severity)
        where = paint(visible(place(self._style.base, finding.where)), Ink.BOLD, color=color)
        code = paint(visible(finding.code), ink, color=color)
        # A warning is the rule, so only what departs from it says so; the code stays in one column for all.
        usual = finding.severity is Severity.WARNING
        word = "" if usual else paint(f"{finding.severity.name.lower()}:", ink, color=color) + " "
        return f"{where}: {code} [{visible(finding.name)}] {word}{visible(finding.message)}"
