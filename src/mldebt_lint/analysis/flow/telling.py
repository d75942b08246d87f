"""Says in words what is known of a value, and where that comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.flow import Flow
from mldebt_lint.analysis.flow.model import (
    GIVEN,
    NOWHERE,
    SUBSET,
    Given,
    Learnt,
    Loaded,
    Mark,
    Part,
    Predicted,
    Read,
    Resampled,
    Rows,
    Value,
)
from mldebt_lint.model import Location

NAMED: tuple[type[cst.CSTNode], ...] = (
    cst.Name,
    cst.Attribute,
    cst.Subscript,
    cst.Call,
    cst.BinaryOperation,
    cst.Comparison,
)
MOST_TOLD = 12


@dataclass(frozen=True, slots=True)
class Told:
    """An expression and what is known of it: pairs of a heading and a sentence."""

    where: Location
    text: str
    facts: tuple[tuple[str, str], ...]


def told_at(file: SourceFile, flow: Flow, line: int, column: int | None, cell: int | None) -> list[Told]:
    """Return what is known of the expressions that begin on a line, the widest first.

    With a column, of the widest expression that begins there.
    """
    found: list[tuple[cst.CSTNode, Location, Value]] = []
    for kind in NAMED:
        for node in file.index.of(kind):
            value = flow.value(node)
            if value.marks or value.rows or value.type or value.parts:
                where = file.at(node)
                if where.span.line == line and where.cell == cell and column in (None, where.span.column):
                    found.append((node, where, value))
    found.sort(key=lambda item: (-(item[1].span.end_line), -(item[1].span.end_column - item[1].span.column)))
    told = [
        Told(where, file.text(node), tuple(Teller(file, flow).tell(value))) for node, where, value in found
    ]
    distinct = list({(item.text, item.facts): item for item in told}.values())
    return distinct[:1] if column is not None else distinct[:MOST_TOLD]


class Teller:
    """Says what is known, with the places of the file."""

    def __init__(self, file: SourceFile, flow: Flow) -> None:
        self._file, self._flow = file, flow

    def tell(self, value: Value) -> Iterator[tuple[str, str]]:
        """Yield what is known of a value: a heading and a sentence."""
        if value.type:
            yield "type", value.type
        if value.site not in (NOWHERE, value.given):
            yield "made", self._place(value.site)
        if value.given != NOWHERE:
            yield "is", f"what is passed or returned {self._place(value.given)}: nothing else is known of it"
        if value.score is not None:
            yield "is", self._mark(value.score)
        if value.column is not None:
            yield "column", f"'{value.column.name}' of the table {self._place(value.column.frame)}"
        if value.frame is not None:
            yield "columns", self._columns(value)
        for rows in sorted(value.rows):
            yield "rows", self._rows(rows)
        for mark in sorted(value.marks, key=lambda mark: mark.param if isinstance(mark, Given) else mark.at):
            if mark != value.score and not (isinstance(mark, Given) and mark.param == value.given):
                yield "made of", self._mark(mark)
        if value.parts:
            yield "parts", f"{len(value.parts)}"

    def _place(self, at: int) -> str:
        where = self._file.at(self._flow.node(at))
        cell = f"cell {where.cell}, " if where.cell is not None else ""
        return f"at {cell}line {where.span.line}"

    def _columns(self, value: Value) -> str:
        frame = value.frame
        assert frame is not None
        if frame.opaque:
            return "chosen in a way that is not known"
        words = "all" if frame.selected is None else ", ".join(map(repr, frame.selected))
        if frame.dropped:
            words += " without " + ", ".join(map(repr, sorted(frame.dropped)))
        return f"{words} of the table {self._place(frame.base)}"

    def _mark(self, mark: Mark) -> str:
        match mark:
            case Read():
                return f"data read from {mark.path or 'a place that is not known'} {self._place(mark.at)}"
            case Loaded():
                return f"an artefact loaded from {mark.path or 'a place that is not known'} {self._place(mark.at)}"
            case Learnt():
                rows = (
                    " and ".join(self._rows(rows) for rows in sorted(mark.rows)) or "rows that are not known"
                )
                return f"what {mark.by or 'something'} learnt {self._place(mark.at)} from {rows}"
            case Predicted():
                by = f" of {mark.by}" if mark.by else ""
                made = f" made {self._place(mark.model)}" if mark.model >= 0 else ""
                return f"a prediction ({mark.score.value}){by}{made}, asked {self._place(mark.at)}"
            case Resampled():
                return f"rows that were resampled {self._place(mark.at)}"
        return f"what is passed or returned {self._place(mark.param)}"

    def _rows(self, rows: Rows) -> str:
        return ", ".join(self._step(at, name) for at, name in rows)

    def _step(self, at: int, name: str) -> str:
        place = self._place(at)
        if name == GIVEN:
            return f"rows passed or returned {place}"
        if name in frozenset(Part):
            return f"{name} side of the split {place}"
        return f"selected {place}" if name == SUBSET else f"{name} {place}"
