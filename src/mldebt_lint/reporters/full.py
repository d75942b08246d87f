"""Findings as blocks with source excerpts, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from mldebt_lint.model import Finding, Location, Report
from mldebt_lint.reporters.base import Style, place
from mldebt_lint.reporters.excerpt import Frame, excerpt, fitted
from mldebt_lint.reporters.footer import footer
from mldebt_lint.reporters.line import Mark
from mldebt_lint.reporters.terminal import Ink, count, link, paint, severity_ink, visible

NEAR = 20  # lines between two places that share one excerpt
SHOWN_PLACES = 8  # of one finding; the others are counted

Sources: TypeAlias = Mapping[tuple[str, int | None], Sequence[str]]


class FullReporter:
    """Writes each finding as cargo does: title, place, marked source, help; and then the footer."""

    def __init__(self, style: Style) -> None:
        self._style = style

    def render(self, report: Report) -> str:
        """Return one block per finding, blank lines between them, and the closing lines."""
        blocks = ["\n".join(self._block(finding, report.sources)) for finding in report.findings]
        closing = footer(report, self._style)
        if closing:
            blocks.append("\n".join(closing))
        return "\n\n".join(blocks) + "\n" if blocks else ""

    def _block(self, finding: Finding, sources: Sources) -> Iterable[str]:
        places = _places(finding)
        groups = _groups(places[:SHOWN_PLACES], severity_ink(finding.severity), sources)
        frame = self._frame(groups)
        yield self._title(finding)
        for index, group in enumerate(groups):
            yield from self._group(group, frame, "-->" if index == 0 else ":::")
        rest = len(places) - SHOWN_PLACES
        if rest > 0:
            yield self._remark(
                frame, "note", f"{count(rest, 'more place')}; --output-format json has them all"
            )
        if finding.fix:
            yield self._remark(frame, "help", visible(finding.fix.title))
        yield self._remark(frame, "rule", self._rule(finding))

    def _title(self, finding: Finding) -> str:
        color = self._style.color
        head = f"{finding.severity.name.lower()}[{visible(finding.code)}]"
        return paint(head, severity_ink(finding.severity), color=color) + paint(
            f": {visible(finding.message)}", Ink.BOLD, color=color
        )

    def _group(self, group: _Group, frame: Frame, arrow: str) -> Iterable[str]:
        first = group.places[0]
        where = visible(place(self._style.base, first))
        if not group.marks and first.label:
            where += f": {visible(first.label)}"
        yield " " * frame.digits + paint(arrow, Ink.BLUE, color=frame.color) + " " + where
        if group.marks:
            yield frame.row()
            yield from excerpt(group.lines, group.marks, frame)
            yield frame.row()

    def _remark(self, frame: Frame, word: str, text: str) -> str:
        sign = paint("=", Ink.BLUE, color=frame.color)
        return f"{' ' * frame.digits} {sign} {paint(f'{word}:', Ink.BOLD, color=frame.color)} {text}"

    def _rule(self, finding: Finding) -> str:
        name = visible(finding.name)
        if self._style.hyperlinks and self._style.rule_url:
            name = link(name, self._style.rule_url.replace("{name}", name))
        return f"{name} – mldebt-lint rule {visible(finding.code)}"

    def _frame(self, groups: Iterable[_Group]) -> Frame:
        lines = [mark.span.end_line for group in groups for mark in group.marks]
        return Frame(len(str(max(lines, default=1))), self._style.width, self._style.color)


@dataclass(slots=True)
class _Group:
    """Places of one finding that stand near each other in one file or cell, and so share an excerpt."""

    lines: Sequence[str]
    places: list[Location] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)

    def takes(self, where: Location, mark: Mark | None) -> bool:
        """Whether a place belongs here."""
        first = self.places[0]
        if mark is None or (first.path, first.cell) != (where.path, where.cell):
            return False
        if mark.is_tall and any(other.is_tall for other in self.marks):
            return False
        return any(_distance(mark, other) <= NEAR for other in self.marks)


def _places(finding: Finding) -> list[Location]:
    """The finding's own place and then the others, but none twice that has nothing more to say."""
    places = [finding.where]
    seen = {finding.where.key}
    for where in finding.related:
        if where.key not in seen or where.label:
            places.append(where)
        seen.add(where.key)
    return places


def _groups(places: Sequence[Location], ink: Ink, sources: Sources) -> list[_Group]:
    """The places as excerpts, in their order; the first place is the primary one."""
    groups: list[_Group] = []
    for index, where in enumerate(places):
        lines = sources.get((where.path, where.cell), ())
        span = fitted(where.span, lines)
        mark = Mark(span, where.label, index == 0, Ink.BLUE if index else ink) if span else None
        group = next((group for group in groups if group.takes(where, mark)), None)
        if group is None:
            group = _Group(lines)
            groups.append(group)
        group.places.append(where)
        if mark:
            group.marks.append(mark)
    return groups


def _distance(one: Mark, other: Mark) -> int:
    return max(one.span.line - other.span.end_line, other.span.line - one.span.end_line, 0)
