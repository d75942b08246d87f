"""Splits that are written by hand: two cuts of the same rows, and selections whose names say which side they are."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.flow.events import Happens
from mldebt_lint.analysis.flow.model import (
    NOTHING,
    NOWHERE,
    SUBSET,
    Part,
    Rows,
    RowSets,
    Value,
    narrowed,
)
from mldebt_lint.analysis.flow.state import State

FEW = 20
TRAIN = re.compile(r"train|learn_set|(?:^|_)trn?(?:_|$|\d)")
TEST = re.compile(
    r"(?<![a-z])(?:tests?|tst|te)(?![a-z])|(?<=[xy])test|(?<![a-z])test(?=[xy]|ing|set|data)|hold_?out"
)
VALIDATION = re.compile(r"valid|(?:^|_|x|y)(?:val|dev|eval)(?:_|$|\d|x|y|set|data)")


def part_of_name(name: str) -> Part | None:
    """Return the side of a split that a name speaks of, None where it says none or several."""
    small = name.lower()
    is_train, is_test = TRAIN.search(small) is not None, TEST.search(small) is not None
    if is_train or is_test:
        return None if is_train and is_test else Part.TRAIN if is_train else Part.TEST
    return Part.VALIDATION if VALIDATION.search(small) else None


class Cuts:
    """`X[:n]` together with `X[n:]` is a split; on its own it is a selection."""

    def __init__(self, file: SourceFile, state: State) -> None:
        self._file, self._state = file, state
        self._begun: dict[tuple[RowSets, str], cst.CSTNode] = {}

    def cut(self, node: cst.Subscript, cut: cst.Slice, base: Value) -> Value:
        """Return a stretch of rows; the first of two sides is taken for training unless its name says otherwise."""
        if not base.rows:
            return replace(base, parts=(), given=NOWHERE) if base is not NOTHING else NOTHING
        at = self._state.index.rank(node)
        bounds = [bound for bound in (cut.lower, cut.upper) if bound is not None]
        paired = [bound for bound in bounds if self._other_side(node, cut, bound)]
        if cut.step is not None or not paired:
            return narrowed(base, (at, SUBSET))
        part = part_of_name(assigned_name(self._state, node) or "")
        if part is None and all(self._is_few(bound) for bound in bounds):
            return narrowed(base, (at, SUBSET))
        if part is None:
            part = Part.VALIDATION if len(bounds) == 2 else Part.TRAIN if cut.lower is None else Part.TEST
        key = (base.rows, written(self._file, paired[0]))
        begun = self._begun.setdefault(key, node)
        for bound in paired[1:]:
            self._begun.setdefault((base.rows, written(self._file, bound)), begun)
        if begun is not node:
            self._state.note(Happens.SPLIT, begun, {"X": base}, traits=frozenset({"cut"}))
        return narrowed(base, (self._state.index.rank(begun), part))

    def _is_few(self, bound: cst.BaseExpression) -> bool:
        """The first of some things and the rest of them are no split into two sets."""
        count = self._file.constant(bound)
        return isinstance(count, int) and abs(count) < FEW

    def _other_side(self, node: cst.Subscript, cut: cst.Slice, bound: cst.BaseExpression) -> bool:
        base, text = self._base(node), written(self._file, bound)
        return (base, text, bound is cut.upper) in self._bounds

    def _base(self, node: cst.Subscript) -> str:
        return written(self._file, node.value)

    @cached_property
    def _bounds(self) -> frozenset[tuple[str, str, bool]]:
        """What is cut, where, and whether the rows from there on are taken, of every cut in the file."""
        found = set()
        for node in self._file.index.of(cst.Subscript):
            cut = node.slice[0].slice if node.slice else None
            if isinstance(cut, cst.Slice) and cut.step is None:
                for bound in (cut.lower, cut.upper):
                    if bound is not None:
                        found.add((self._base(node), written(self._file, bound), bound is cut.lower))
        return frozenset(found)


class Named:
    """A selection of rows that is called train or test is that side of a split."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._sides: dict[RowSets, dict[Part, int]] = {}

    def named(self, target: cst.CSTNode, name: str, value: Value) -> Value:
        """Return a value as the side that its new name says it is."""
        part = part_of_name(name)
        if (
            part is Part.VALIDATION
            and value.rows
            and all(rows and rows[-1][1] is Part.TEST for rows in value.rows)
        ):
            return replace(value, rows=frozenset((*rows[:-1], (rows[-1][0], part)) for rows in value.rows))
        if not value.rows or not all(map(_is_chosen, value.rows)) or not self._is_made(target, value):
            return value
        if part is None or any(_last_part(rows) is part for rows in value.rows):
            return value
        whole = frozenset(rows[:-1] for rows in value.rows)
        if not all(whole):
            return value
        at = next(iter(value.rows))[-1][0]
        sides = self._sides.setdefault(whole, {})
        if sides and part not in sides:
            self._split(next(iter(sides.values())), replace(value, rows=whole))
            at = next(iter(sides.values()))
        elif part in sides and self._is_same(sides[part], at):
            at = sides[part]
        sides.setdefault(part, at)
        return replace(value, rows=frozenset((*rows[:-1], (at, part)) for rows in value.rows))

    def _is_made(self, target: cst.CSTNode, value: Value) -> bool:
        """Whether rows are chosen where the name is given: `trains = texts.str.lower()` chooses none."""
        assign = self._state.index.enclosing(target, cst.Assign, cst.AnnAssign)
        if assign is None:
            return False
        begin, end = self._state.index.rank(assign), self._state.index.end(assign)
        return all(begin <= rows[-1][0] <= end for rows in value.rows)

    def _split(self, first: int, whole: Value) -> None:
        node = self._state.index.nodes[first]
        self._state.note(Happens.SPLIT, node, {"X": whole}, traits=frozenset({"named"}))

    def _is_same(self, one: int, other: int) -> bool:
        """Whether two selections choose the same rows, as `X[mask]` and `y[mask]` do."""
        first, second = self._state.index.nodes[one], self._state.index.nodes[other]
        if isinstance(first, cst.Subscript) and isinstance(second, cst.Subscript):
            return len(first.slice) == len(second.slice) and first.slice[0].deep_equals(second.slice[0])
        return first is second


