"""The order in which a notebook's cells ran, as far as their execution counts tell it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.notebooks.cell_effects import Effects, cell_effects
from mldebt_lint.model import Location
from mldebt_lint.reading.document import Cell

# Calls that only look at a value.
_LOOKS = frozenset(
    {
        "count",
        "describe",
        "head",
        "info",
        "isna",
        "isnull",
        "len",
        "max",
        "mean",
        "min",
        "nunique",
        "std",
        "sum",
    }
    | {"tail", "type", "unique", "value_counts"}
)


@dataclass(frozen=True, slots=True)
class ExecutedCell:
    """A cell that ran: its count and its first line.

    `only_looks`: it shows values and changes none, so that no other cell depends on when it ran.
    """

    count: int
    where: Location
    only_looks: bool = False

    @property
    def number(self) -> int:
        """The cell's place among all cells of the notebook, from 1 on."""
        return self.where.cell or 0


@dataclass(frozen=True, slots=True)
class DisplacedRead:
    """A cell that reads `what` from another state than it did when it ran.

    `source` is the cell above it that wrote it last, None if there is none.
    """

    cell: ExecutedCell
    what: str
    source: ExecutedCell | None


def executed_cells(file: SourceFile) -> list[ExecutedCell]:
    """Return a notebook's executed cells in document order; none where counts were stripped or set to zero."""
    if not file.is_notebook:
        return []
    modules = {parsed.cell.number: parsed.module for parsed in file.cells}
    return [
        _executed(file, cell, cell.execution_count, modules.get(cell.number))
        for cell in file.document.cells
        if cell.execution_count and cell.execution_count > 0 and cell.original.strip()
    ]


def _executed(file: SourceFile, cell: Cell, count: int, module: cst.Module | None) -> ExecutedCell:
    looks = module is not None and not cell.magics and all(_is_look(statement) for statement in module.body)
    return ExecutedCell(count, file.cell_at(cell), looks)


def _is_look(statement: cst.CSTNode) -> bool:
    if not isinstance(statement, cst.SimpleStatementLine):
        return False
    return all(isinstance(part, cst.Expr) and _only_looks(part.value) for part in statement.body)


def cells_out_of_order(cells: Sequence[ExecutedCell]) -> int:
    """Return how many cells must at least be left out for the counts of the others to rise."""
    ends: list[int] = []
    for cell in cells:
        place = bisect_right(ends, cell.count)
        ends[place : place + 1] = [cell.count]
    return len(cells) - len(ends)


def displaced_reads(file: SourceFile, cells: Sequence[ExecutedCell]) -> list[DisplacedRead]:
    """Return what cells read from another state when run from the top than they did as they ran, in document order.

    A state is told by the cell that wrote it last. Cells that only look at values are left out.
    """
    effects = cell_effects(file)
    from_top = _sources(cells, effects)
    as_run = _sources(sorted(cells, key=lambda cell: cell.count), effects)
    return [
        DisplacedRead(cell, what, from_top[cell, what])
        for cell in cells
        if not cell.only_looks
        for what in sorted(effects[cell.number].needs)
        if from_top[cell, what] != as_run[cell, what]
    ]


def _sources(
    cells: Sequence[ExecutedCell], effects: Mapping[int, Effects]
) -> dict[tuple[ExecutedCell, str], ExecutedCell | None]:
    """Return which cell wrote last what each cell reads, when they run in the order given."""
    writers: dict[str, ExecutedCell] = {}
    found: dict[tuple[ExecutedCell, str], ExecutedCell | None] = {}
    for cell in cells:
        mine = effects[cell.number]
        found |= {(cell, what): writers.get(what) for what in mine.needs}
        writers |= dict.fromkeys(mine.gives, cell)
    return found


def _only_looks(value: cst.CSTNode) -> bool:
    """`len(rows)`, `frame.shape`, `(frame.age > 80).sum()`: what shows a value and changes none."""
    match value:
        case cst.Call(func=cst.Name(value=name)):
            return name in _LOOKS and all(_only_looks(arg.value) for arg in value.args)
        case cst.Call(func=cst.Attribute(value=owner, attr=cst.Name(value=name))):
            return name in _LOOKS and _only_looks(owner) and all(_only_looks(arg.value) for arg in value.args)
        case cst.Attribute(value=owner) | cst.Subscript(value=owner):
            return _only_looks(owner)
        case cst.Comparison(left=left, comparisons=others):
            return _only_looks(left) and all(_only_looks(other.comparator) for other in others)
    return isinstance(value, cst.Name | cst.BaseNumber | cst.SimpleString)
