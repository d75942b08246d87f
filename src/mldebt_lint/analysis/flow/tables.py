"""Rows and columns: what a subscript or a store does to a frame or an array."""

from __future__ import annotations

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
    Part,
    RowSets,
    Score,
    Value,
    narrowed,
)
from mldebt_lint.analysis.flow.state import Evaluate, State

BY_POSITION = ("iloc", "iat", "ix")
SCORES = frozenset({"score", "scores", "probability", "probabilities", "probs", "confidence"})
BY_LABEL = ("loc", "at")


class Tables:
    """Selections of one file."""

    def __init__(self, file: SourceFile, state: State, evaluate: Evaluate) -> None:
        self._file, self._state, self._evaluate = file, state, evaluate
        # Cuts by text, `X[:n]`: by the rows that are cut and the bound, where the first side was taken.
        self._cuts: dict[tuple[RowSets, str], cst.CSTNode] = {}

    # -- columns ----------------------------------------------------------------------------------------

    def column(self, base: Value, name: str) -> Value:
        """Return one column of a frame."""
        frame, base = base.frame, with_columns(base, (name,))
        column = Column(frame.base, name) if frame is not None else None
        score = score_in(base, name) or base.score
        found = replace(base, type="", site=NOWHERE, column=column, frame=None, given=NOWHERE, parts=())
        return replace(found, score=score)

    def columns(self, base: Value, names: tuple[str, ...] | None) -> Value:
        """Return some columns of a frame, which ones is not known where `names` is None."""
        frame, base = base.frame, with_columns(base, names) if names is not None else base
        if frame is not None:
            frame = replace(frame, selected=names) if names is not None else replace(frame, opaque=True)
        return replace(base, frame=frame, given=NOWHERE, parts=(), site=NOWHERE, score=None)

    def without(self, base: Value, names: tuple[str, ...] | None) -> Value:
        """Return a frame without some columns, which ones is not known where `names` is None."""
        frame, base = base.frame, without_columns(base, names or ())
        if frame is not None:
            dropped = frame.dropped | frozenset(names or ())
            frame = replace(frame, dropped=dropped, opaque=frame.opaque or names is None)
        return replace(base, frame=frame, given=NOWHERE, parts=(), site=NOWHERE)

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
            return self._cut(node, only, base)
        if not isinstance(only, cst.Index):
            return NOTHING
        return self._of_index(node, only.value, base, rows=how in BY_POSITION or how in BY_LABEL)

    def _of_index(self, node: cst.Subscript, index: cst.BaseExpression, base: Value, *, rows: bool) -> Value:
        constant = self._file.constant(index)
        if isinstance(constant, int) and not isinstance(constant, bool):
            if -len(base.parts) <= constant < len(base.parts):
                return base.parts[constant]
            return replace(base, parts=(), given=NOWHERE) if base.score is not None else NOTHING
        if not rows:
            if isinstance(constant, str):
                return self._named(base, constant)
            names = texts(constant) or self._joined(index)
            if names is not None:
                return self.columns(base, names)
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
            found = self._cut(node, first, base) if first.lower or first.upper else base
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

    def _cut(self, node: cst.Subscript, cut: cst.Slice, base: Value) -> Value:
        """`X[:n]` is a selection; together with `X[n:]` it is a split, whose first part is taken for training."""
        if not base.rows:
            return replace(base, parts=(), given=NOWHERE) if base is not NOTHING else NOTHING
        at = self._state.index.rank(node)
        bound, other = (cut.upper, cut.lower) if cut.upper is not None else (cut.lower, cut.upper)
        if bound is None or other is not None or cut.step is not None:
            return narrowed(base, (at, SUBSET))
        key = (base.rows, self._file.text(bound))
        begun = self._cuts.setdefault(key, node)
        part = Part.TRAIN if cut.upper is not None else Part.TEST
        if (begun is not node) and _is_upper(begun) != (cut.upper is not None):
            self._state.note(Happens.SPLIT, begun, {"X": base}, traits=frozenset({"cut"}))
        return narrowed(base, (self._state.index.rank(begun), part))

    # -- stores -----------------------------------------------------------------------------------------

    def store(self, target: cst.Subscript, value: Value) -> None:
        """`df[name] = value`: the frame holds what went into the value, and the column is there again."""
        holder = target.value
        if isinstance(holder, cst.Attribute) and holder.attr.value in (*BY_LABEL, *BY_POSITION):
            holder = holder.value
        key = key_of(holder)
        known = self._state.environment.get(key) if key is not None else None
        if known is None or key is None:
            return
        last = target.slice[-1].slice
        name = self._file.constant(last.value) if isinstance(last, cst.Index) else UNKNOWN
        frame = known.frame
        if isinstance(name, str):
            frame = _again(frame, name) if frame is not None else None
            known = without_columns(known, (name,)) if holder is target.value else known
            value = in_column(value, name)
        changed = replace(known, marks=known.marks | value.marks, frame=frame, given=NOWHERE)
        self._state.environment.known[key] = changed


def _is_mask(index: cst.CSTNode) -> bool:
    """Conditions are joined by `&` and `|`, lists of columns by `+`."""
    return isinstance(index, cst.BinaryOperation) and not isinstance(index.operator, cst.Add)


def _again(frame: Frame, name: str) -> Frame:
    selected = frame.selected
    if selected is not None and name not in selected:
        selected = (*selected, name)
    return replace(frame, dropped=frame.dropped - {name}, selected=selected)


def texts(constant: object) -> tuple[str, ...] | None:
    """Return a constant list of names, None for everything else."""
    if isinstance(constant, list | tuple) and constant and all(isinstance(item, str) for item in constant):
        return tuple(constant)
    return None


def _is_upper(node: cst.CSTNode) -> bool:
    only = node.slice[0].slice if isinstance(node, cst.Subscript) else None
    return isinstance(only, cst.Slice) and only.upper is not None
