"""One line of source as a terminal shows it, and the marks and labels under it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from mldebt_lint.model import Span
from mldebt_lint.reporters.terminal import Ink, cells, paint, shown, visible


@dataclass(frozen=True, slots=True)
class Mark:
    """A span to point at: carets for the primary one, dashes for the others."""

    span: Span
    label: str
    primary: bool
    ink: Ink

    @property
    def is_tall(self) -> bool:
        """Whether it takes more than one line."""
        return self.span.end_line > self.span.line

    @property
    def sign(self) -> str:
        """The character that underlines it."""
        return "^" if self.primary else "-"


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is printed: `offsets[i]` is the cell, from 0, of the character at index `first + i`."""

    text: str
    first: int
    offsets: tuple[int, ...]

    def cell(self, column: int) -> int:
        """Return the cell at which a 1-based column of the source is printed, or the nearest one that is."""
        index = min(max(column - 1 - self.first, 0), len(self.offsets) - 1)
        return self.offsets[index]


def cut(source: str, focus: tuple[int, int], room: int) -> Line:
    """Return a line of source in at most `room` cells, cut so that the columns of `focus` stay in sight."""
    start, end = focus[0] - 1, focus[1] - 1
    if len(source) <= 4 * room and cells(source) <= room:
        return _printed(source, 0, len(source))
    if end <= 4 * room and cells(source[:end]) < room:
        first = 0
    else:
        first = _back(source, min(start, len(source)), room // 4)
    return _printed(source, first, _forth(source, first, room - 1 - (first > 0)))


def underlines(line: Line, marks: Sequence[Mark], *, color: bool) -> list[str]:
    """Return the rows under a line: one that underlines the marks, then those of the labels that hang.

    The mark that ends last has its label beside it; the labels of the others hang from where they start.
    """
    if not marks:
        return []
    ranges = {mark: _cells(line, mark) for mark in marks}
    canvas: dict[int, Mark] = {}
    for mark in sorted(marks, key=lambda mark: (-(ranges[mark][1] - ranges[mark][0]), mark.primary)):
        canvas |= dict.fromkeys(range(*ranges[mark]), mark)
    beside = max(marks, key=lambda mark: (ranges[mark][1], ranges[mark][0], mark.primary))
    row = _drawn(canvas, color)
    if beside.label:
        row += " " + paint(visible(beside.label), beside.ink, color=color)
    hanging = [(ranges[mark][0], mark) for mark in marks if mark.label and mark is not beside]
    return [row, *_labels(sorted(hanging, key=lambda pair: pair[0]), color)]


def _labels(hanging: list[tuple[int, Mark]], color: bool) -> Iterable[str]:
    if hanging:
        yield _bars(hanging, color)
    while hanging:
        cell, mark = hanging.pop()
        bars, width = [pair for pair in hanging if pair[0] < cell], 0
        if bars:
            width = bars[-1][0] + 1
        yield _bars(bars, color) + " " * (cell - width) + paint(visible(mark.label), mark.ink, color=color)


def _bars(hanging: Iterable[tuple[int, Mark]], color: bool) -> str:
    text, width = "", 0
    for cell, group in groupby(hanging, key=lambda pair: pair[0]):
        text += " " * (cell - width) + paint("|", next(group)[1].ink, color=color)
        width = cell + 1
    return text


def _drawn(canvas: dict[int, Mark], color: bool) -> str:
    """The underlining itself, in as few colour changes as there are stretches."""
    text = ""
    for mark, run in groupby(range(max(canvas) + 1), key=canvas.get):
        length = len(list(run))
        text += paint(mark.sign * length, mark.ink, color=color) if mark else " " * length
    return text


def _cells(line: Line, mark: Mark) -> tuple[int, int]:
    start = line.cell(mark.span.column)
    return start, max(line.cell(mark.span.end_column), start + 1)


def _printed(source: str, first: int, last: int) -> Line:
    pieces = ["…"] if first else []
    cell = len(pieces)
    offsets = [cell]
    for char in source[first:last]:
        piece, width = shown(char)
        pieces.append(piece)
        cell += width
        offsets.append(cell)
    if last < len(source):
        pieces.append("…")
    return Line("".join(pieces), first, tuple(offsets))


def _back(source: str, index: int, room: int) -> int:
    """The earliest index from which the text up to `index` takes at most `room` cells."""
    while index > 0 and (room := room - shown(source[index - 1])[1]) >= 0:
        index -= 1
    return index


def _forth(source: str, index: int, room: int) -> int:
    """The last index up to which the text from `index` takes at most `room` cells."""
    while index < len(source) and (room := room - shown(source[index])[1]) >= 0:
        index += 1
    return index