def _is_chosen(rows: Rows) -> bool:
    return bool(rows) and (rows[-1][1] == SUBSET or rows[-1][1].startswith("item "))


def _last_part(rows: Rows) -> str:
    return next((name for _, name in reversed(rows) if name in frozenset(Part)), "")


def assigned_name(state: State, node: cst.CSTNode) -> str | None:
    """Return the name that an expression, or a method's result of it, is given to."""
    place = 0
    inner, parent = node, state.index.parent(node)
    while isinstance(parent, cst.Attribute | cst.Call | cst.Subscript | cst.Element | cst.Tuple):
        if isinstance(parent, cst.Tuple):
            place = next((n for n, element in enumerate(parent.elements) if element is inner), 0)
        inner, parent = parent, state.index.parent(parent)
    if not isinstance(parent, cst.Assign) or parent.value is not inner:
        return None
    target = parent.targets[0].target
    if isinstance(target, cst.Tuple | cst.List) and isinstance(inner, cst.Tuple):
        if len(target.elements) != len(inner.elements):
            return None
        target = target.elements[place].value  # type: ignore[assignment]
    return name_of(target)


def name_of(target: cst.CSTNode) -> str | None:
    """Return the last name of a variable or attribute."""
    if isinstance(target, cst.Attribute):
        return target.attr.value
    return target.value if isinstance(target, cst.Name) else None


def written(file: SourceFile, node: cst.CSTNode) -> str:
    """Return how an expression is written; the short ones without asking where they stand."""
    match node:
        case cst.Name() | cst.Integer():
            return node.value
        case cst.Attribute(value=cst.Name()):
            return f"{node.value.value}.{node.attr.value}"  # type: ignore[attr-defined]
        case cst.UnaryOperation(operator=cst.Minus()):
            return f"-{written(file, node.expression)}"
    return file.text(node)
