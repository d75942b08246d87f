"""A piece of source code with its flagged places marked under it, as cargo and rustc draw it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mldebt_lint.model import Span
from mldebt_lint.reporters.line import Line, Mark, cut, underlines
from mldebt_lint.reporters.terminal import Ink, paint, visible

TALL_SHOWN = 6  # lines of one multi-line span that are shown in full
MIN_ROOM = 30  # cells for source, however narrow the terminal


@dataclass(frozen=True, slots=True)
class Frame:
    """What an excerpt is drawn into: digits of the line numbers, cells in all, and whether in colour."""

    digits: int
    width: int
    color: bool

    def row(self, number: str = "", body: str = "") -> str:
        """Return one line with its gutter."""
        gutter = paint(f"{number:>{self.digits}} |", Ink.BLUE, color=self.color)
        return f"{gutter} {body}" if body else gutter

    def ellipsis(self, margin: str = "") -> str:
        """Return the line that stands for lines left out, with what the margin of the source holds there."""
        return paint("...", Ink.BLUE, color=self.color) + (" " * self.digits + margin if margin else "")


def fitted(span: Span, lines: Sequence[str]) -> Span | None:
    """Return the span as far as it lies in the lines and at least one column wide; None if it is outside.

    An end before the first column of a line is drawn back to the end of the line above.
    """
    if not 1 <= span.line <= len(lines):
        return None
    end_line, end_column = span.end_line, span.end_column
    if end_line > len(lines) or (end_line > span.line and end_column <= 1):
        end_line = min(end_line - 1, len(lines))
        end_column = len(_line(lines, end_line)) + 1
    if end_line <= span.line:
        end_line, end_column = span.line, max(end_column, span.column + 1)
    return Span(span.line, span.column, end_line, end_column)


def excerpt(lines: Sequence[str], marks: Sequence[Mark], frame: Frame) -> list[str]:
    """Return the rows of an excerpt; `marks` lie within `lines` and at most one of them is tall."""
    tall = next((mark for mark in marks if mark.is_tall), None)
    rows: list[str] = []
    last = 0
    for number in _line_numbers(marks):
        if last and number > last + 1:
            inside = tall and tall.span.line <= last < tall.span.end_line
            rows.append(frame.ellipsis(paint("|", tall.ink, color=frame.color) if tall and inside else ""))
        here = [mark for mark in marks if not mark.is_tall and mark.span.line == number]
        plain = _Plain(number, _line(lines, number), here)
        rows += plain.rows(frame) if tall is None else _Beside(plain, tall, frame).rows()
        last = number
    return rows


def _line(lines: Sequence[str], number: int) -> str:
    return lines[number - 1].rstrip("\r\n")


def _line_numbers(marks: Iterable[Mark]) -> list[int]:
    wanted: set[int] = set()
    for mark in marks:
        first, last = mark.span.line, mark.span.end_line
        if last - first < TALL_SHOWN:
            wanted.update(range(first, last + 1))
        else:
            wanted.update((first, first + 1, first + 2, last - 1, last))
    # A gap of one line costs as much as the sign for it.
    return sorted(wanted | {number + 1 for number in wanted if number + 2 in wanted})


@dataclass(frozen=True, slots=True)
class _Plain:
    """A line with the marks that begin and end in it."""

    number: int
    source: str
    marks: list[Mark]

    def rows(self, frame: Frame) -> list[str]:
        line = self.fit(frame, (1, 2))
        below = underlines(line, self.marks, color=frame.color)
        return [frame.row(str(self.number), line.text.rstrip()), *(frame.row(body=row) for row in below)]

    def fit(self, frame: Frame, otherwise: tuple[int, int], margin: int = 0) -> Line:
        """The line cut to its room, with the first mark (or the columns `otherwise`) in sight."""
        marks = sorted(self.marks, key=lambda mark: not mark.primary)
        focus = (marks[0].span.column, marks[0].span.end_column) if marks else otherwise
        return cut(self.source, focus, max(frame.width - frame.digits - 3 - margin, MIN_ROOM))


@dataclass(frozen=True, slots=True)
class _Beside:
    """A line in an excerpt that has a tall mark, drawn as a bracket in a margin left of the source."""

    plain: _Plain
    tall: Mark
    frame: Frame

    def rows(self) -> list[str]:
        number, span, frame = self.plain.number, self.tall.span, self.frame
        starts, ends = number == span.line, number == span.end_line
        focus = (span.column, span.column + 1) if starts else (1, 2)
        line = self.plain.fit(frame, (span.end_column - 1, span.end_column) if ends else focus, margin=2)
        opens = starts and not self.plain.source[: span.column - 1].strip()
        bar = self._ink("|") + " "
        inside = span.line < number <= span.end_line
        left = self._ink("/") + " " if opens else bar if inside else "  "
        rows = [frame.row(str(number), (left + line.text).rstrip())]
        if starts and not opens:
            rows.append(frame.row(body=self._arm(" ", line.cell(span.column))))
        left = bar if starts or inside else "  "
        rows += [frame.row(body=left + row) for row in underlines(line, self.plain.marks, color=frame.color)]
        if ends:
            label = f" {visible(self.tall.label)}" if self.tall.label else ""
            rows.append(frame.row(body=self._arm("|", line.cell(span.end_column - 1), label)))
        return rows

    def _arm(self, start: str, cell: int, label: str = "") -> str:
        return self._ink(f"{start}{'_' * (cell + 1)}{self.tall.sign}{label}")

    def _ink(self, text: str) -> str:
        return paint(text, self.tall.ink, color=self.frame.color)
