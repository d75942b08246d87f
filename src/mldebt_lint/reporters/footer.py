"""The end of a human-readable report: problems, notes, and the sum of it all."""

from __future__ import annotations

from collections import Counter

from mldebt_lint.model import Note, Problem, Profile, Report, Severity
from mldebt_lint.reporters.base import Style, display_path
from mldebt_lint.reporters.terminal import Ink, count, paint, severity_ink, visible


def footer(report: Report, style: Style) -> list[str]:
    """Return the closing lines; the last ones say how much was found, so that they stay in sight."""
    lines = [_problem(problem, style) for problem in report.problems]
    if style.quiet:
        return lines
    lines += [_note(note, style) for note in report.notes]
    lines.append(_summary(report, style))
    hidden = _hidden(report)
    if hidden:
        lines.append(paint(f"({hidden})", Ink.DIM, color=style.color))
    return lines


def _problem(problem: Problem, style: Style) -> str:
    path = display_path(style.base, problem.path)
    line = "" if problem.line is None else f":{problem.line}"
    where = f"{path}{line}: " if path else ""
    rule = f"rule {problem.rule}: " if problem.rule else ""
    return paint("problem:", Ink.RED, color=style.color) + visible(f" {where}{rule}{problem.message}")


def _note(note: Note, style: Style) -> str:
    where = f"{display_path(style.base, note.path)}: " if note.path else ""
    return paint("note:", Ink.BLUE, color=style.color) + visible(f" {where}{note.message}")


def _summary(report: Report, style: Style) -> str:
    tail = f"in {count(report.files, 'file')}"
    if report.suppressed:
        tail += f", {len(report.suppressed)} suppressed"
    if report.problems:
        tail += f", {count(len(report.problems), 'problem')}"
    if report.findings:
        found = count(len(report.findings), "finding")
        return f"Found {found} ({_by_severity(report, style)}) {tail}."
    if report.problems:
        return f"No findings {tail}."
    if not report.files:
        return "No files to check."
    return paint("All clear:", Ink.GREEN, color=style.color) + f" no findings {tail}."


def _by_severity(report: Report, style: Style) -> str:
    numbers = Counter(finding.severity for finding in report.findings)
    words = {Severity.ERROR: "error", Severity.WARNING: "warning"}
    return ", ".join(
        paint(
            count(numbers[level], words[level]) if level in words else f"{numbers[level]} info",
            severity_ink(level),
            color=style.color,
        )
        for level in sorted(Severity, reverse=True)
        if numbers[level]
    )


def _hidden(report: Report) -> str:
    return ", ".join(
        f"{report.hidden[profile]} more with --profile {profile.name.lower()}"
        for profile in sorted(Profile)
        if report.hidden.get(profile)
    )
