"""What expressions are, given what names mean."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property

import libcst as cst

from mldebt_lint.analysis.constants import UNKNOWN
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.flow.calls import Calls
from mldebt_lint.analysis.flow.events import Happens
from mldebt_lint.analysis.flow.keys import key_of
from mldebt_lint.analysis.flow.model import (
    NOTHING,
    NOWHERE,
    Column,
    Predicted,
    Score,
    Value,
    join,
    made_of,
    narrowed,
    unknown,
)
from mldebt_lint.analysis.flow.scores import chosen, compared
from mldebt_lint.analysis.flow.sides import Named, name_of
from mldebt_lint.analysis.flow.state import State
from mldebt_lint.analysis.flow.steps import element_of
from mldebt_lint.analysis.flow.tables import Tables
from mldebt_lint.analysis.names import Binds

# What these tell of a table or tensor is not its content.
MEASURES = frozenset(
    "shape size ndim dtype dtypes columns index empty device itemsize nbytes name names feature_names classes_".split()
)
# What these give holds the same content in the same rows.
SAME = frozenset("values T loc iloc at iat ix str dt array data flat real".split())
BUNDLED = frozenset({"target", "images", "targets", "labels"})  # of data sets that are no tables
# Loops over these give what loops over their first argument do.
SAME_STEPS = frozenset("list tuple iter sorted reversed tqdm trange track".split())
LOGITS = "logits"
STACKING = frozenset({"numpy.c_", "numpy.r_"})
CHOSEN_MODEL = "best_estimator_"
BUILTINS = frozenset(dir(builtins))
COMPREHENSIONS = (cst.ListComp, cst.SetComp, cst.GeneratorExp)


class Expressions:
    """Evaluates the expressions of one file."""

    def __init__(self, file: SourceFile, state: State) -> None:
        self.file, self.state = file, state
        self.tables = Tables(file, state, self.value)
        self.calls = Calls(file, state, self)
        self._sides = Named(state)
        self._unbound: dict[str, Value] = {}

    @property
    def parts(self) -> Iterator[object]:
        """All that evaluates with this."""
        calls = self.calls
        yield from (self.tables, calls, calls.splits, calls.learning, calls.methods, calls.others)

    @cached_property
    def _by_kind(self) -> dict[type[cst.CSTNode], Callable[..., Value]]:
        return {
            cst.Name: self._name,
            cst.Attribute: self._attribute,
            cst.Subscript: self._subscript,
            cst.Call: self.calls.call,
            cst.BinaryOperation: self._binary,
            cst.UnaryOperation: self._unary,
            cst.Comparison: self._comparison,
            cst.BooleanOperation: self._boolean,
            cst.IfExp: self._choice,
            cst.NamedExpr: self._walrus,
            cst.Tuple: self._sequence,
            cst.List: self._sequence,
            cst.Set: self._sequence,
            cst.Dict: self._dict,
            cst.Await: lambda node: self.value(node.expression),
            cst.Lambda: lambda _: NOTHING,
            cst.ListComp: self._comprehension,
            cst.SetComp: self._comprehension,
            cst.GeneratorExp: self._comprehension,
            cst.DictComp: self._comprehension,
            cst.FormattedString: self._formatted,
            cst.StarredElement: lambda node: self.value(node.value),
        }

    def value(self, node: cst.CSTNode | None) -> Value:
        """Return what is known of an expression at this point of the flow, and note what happens in it."""
        evaluate = self._by_kind.get(node.__class__)  # type: ignore[arg-type]
        if evaluate is None or node is None:
            return NOTHING
        found = evaluate(node)
        self.state.remember(node, found)
        return found

    # -- names, attributes, items -----------------------------------------------------------------------

    def _name(self, node: cst.Name) -> Value:
        name = node.value
        if self.state.environment.get(name) is None and self.state.top.get(name) is None:
            return self._undefined(node)
        return self.named(name)

    def _undefined(self, node: cst.Name) -> Value:
        """A name that nothing has been given to yet is the same unknown thing wherever it is read."""
        name = node.value
        if name not in self._unbound:
            bindings = self.file.names.bindings(name, node)[1]
            is_known = name in BUILTINS or any(b.how in (Binds.IMPORT, Binds.DEFINITION) for b in bindings)
            self._unbound[name] = NOTHING if is_known else unknown(self.state.index.rank(node))
        return self._unbound[name]

    def named(self, key: str) -> Value:
        """Return what a name means: in the function at hand, else at the top of the file."""
        found = self.state.environment.get(key)
        if found is None and self.state.environment is not self.state.top:
            found = self.state.top.get(key)
        return found if found is not None else NOTHING

    def _attribute(self, node: cst.Attribute) -> Value:
        base = self.value(node.value)
        key = key_of(node)
        known = self.named(key) if key is not None else NOTHING
        if known is not NOTHING:
            return known
        name = node.attr.value
        if name in MEASURES or base is NOTHING:
            return NOTHING
        if name == CHOSEN_MODEL and base.parts:
            return replace(base.parts[0], site=base.site)
        if name == LOGITS and base.score is not None:
            return replace(base, score=replace(base.score, score=Score.LOGIT))
        if name == "data":
            return replace(base, given=NOWHERE, type="", site=NOWHERE, frame=None)
        if name in SAME:
            return replace(base, given=-1, type="", site=-1) if name in ("values", "array") else base
        if name in BUNDLED and base.frame is None and base.rows:
            return replace(base, given=NOWHERE, site=NOWHERE, parts=())
        if base.frame is not None and not self._is_member(base, name):
            return self.tables.column(base, name)
        return NOTHING

    def _is_member(self, base: Value, name: str) -> bool:
        """Whether a name is an attribute of frames rather than a column: what libraries know, and methods."""
        return self.file.library.find(f"{base.type or 'pandas.DataFrame'}.{name}") is not None

    def _subscript(self, node: cst.Subscript) -> Value:
        if self.file.qualified(node.value) in STACKING:
            return made_of([self.value(e.slice.value) for e in node.slice if isinstance(e.slice, cst.Index)])
        base = self.value(node.value)
        for element in node.slice:
            if isinstance(element.slice, cst.Index):
                self.value(element.slice.value)
        key = key_of(node)
        known = self.named(key) if key is not None else NOTHING
        if known is not NOTHING:
            return known
        return self.tables.item(node, base) if base is not NOTHING else NOTHING

    # -- operators --------------------------------------------------------------------------------------

    def _binary(self, node: cst.BinaryOperation) -> Value:
        left, right = self.value(node.left), self.value(node.right)
        if left is NOTHING and right is NOTHING:
            return NOTHING
        self._changes(node, node.left, left, node.right, right)
        found = made_of((left, right))
        frame = left.frame or right.frame
        if self._is_complement(node):
            return replace(found, score=right.score)
        scaled = self.scaled(node.left, left, node.right, right)
        if scaled is not None:
            found = replace(found, score=scaled)
        return replace(found, frame=frame) if found is not NOTHING else found

    def scaled(self, one: cst.CSTNode, left: Value, other: cst.CSTNode, right: Value) -> Predicted | None:
        """A prediction that is multiplied or shifted by a number stays one."""
        value, beside = (left, other) if left.score is not None else (right, one)
        number = self.file.constant(beside) if value.score is not None else UNKNOWN
        return value.score if isinstance(number, int | float) else None

    def _changes(
        self, node: cst.CSTNode, one: cst.CSTNode, left: Value, other: cst.CSTNode, right: Value
    ) -> None:
        """A prediction meets a constant, or what came in through a parameter does."""
        for value, beside in ((left, other), (right, one)):
            if (value.score is not None or value.given >= 0) and self.file.constant(beside) is not UNKNOWN:
                self.state.note(Happens.CHANGE, node, {"left": left, "right": right})
                return

    def _is_complement(self, node: cst.BinaryOperation) -> bool:
        """`1 - p` is a probability, too."""
        return isinstance(node.operator, cst.Subtract) and self.file.constant(node.left) in (1, 1.0)

    def _unary(self, node: cst.UnaryOperation) -> Value:
        return made_of([self.value(node.expression)])

    def _comparison(self, node: cst.Comparison) -> Value:
        left = self.value(node.left)
        found = []
        for target in node.comparisons:
            right = self.value(target.comparator)
            found.append(compared(target.operator, left, right))
            if any(side.score is not None or side.given >= 0 for side in (left, right)):
                self.state.note(Happens.COMPARE, node, {"left": left, "right": right})
            left = right
        return found[0] if len(found) == 1 else made_of(found)

    def _boolean(self, node: cst.BooleanOperation) -> Value:
        return join(self.value(node.left), self.value(node.right))

    def _choice(self, node: cst.IfExp) -> Value:
        return chosen(self.value(node.test), self.value(node.body), self.value(node.orelse))

    def _walrus(self, node: cst.NamedExpr) -> Value:
        found = self.value(node.value)
        if isinstance(node.target, cst.Name):
            self.state.environment.put(node.target.value, found)
        return found

    # -- containers -------------------------------------------------------------------------------------

    def _sequence(self, node: cst.Tuple | cst.List | cst.Set) -> Value:
        parts = tuple(self.value(element.value) for element in node.elements)
        found = made_of(parts)
        return replace(found, parts=parts) if any(part is not NOTHING for part in parts) else NOTHING

    def _dict(self, node: cst.Dict) -> Value:
        parts = tuple(self.value(element.value) for element in node.elements)
        found = made_of(parts)
        return replace(found, parts=parts) if any(part is not NOTHING for part in parts) else NOTHING

    def _formatted(self, node: cst.FormattedString) -> Value:
        for part in node.parts:
            if isinstance(part, cst.FormattedStringExpression):
                self.value(part.expression)
        return NOTHING

    def _comprehension(self, node: cst.ListComp | cst.SetComp | cst.GeneratorExp | cst.DictComp) -> Value:
        environment = self.state.environment
        self.state.environment = environment.copy()
        loop: cst.CompFor | None = node.for_in
        while loop is not None:
            self.store(loop.target, self.element(loop.iter))
            for condition in loop.ifs:
                self.value(condition.test)
            loop = loop.inner_for_in
        made = self.value(node.value if isinstance(node, cst.DictComp) else node.elt)
        self.state.environment = environment
        return replace(made_of([made]), score=made.score) if made is not NOTHING else NOTHING

    def element(self, iterable: cst.CSTNode) -> Value:
        """Return what a loop over an expression gives at each step."""
        if isinstance(iterable, cst.Call):
            name = self.file.qualified(iterable.func) or ""
            over = [arg.value for arg in iterable.args if arg.keyword is None and not arg.star]
            if name == "builtins.enumerate" and over:
                return Value(parts=(NOTHING, self.element(over[0])))
            if name == "builtins.zip":
                return Value(parts=tuple(map(self.element, over)))
            if name.rpartition(".")[2] in SAME_STEPS and over:
                return self.element(over[0])
        return element_of(self.value(iterable))

    # -- stores -----------------------------------------------------------------------------------------

    def store(self, target: cst.CSTNode, value: Value) -> None:
        """Give a name, attribute, item or tuple of them a new meaning."""
        if isinstance(target, cst.Tuple | cst.List):
            fits = len(value.parts) == len(target.elements)
            for number, element in enumerate(target.elements):
                inner = element.value
                self.store(inner, value.parts[number] if fits else self._share(value, number))
            return
        key = key_of(target)
        name = name_of(target)
        if name is not None and value.rows:
            value = self._sides.named(target, name, value)
        if isinstance(target, cst.Subscript):
            self.tables.store(target, value)
        if key is not None:
            self.state.given.pop(key, None)
            self.state.environment.put(key, self._columned(target, value))
        self.state.remember(target, value)

    def overwritten(self, target: cst.CSTNode, value: cst.CSTNode) -> None:
        """Some rows of a prediction are given a constant."""
        if not isinstance(target, cst.Subscript) or self.file.constant(value) is UNKNOWN:
            return
        old = self.value(target)
        if old.score is not None and not isinstance(self.file.constant(_only(target)), str):
            self.state.note(Happens.CHANGE, target, {"left": old})

    def _share(self, value: Value, number: int) -> Value:
        """What each name gets of a value that is taken apart in a way nobody sees."""
        if value is NOTHING:
            return NOTHING
        if value.given >= 0:
            return replace(narrowed(value, (value.given, f"item {number}")), score=None, frame=None)
        if any(name.startswith("item ") for rows in value.rows for _, name in rows[-1:]):
            return replace(value, score=None, frame=None, parts=(), site=NOWHERE, given=NOWHERE)
        if any(name == "read" for rows in value.rows for _, name in rows[-1:]):
            at = next(iter(value.rows))[-1][0]
            return replace(narrowed(value, (at, f"item {number}")), score=None, frame=None)
        return replace(made_of([value]), rows=frozenset())

    def _columned(self, target: cst.CSTNode, value: Value) -> Value:
        """A column that is stored in a frame is that frame's."""
        if isinstance(target, cst.Subscript):
            base = self.named(key_of(target.value) or "")
            name = self.file.constant(_only(target))
            if base.frame is not None and isinstance(name, str):
                rows = value.rows or base.rows
                return replace(value, column=Column(base.frame.base, name), frame=None, rows=rows)
        return value


def _only(node: cst.Subscript) -> cst.BaseExpression | None:
    inner = node.slice[0].slice
    return inner.value if len(node.slice) == 1 and isinstance(inner, cst.Index) else None
