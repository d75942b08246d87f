"""Splits and selections of rows that libraries make."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.flow.events import Happens
from mldebt_lint.analysis.flow.model import (
    NOTHING,
    NOWHERE,
    SUBSET,
    Part,
    Resampled,
    Rows,
    RowSets,
    Value,
    made_of,
    narrowed,
    unknown,
)
from mldebt_lint.analysis.flow.state import State

if TYPE_CHECKING:
    from mldebt_lint.analysis.flow.calls import Called

LOOPS = (cst.For, cst.While, cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp)
SIDES = {2: (Part.TRAIN, Part.TEST), 3: (Part.TRAIN, Part.VALIDATION, Part.TEST)}


class Splits:
    """Evaluates the splits of one file."""

    def __init__(self, file: SourceFile, state: State) -> None:
        self._file, self._state = file, state

    def split(self, called: Called) -> Value:
        """A function that splits, an instance that will, or the method of one that does."""
        name = called.api.name
        if called.method[:1].isupper():
            return Value(type=self._file.library.canonical(name), site=called.at)
        data = [value for value in called.positional if value is not NOTHING or called.receiver is NOTHING]
        data = [value if value is not NOTHING else unknown(called.at) for value in data]
        if called.receiver is not NOTHING and called.receiver.rows:
            data = [called.receiver]
        values = {("X", "y")[n] if n < 2 else str(n): value for n, value in enumerate(data)}
        self._state.note(Happens.SPLIT, called.node, values, name=name, traits=called.api.traits)
        if called.receiver is not NOTHING or "lengths" in called.api.traits:
            sides = SIDES.get(self._targets(called.node), ())
            return (
                Value(parts=tuple(self.side(data[0], called.at, side) for side in sides)) if data else NOTHING
            )
        found = [self.side(value, called.at, part) for value in data for part in SIDES[2]]
        return Value(parts=tuple(found))

    def folds(self, node: cst.Call) -> Value:
        """`for train, test in folds.split(X)` gives positions."""
        at = self._state.index.rank(node)
        parts = tuple(Value(rows=frozenset({((at, "positions"), (at, side))})) for side in SIDES[2])
        return Value(parts=parts, each=True)

    def side(self, value: Value, at: int, part: Part) -> Value:
        """Return one side of what is split."""
        found = narrowed(value, (at, part))
        if value.column is not None or value.frame is not None:
            return found
        return replace(found, type=value.type)

    def subset(self, called: Called) -> Value:
        """A selection of rows; all of them in another order is none."""
        taken = called.receiver if called.receiver is not NOTHING else called.given(position=0)
        if taken is NOTHING:
            return NOTHING
        if self._file.constant(called.arguments.get("replace")) is True:
            return resampled(taken, called.at)
        if self._file.constant(called.arguments.get("frac")) in (1, 1.0):
            return replace(taken, given=NOWHERE)
        return narrowed(taken, (called.at, SUBSET))

    def drawn(self, called: Called) -> Value:
        """All rows in another order, or rows drawn more than once; of everything else that is random nothing."""
        is_bootstrap = "bootstrap" in called.api.traits
        if "shuffle" in called.api.traits and called.receiver.rows:
            return replace(called.receiver, given=NOWHERE)
        if called.receiver is not NOTHING or not (is_bootstrap or "shuffle" in called.api.traits):
            return NOTHING
        data = [value for value in called.positional if value.rows]
        if is_bootstrap and self._file.constant(called.arguments.get("replace")) is False:
            data = [narrowed(value, (called.at, SUBSET)) for value in data]
        elif is_bootstrap:
            data = [resampled(value, called.at) for value in data]
        else:
            data = [replace(value, given=NOWHERE) for value in data]
        return data[0] if len(data) == 1 else Value(parts=tuple(data))

    def _targets(self, call: cst.Call) -> int:
        """Return how many names the result of a call is given to."""
        statement = self._state.index.parent(call)
        if not isinstance(statement, cst.Assign):
            return 0
        target = statement.targets[0].target
        return len(target.elements) if isinstance(target, cst.Tuple | cst.List) else 0


def resampled(value: Value, at: int) -> Value:
    """Return rows that are drawn more than once, or made, from those of a value."""
    if not value.rows:
        return value
    found = narrowed(value, (at, "resampled"))
    return replace(found, marks=found.marks | {Resampled(at, value.rows)})


def below(state: State, node: cst.CSTNode, parts: Iterable[Value]) -> Value:
    """Return tables one below the other: rows that are there more than once are made again."""
    seen: list[Value] = []
    for part in parts:
        if any(_same_columns(one, part) and _share_rows(state, node, one.rows, part.rows) for one in seen):
            return resampled(made_of((*seen, *parts)), state.index.rank(node))
        seen.append(part)
    return made_of(seen)


def _same_columns(one: Value, other: Value) -> bool:
    """Two columns of one table below each other hold no row twice."""
    if one.column != other.column:
        return False
    if one.frame is None or other.frame is None:
        return one.frame is other.frame
    return one.frame.selected == other.frame.selected and not one.frame.opaque and not other.frame.opaque


def _share_rows(state: State, node: cst.CSTNode, one: RowSets, other: RowSets) -> bool:
    """Whether rows are certainly in both: one place gives other rows at each step of a loop and each call."""
    return any(
        first[: len(second)] == second or second[: len(first)] == first
        for first in one
        for second in other
        if _happens_once(state, first, node)
    )


def _happens_once(state: State, rows: Rows, node: cst.CSTNode) -> bool:
    around = state.index.enclosing(node, cst.FunctionDef)
    for at, _ in rows:
        origin = state.index.nodes[at]
        loop = state.index.enclosing(origin, *LOOPS, cst.FunctionDef)
        if isinstance(origin, cst.Param):
            loop = state.index.enclosing(origin, cst.FunctionDef)
        if loop is not around:
            return False
    return True
