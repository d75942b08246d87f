"""The order in which a notebook's cells ran, as far as their execution counts tell it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.model import Location
from mldebt_lint.reading.document import Cell, Magic, MagicKind

_SETTLING_MAGICS = frozenset({"autoreload", "conda", "config", "load_ext", "matplotlib", "pip", "reload_ext"})
_SETTLING_SHELL = (
    "pip ",
    "pip3 ",
    "conda ",
    "nvidia-smi",
    "python -V",
    "python --version",
    "cat ",
    "ls",
    "pwd",
)
_SETTLING_CALLS = frozenset(
    {"basicConfig", "filterwarnings", "print", "print_versions", "set_option", "set_style", "set_theme"}
    | {"set_verbosity", "set_verbosity_error", "simplefilter", "show_versions"}
)
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

    `is_setup`: it only imports, settles how things are shown or looks. `only_looks`: it shows values and changes none,
    so that no other cell depends on when it ran.
    """

    count: int
    where: Location
    is_setup: bool
    only_looks: bool = False


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
    return ExecutedCell(count, file.cell_at(cell), _is_setup(cell, module), looks)


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


def only_setup_ran_again(cells: Sequence[ExecutedCell]) -> bool:
    """Whether counts go back only at cells of imports that ran in their place and once more later.

    Such a cell leaves a gap among its neighbours' counts (In[1], In[9], In[3]), or its neighbour is one, too.
    """
    before = 0
    for place, cell in enumerate(cells):
        after = cells[place + 1].count if place + 1 < len(cells) else cell.count
        is_between = after - before > 1 or (place + 1 < len(cells) and cells[place + 1].is_setup)
        if cell.count > after and cell.is_setup and is_between:
            continue
        if cell.count < before:
            return False
        before = cell.count
    return True


def _is_setup(cell: Cell, module: cst.Module | None) -> bool:
    if module is None or not all(_settles(magic) for magic in cell.magics):
        return False
    return all(_is_setup_statement(statement) for statement in module.body)


def _settles(magic: Magic) -> bool:
    if magic.kind is MagicKind.SHELL:
        return magic.text.startswith(_SETTLING_SHELL)
    return magic.kind is MagicKind.HELP or magic.name in _SETTLING_MAGICS


def _is_setup_statement(statement: cst.CSTNode) -> bool:
    match statement:
        case cst.SimpleStatementLine() | cst.IndentedBlock() | cst.SimpleStatementSuite():
            return all(_is_setup_statement(part) for part in statement.body)
        case cst.Try():
            parts = (statement.body, *(handler.body for handler in statement.handlers))
            return all(_is_setup_statement(part) for part in parts)
        case cst.Expr(value=cst.Call(func=cst.Name(value=name) | cst.Attribute(attr=cst.Name(value=name)))):
            return name in _SETTLING_CALLS
        case cst.Expr(value=value):
            return isinstance(value, cst.BaseString | cst.Ellipsis) or _only_looks(value)
    return isinstance(statement, cst.Import | cst.ImportFrom | cst.Pass)


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
