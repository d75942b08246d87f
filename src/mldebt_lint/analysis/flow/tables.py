"""Rows and columns: what a subscript or a store does to a frame or an array."""

from __future__ import annotations

import re
from dataclasses import replace

import libcst as cst

from mldebt_lint.analysis.constants import UNKNOWN
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.flow.columns import in_column, score_in, with_columns, without_columns
from mldebt_lint.analysis.flow.events import Happens
from mldebt_lint.analysis.flow.keys import key_of
from mldebt_lint.analysis.flow.model import (
    NOTHING,
    NOWHERE,
    SUBSET,
    Column,
    Frame,
    Mark,
    Score,
    Value,
    made_of,
    narrowed,
)
from mldebt_lint.analysis.flow.sides import Cuts, name_of
from mldebt_lint.analysis.flow.state import Evaluate, State

BY_POSITION = ("iloc", "iat", "ix")
SCORES = frozenset({"score", "scores", "probability", "probabilities", "probs", "confidence"})
BY_LABEL = ("loc", "at")
COLUMN_NAME = re.compile(
    r"(?i)col(?:$|s|umn|_|\d)|feat|field|attr|variable|(?:^|_)(?:vars?|names?|keys?|c|x_?vars|predictors?)(?:$|_)"
)
ARRAYS = frozenset({"numpy.ndarray", "torch.Tensor", "pandas.Series"})
GROUPS = "pandas.core.groupby.GroupBy"


