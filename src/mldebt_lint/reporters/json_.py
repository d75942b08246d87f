"""The report as JSON, version 1: an object described by the JSON Schema that ships beside this module."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from mldebt_lint import __version__
from mldebt_lint.model import Finding, Fix, Location, Profile, Report, Severity, Span
from mldebt_lint.reporters.base import Style, display_path
from mldebt_lint.reporters.terminal import UNSAFE

SCHEMA_VERSION = 1

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"


class JsonReporter:
    """Writes the whole report as one JSON object; equal reports give equal bytes."""

    def __init__(self, style: Style) -> None:
        self._base = style.base

    def render(self, report: Report) -> str:
        """Return the object, indented, with a newline at its end."""
        return dump(self._report(report))

    def _report(self, report: Report) -> dict[str, Json]:
        body: dict[str, Json] = {
            "schema_version": SCHEMA_VERSION,
            "tool": {"name": "mldebt-lint", "version": __version__},
            "summary": _summary(report),
            "findings": [self._finding(finding) for finding in report.findings],
            "errors": [
                {
                    "message": problem.message,
                    "filename": self._filename(problem.path),
                    "rule": problem.rule or None,
                    "row": problem.line,
                }
                for problem in report.problems
            ],
            "notes": [
                {"message": note.message, "filename": self._filename(note.path)} for note in report.notes
            ],
        }
        if report.timings:
            body["timings"] = dict(report.timings)
        return body

    def _finding(self, finding: Finding) -> dict[str, Json]:
        return {
            "code": finding.code,
            "name": finding.name,
            "debt": finding.debt.value,
            "severity": finding.severity.name.lower(),
            "confidence": finding.confidence.name.lower(),
            "message": finding.message,
            **self._place(finding.where),
            "physical": _physical(finding.where),
            "related": [
                {"message": where.label, **self._place(where), "physical": _physical(where)}
                for where in finding.related
            ],
            "fix": None if finding.fix is None else self._fix(finding.fix),
            "fingerprint": finding.fingerprint,
        }

    def _fix(self, fix: Fix) -> dict[str, Json]:
        return {
            "title": fix.title,
            "applicability": fix.applicability.value,
            "edits": [{**self._place(edit.where), "text": edit.text} for edit in fix.edits],
        }

    def _place(self, where: Location) -> dict[str, Json]:
        span = where.span
        return {
            "filename": display_path(self._base, where.path),
            "location": {"row": span.line, "column": span.column},
            "end_location": {"row": span.end_line, "column": span.end_column},
            "cell": where.cell,
        }

    def _filename(self, path: str) -> str | None:
        return display_path(self._base, path) or None


def dump(value: Json) -> str:
    """Return indented JSON that UTF-8 can encode and a terminal can show, with a newline at its end."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return UNSAFE.sub(lambda match: _escaped(match.group()), text) + "\n"


def schema() -> str:
    """Return the JSON Schema (draft 2020-12) of the report."""
    from importlib.resources import files

    return files(__package__).joinpath("schema/report.schema.json").read_text(encoding="utf-8")


def _escaped(char: str) -> str:
    # The only character of `UNSAFE` that stands outside strings is the newline of the indentation.
    return char if char == "\n" else f"\\u{ord(char):04x}"


def _physical(where: Location) -> dict[str, Json] | None:
    span: Span | None = where.span if where.cell is None else where.physical
    if span is None:
        return None
    return {
        "row": span.line,
        "column": span.column,
        "end_row": span.end_line,
        "end_column": span.end_column,
    }


def _summary(report: Report) -> dict[str, Json]:
    severities = Counter(finding.severity for finding in report.findings)
    codes = Counter(finding.code for finding in report.findings)
    return {
        "files": report.files,
        "findings": len(report.findings),
        "by_severity": {level.name.lower(): severities[level] for level in sorted(Severity, reverse=True)},
        "by_code": {code: codes[code] for code in sorted(codes)},
        "suppressed": len(report.suppressed),
        "hidden": {
            profile.name.lower(): report.hidden.get(profile, 0) for profile in (Profile.STRICT, Profile.AUDIT)
        },
    }
