"""Calls that no pack knows by a role of their own."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from mldebt_lint.analysis.constants import UNKNOWN
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.flow.events import Happens
from mldebt_lint.analysis.flow.keys import key_of
from mldebt_lint.analysis.flow.methods import LEARNING, WEIGHTS, Methods
from mldebt_lint.analysis.flow.model import NOTHING, NOWHERE, Predicted, Score, Value, made_of
from mldebt_lint.analysis.flow.scores import COMPARING, GREATEST, compared, greatest
from mldebt_lint.analysis.flow.scores import after as scored
from mldebt_lint.analysis.flow.splits import below as below_each_other
from mldebt_lint.analysis.flow.state import State

if TYPE_CHECKING:
    from mldebt_lint.analysis.flow.calls import Called
    from mldebt_lint.analysis.flow.expressions import Expressions

OPENERS = frozenset({"builtins.open", "io.open", "gzip.open", "bz2.open", "pathlib.Path.open"})
ARITHMETIC_METHODS = frozenset({"mul", "multiply", "add", "sub", "subtract", "div", "divide"})
GROWING = frozenset({"append", "extend"})
# What is called like this and called like a function is a network.
NETWORK = re.compile(r"(?i)(?:^|[._])(?:model|net|network|classifier|clf)$")
PATHS = frozenset({"pathlib.Path", "pathlib.PurePath"})
NUMBERS = frozenset(
    {"builtins.len", "builtins.range", "builtins.print", "builtins.isinstance", "builtins.type"}
)
COPIES = frozenset({"builtins.list", "builtins.tuple", "builtins.sorted", "builtins.reversed"})
SAME = frozenset(
    {f"builtins.{name}" for name in ("float", "int", "list", "tuple", "sorted", "reversed", "max", "round")}
    | {"pandas.Series", "pandas.concat"}
)
# What these packages' functions give, unknown to the packs one by one, is made of their arguments.
ARITHMETIC = ("numpy.", "torch.", "tensorflow.", "jax.numpy.", "scipy.", "math.", "cupy.")
# Of what these are given only the shape, or a number, is in what they make.
MAKING = frozenset(
    """zeros ones full empty eye identity arange linspace logspace meshgrid zeros_like ones_like full_like empty_like
    rand randn randint normal uniform shape""".split()
)
JOINING = frozenset(
    """numpy.hstack numpy.vstack numpy.concatenate numpy.column_stack numpy.c_ numpy.stack numpy.append numpy.dstack
    torch.cat torch.stack torch.hstack torch.vstack torch.concat scipy.sparse.hstack scipy.sparse.vstack
    tensorflow.concat tensorflow.stack""".split()
)


class Others:
    """Evaluates them in one file; `data` are the methods of tables and arrays."""

    def __init__(self, file: SourceFile, state: State, expressions: Expressions, data: Methods) -> None:
        self._file, self._state, self._expressions, self._data = file, state, expressions, data

    def known(self, called: Called) -> Value:
        """A call of what a pack knows by a role that nothing here asks for."""
        return self._data.of_data(called.node, called.receiver, list(called.all))

    def other(self, node: cst.Call, receiver: Value) -> Value:
        """A call of what no pack knows."""
        values = [self._expressions.value(arg.value) for arg in node.args]
        name = self._file.callee(node) or ""
        if name in OPENERS or name in PATHS:
            return self._opened(node, receiver, values)
        if name in NUMBERS:
            return NOTHING
        method = node.func.attr.value if isinstance(node.func, cst.Attribute) else ""
        if method in GROWING and len(values) == 1:
            self._grown(node, receiver, values[0])
        if receiver is NOTHING and method != WEIGHTS:
            return self._of_function(node, name, values)
        if receiver.site != NOWHERE and NETWORK.search(method):
            return self._of_network(node, values)
        if method in ARITHMETIC_METHODS and receiver.score is not None and len(node.args) == 1:
            self._expressions._changes(node, node.func, receiver, node.args[0].value, values[0])  # noqa: SLF001
        found = self._data.of_data(node, receiver, values)
        if method in GREATEST and receiver.score is not None:
            return greatest(receiver) if node.args else receiver
        if method in COMPARING and len(node.args) == 1:
            return self._compared(node, receiver, values[0])
        known = found if found is not NOTHING else made_of([receiver, *values])
        return (
            scored(method, [receiver, *values], known, len(values)) if receiver.score is not None else found
        )

    def _of_function(self, node: cst.Call, name: str, values: list[Value]) -> Value:
        last = name.rpartition(".")[2]
        if last in MAKING and name.startswith(ARITHMETIC):
            return NOTHING
        if name in JOINING:
            parts = [part for value in values for part in (value.parts or (value,))]
            found = self.joined(node, parts, below=self._is_below(node, name))
        elif name.startswith(ARITHMETIC):
            found = self._computed(node, name, values)
        elif name in COPIES and len(values) == 1 and (values[0].each or values[0].parts):
            return values[0]
        elif name in SAME:
            found = made_of(values[:1])
        else:
            return self._of_network(node, values)
        if last in COMPARING and len(values) == 2:
            return self._compared(node, values[0], values[1])
        if last in GREATEST and name.startswith("torch.") and len(values) > 1 and values[0].score is not None:
            return greatest(values[0])
        taken = found if last not in GREATEST else made_of(values)
        return scored(last, values, taken, len(values) - 1)

    def _of_network(self, node: cst.Call, values: list[Value]) -> Value:
        """`model(x)`: a network is called like a function."""
        key = key_of(node.func) or ""
        if not NETWORK.search(key) or not node.args:
            return NOTHING
        model = self._expressions.value(node.func)
        said = Predicted(self._state.index.rank(node), model.site, Score.UNKNOWN, model.type)
        return Value(marks=frozenset({said}), rows=made_of(values).rows, score=said)

    def _grown(self, node: cst.Call, receiver: Value, more: Value) -> None:
        """`said.append(model.predict(x))`: the list is what was said."""
        key = key_of(node.func.value) if isinstance(node.func, cst.Attribute) else None
        if key is None or more.score is None or receiver.frame is not None:
            return
        same = receiver is NOTHING or receiver.score == more.score
        grown = replace(made_of([receiver, more]), score=more.score if same else None)
        self._state.environment.put(key, grown)

    def _compared(self, node: cst.Call, left: Value, right: Value) -> Value:
        """A comparison that is written as a call."""
        if any(side.score is not None or side.given >= 0 for side in (left, right)):
            self._state.note(Happens.COMPARE, node, {"left": left, "right": right})
        return compared(cst.GreaterThan(), left, right)

    def joined(self, node: cst.Call, parts: list[Value], *, below: bool) -> Value:
        """Return tables beside each other, or below: rows that are there more than once are made again."""
        return below_each_other(self._state, node, parts) if below else made_of(parts)

    def _is_below(self, node: cst.Call, name: str) -> bool:
        axis = (
            self._data.argument(node, "axis")
            or self._data.argument(node, "dim")
            or self._data.positional(node, 1)
        )
        below = name.rpartition(".")[2] in ("concatenate", "vstack", "cat", "concat", "append", "r_")
        return below and (axis is None or self._file.constant(axis) in (0, "index"))

    def _opened(self, node: cst.Call, receiver: Value, values: list[Value]) -> Value:
        constant = self._file.constant(node.args[0].value) if node.args else UNKNOWN
        path = constant if isinstance(constant, str) else ""
        if not path and values:
            path = values[0].path
        return Value(path=path or receiver.path)

    def _computed(self, node: cst.Call, name: str, values: list[Value]) -> Value:
        if name.rpartition(".")[2] in LEARNING or name.rpartition(".")[2].startswith("nan"):
            if self._data.is_by_row(self._data.argument(node, "axis") or self._data.positional(node, 1)):
                return made_of(values)
            return self._data.learnt(node, name, values[0]) if values else NOTHING
        return made_of(values)