class Tables:
    """Selections of one file."""

    def __init__(self, file: SourceFile, state: State, evaluate: Evaluate) -> None:
        self._file, self._state, self._evaluate = file, state, evaluate
        self._cuts = Cuts(file, state)

    # -- columns ----------------------------------------------------------------------------------------

    def column(self, base: Value, name: str) -> Value:
        """Return one column of a frame."""
        frame, base = base.frame, with_columns(base, (name,))
        column = Column(frame.base, name) if frame is not None else None
        score = score_in(base, name) or base.score
        found = _of_columns(base, replace(frame, selected=(name,))) if frame is not None else base
        kind = GROUPS if base.type == GROUPS else ""
        found = replace(found, type=kind, column=column, frame=None, site=NOWHERE, given=NOWHERE, parts=())
        return replace(found, score=score)

    def columns(self, base: Value, names: tuple[str, ...] | None) -> Value:
        """Return some columns of a frame, which ones is not known where `names` is None."""
        frame, base = base.frame, with_columns(base, names) if names is not None else base
        if frame is not None:
            frame = replace(frame, selected=names) if names is not None else replace(frame, opaque=True)
        return replace(_of_columns(base, frame), score=None)

    def without(self, base: Value, names: tuple[str, ...] | None) -> Value:
        """Return a frame without some columns, which ones is not known where `names` is None."""
        frame, base = base.frame, without_columns(base, names or ())
        if frame is not None:
            dropped = frame.dropped | frozenset(names or ())
            frame = replace(frame, dropped=dropped, opaque=frame.opaque or names is None)
        return _of_columns(base, frame)

    # -- items ------------------------------------------------------------------------------------------

    def item(self, node: cst.Subscript, base: Value) -> Value:
        """Return what `base[…]` is."""
        how = node.value.attr.value if isinstance(node.value, cst.Attribute) else ""
        if len(node.slice) == 2:
            return self._of_two(node, base, by_label=how in BY_LABEL)
        if len(node.slice) != 1:
            return NOTHING
        only = node.slice[0].slice
        if isinstance(only, cst.Slice):
            return self._cuts.cut(node, only, base)
        if not isinstance(only, cst.Index):
            return NOTHING
        return self._of_index(node, only.value, base, rows=how in BY_POSITION or how in BY_LABEL)

    def _of_index(self, node: cst.Subscript, index: cst.BaseExpression, base: Value, *, rows: bool) -> Value:
        constant = self._file.constant(index)
        if isinstance(constant, int) and not isinstance(constant, bool):
            if -len(base.parts) <= constant < len(base.parts):
                return base.parts[constant]
            if base.score is not None:
                return replace(base, parts=(), given=NOWHERE)
            return replace(made_of([base]), rows=frozenset()) if not base.parts and base.marks else NOTHING
        if not rows:
            if isinstance(constant, str):
                return self._named(base, constant)
            names = texts(constant) or self._joined(index)
            if names is not None:
                return self.columns(base, names)
        if not rows and base.type not in ARRAYS and self._names_columns(index, base):
            return self.columns(base, None)
        return self._chosen(node, index, base)

    def _joined(self, index: cst.BaseExpression) -> tuple[str, ...] | None:
        """`NUMERIC + CATEGORICAL`: a sum of constant lists."""
        if not isinstance(index, cst.BinaryOperation) or not isinstance(index.operator, cst.Add):
            return None
        parts = [texts(self._file.constant(side)) or self._joined(side) for side in (index.left, index.right)]
        return (*parts[0], *parts[1]) if parts[0] and parts[1] else None

    def _named(self, base: Value, name: str) -> Value:
        """A column of a frame, or one entry of what a model gives: its scores, or something else."""
        if base.score is not None and base.frame is None:
            sure = (
                base.score
                if base.score.score is not Score.UNKNOWN
                else replace(base.score, score=Score.PROBABILITY)
            )
            return replace(base, score=sure, parts=(), given=NOWHERE) if name in SCORES else NOTHING
        return self.column(base, name) if base.frame is not None or base.rows else NOTHING

    def _names_columns(self, index: cst.BaseExpression, base: Value) -> bool:
        """Whether a computed index is a column or a list of them, by what it was given or what it is called."""
        if isinstance(index, cst.ListComp | cst.List):
            return base.frame is not None or isinstance(index, cst.List)
        if isinstance(index, cst.BinaryOperation) and isinstance(index.operator, cst.Add | cst.Subtract):
            return True
        name = name_of(index)
        begun = {rows[:1] for rows in base.rows}
        if name is None or any(rows[:1] in begun for rows in self._evaluate(index).rows):
            return False
        given = self._file.definition(index)
        if isinstance(given, cst.List | cst.ListComp | cst.Set | cst.SimpleString):
            return True
        if isinstance(given, cst.Comparison | cst.BooleanOperation | cst.UnaryOperation):
            return False
        return COLUMN_NAME.search(name) is not None

    def _chosen(self, node: cst.Subscript, index: cst.BaseExpression, base: Value) -> Value:
        """Rows by a mask, by positions, or columns by a computed list."""
        by = self._evaluate(index)
        side = next(iter(by.parts_of_split), None)
        at = next((rows[-1][0] for rows in by.rows if rows and rows[-1][1] == side), None)
        if side is not None and at is not None and base.rows:
            split = self._state.index.nodes[at]
            self._state.note(Happens.SPLIT, split, {"X": base}, traits=frozenset({"folds"}))
            return narrowed(base, (at, side))
        if isinstance(index, cst.Comparison | cst.UnaryOperation | cst.Call) or _is_mask(index):
            return replace(narrowed(base, (self._state.index.rank(node), SUBSET)), score=base.score)
        chosen = self.columns(base, None)
        rows = narrowed(base, (self._state.index.rank(node), SUBSET)).rows
        return replace(chosen, rows=rows, score=base.score)

    def _of_two(self, node: cst.Subscript, base: Value, *, by_label: bool) -> Value:
        """`X[rows, columns]`."""
        first, second = node.slice[0].slice, node.slice[1].slice
        found = base
        if isinstance(first, cst.Slice):
            found = self._cuts.cut(node, first, base) if first.lower or first.upper else base
        elif isinstance(first, cst.Index):
            found = self._chosen(node, first.value, base)
        if isinstance(second, cst.Slice):
            return (
                replace(self.columns(found, None), score=base.score)
                if second.lower or second.upper
                else found
            )
        constant = self._file.constant(second.value) if isinstance(second, cst.Index) else UNKNOWN
        if by_label and isinstance(constant, str):
            return self.column(found, constant)
        if by_label and (names := texts(constant)) is not None:
            return self.columns(found, names)
        if isinstance(constant, int):  # one class of probabilities is a probability
            score = base.score
            return replace(self.columns(found, None), score=score, frame=None)
        return replace(self.columns(found, None), score=base.score)

    # -- stores -----------------------------------------------------------------------------------------

    def store(self, target: cst.Subscript, value: Value) -> None:
        """`df[name] = value`: the frame holds what went into the value, and the column is there again."""
        holder = target.value
        if isinstance(holder, cst.Attribute) and holder.attr.value in (*BY_LABEL, *BY_POSITION):
            holder = holder.value
        last = target.slice[-1].slice
        name = self._file.constant(last.value) if isinstance(last, cst.Index) else UNKNOWN
        names = (name,) if isinstance(name, str) else texts(name)
        whole = last is target.slice[0].slice and holder is target.value
        self._changed(holder, names, value, whole=whole)

    def store_attribute(self, target: cst.Attribute, value: Value) -> None:
        """`df.name` has changed."""
        self._changed(target.value, (target.attr.value,), value, whole=True)

    def _changed(
        self, holder: cst.CSTNode, names: tuple[str, ...] | None, value: Value, *, whole: bool
    ) -> None:
        key = key_of(holder)
        known = self._state.environment.get(key) if key is not None else None
        if known is None or key is None:
            return
        if names is None or len(names) > 1:  # what was known of single columns may have changed
            self._state.environment.put(key, known)
        if names is not None and len(names) == 1:
            known = without_columns(known, names) if whole else known
            value = in_column(value, names[0])
        self._state.change(key, _with_columns(known, names, value, whole=whole))


