"""On which side of a split rows are: by the splits that they went through, else by what they are called."""

from __future__ import annotations

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.flow import Flow, Happens
from mldebt_lint.analysis.flow.model import GIVEN, Learnt, Part, Read, Rows, RowSets, Value
from mldebt_lint.analysis.flow.sides import name_of, part_of_name

PARTS = frozenset(Part)


class Sides:
    """Tells the sides of splits of one file."""

    def __init__(self, file: SourceFile, flow: Flow) -> None:
        self._file, self._flow = file, flow

    def of(self, value: Value) -> frozenset[Part]:
        """Return the sides that the rows of a value are on; the last split that rows went through counts."""
        paths = {mark.at: mark.path for mark in value.of(Read) if isinstance(mark, Read)}
        found = {self._side(rows, paths) for rows in value.rows}
        return frozenset(part for part in found if part is not None) if None not in found else frozenset()

    def _side(self, rows: Rows, paths: dict[int, str]) -> Part | None:
        for _, step in reversed(rows):
            if step in PARTS:
                return Part(step)
        at, how = rows[0]
        named = self._name(at)
        if how == GIVEN or named is not None:
            return part_of_name(named or "")
        return part_of_name(paths.get(at, "").rpartition("/")[2])

    def _name(self, at: int) -> str | None:
        """The name of a parameter, or the one that what was read is given to, if it names a side."""
        node = self._flow.node(at)
        if isinstance(node, cst.Param):
            return node.name.value
        parent = self._file.index.parent(node)
        if isinstance(parent, cst.Assign):
            name = name_of(parent.targets[0].target)
            return name if name is not None and part_of_name(name) is not None else None
        return None


def is_inner(rows: RowSets) -> bool:
    """Whether rows are on one side of a split already, all on the same."""
    sides = {next((step for _, step in reversed(path) if step in PARTS), "") for path in rows}
    return len(sides) == 1 and "" not in sides


def is_passed(flow: Flow, rows: RowSets) -> bool:
    """Whether rows are those of a parameter: what callers pass is another matter."""
    return any(how == GIVEN and isinstance(flow.node(at), cst.Param) for path in rows for at, how in path[:1])


def is_training(file: SourceFile, flow: Flow, value: Value, split: int) -> bool:
    """Whether rows are called training rows where that says it all: in a parameter, and before a cross-validation."""
    folds = any(e.at == split and "cross-validation" in e.traits for e in flow.of(Happens.FIT))
    return (folds or is_passed(flow, value.rows)) and Sides(file, flow).of(value) == {Part.TRAIN}


def comes_after(file: SourceFile, at: int, other: int) -> bool:
    """Whether one place of a function comes after another one, with no loop around that would lead back."""
    first, second = file.index.nodes[other], file.index.nodes[at]
    around = file.index.enclosing(first, cst.FunctionDef)
    if around is not file.index.enclosing(second, cst.FunctionDef) or at <= other:
        return False
    return file.index.enclosing(second, cst.For, cst.While, cst.FunctionDef) in (around, None)


def split_after(mark: Learnt, value: Value) -> int | None:
    """Return the split that training rows went through after something had learnt from all of them."""
    for rows in value.rows:
        for number, (at, step) in enumerate(rows):
            if step == Part.TRAIN and any(
                rows[: len(path)] == path for path in mark.rows if len(path) <= number
            ):
                return at
    return None