def _is_mask(index: cst.CSTNode) -> bool:
    """Conditions are joined by `&` and `|`, lists of columns by `+`."""
    return isinstance(index, cst.BinaryOperation) and not isinstance(index.operator, cst.Add)


def _of_columns(base: Value, frame: Frame | None) -> Value:
    """A choice of a frame's columns: what came in through the others is no part of it."""
    gone = base.frame.left_out(frame) if base.frame is not None and frame is not None else frozenset()
    found = replace(base, frame=frame, site=NOWHERE, given=NOWHERE, parts=())
    return replace(found, marks=base.marks - gone) if gone else found


def _with_columns(known: Value, names: tuple[str, ...] | None, value: Value, *, whole: bool) -> Value:
    """A frame in which columns were stored: `whole` ones take the place of what was there under their names."""
    frame = known.frame
    marks = known.marks | value.marks
    if frame is not None and names is not None:
        if whole:
            marks -= frame.left_out(replace(frame, dropped=frame.dropped.union(names))) - value.marks
        stored = {(name, mark) for name, mark in frame.stored if not whole or name not in names}
        stored |= {(name, mark) for name in names for mark in value.marks - known.marks}
        stored |= {(name, mark) for name in names for mark in value.marks if _by_column(frame, mark)}
        chosen = frame.selected
        if chosen is not None:
            chosen = (*chosen, *(name for name in names if name not in chosen))
        dropped = frame.dropped.difference(names)
        frame = replace(frame, dropped=dropped, selected=chosen, stored=frozenset(stored))
    return replace(known, marks=marks, frame=frame, given=NOWHERE)


def _by_column(frame: Frame, mark: Mark) -> bool:
    return any(mark == other for _, other in frame.stored)


def texts(constant: object) -> tuple[str, ...] | None:
    """Return a constant list of names, None for everything else."""
    if isinstance(constant, list | tuple) and constant and all(isinstance(item, str) for item in constant):
        return tuple(constant)
    return None
