"""Methods of data, and calls that no pack knows by a role of their own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from mldebt_lint.analysis.constants import UNKNOWN
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.flow.events import Happens
from mldebt_lint.analysis.flow.keys import key_of
from mldebt_lint.analysis.flow.model import (
    NOTHING,
    NOWHERE,
    SUBSET,
    Learnt,
    Loaded,
    Rows,
    Value,
    made_of,
    narrowed,
)
from mldebt_lint.analysis.flow.splits import below as below_each_other
from mldebt_lint.analysis.flow.state import State
from mldebt_lint.analysis.flow.tables import GROUPS, texts
from mldebt_lint.analysis.library import Api, Role

if TYPE_CHECKING:
    from mldebt_lint.analysis.flow.calls import Called
    from mldebt_lint.analysis.flow.expressions import Expressions

# What frames, columns and arrays do, by name: the same of pandas, Polars, NumPy and tensors.
SELECTING = frozenset(
    "head tail sample query dropna drop_duplicates nlargest nsmallest truncate filter_rows".split()
)
LEARNING = frozenset("mean median mode std var min max quantile sum idxmax idxmin cov corr skew kurt".split())
KEEPING = frozenset(
    """fillna astype apply applymap map rename replace clip copy round abs reset_index set_index sort_values sort_index
    assign interpolate ffill bfill shift diff rank pct_change cumsum to_numpy numpy flatten ravel reshape transpose
    squeeze unsqueeze unique view float double long int half to cpu cuda detach contiguous toarray todense tolist to_list
    to_frame infer_objects convert_dtypes where mask str lower upper strip split items isin isnull isna notnull notna
    eq ne gt ge lt le add sub mul div pow log exp cat get_dummies fill_null cast with_columns collect lazy pipe
    transform join merge append concat union repartition cache persist withColumn withColumnRenamed""".split()
)
ASKING = frozenset({"score", "evaluate", "evaluate_generator"})
OPENERS = frozenset({"builtins.open", "io.open", "gzip.open", "bz2.open", "pathlib.Path.open"})
PATHS = frozenset({"pathlib.Path", "pathlib.PurePath"})
NUMBERS = frozenset(
    {"builtins.len", "builtins.range", "builtins.print", "builtins.isinstance", "builtins.type"}
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


class Methods:
    """Evaluates them in one file."""

    def __init__(self, file: SourceFile, state: State, expressions: Expressions) -> None:
        self._file, self._state, self._expressions = file, state, expressions

    def known(self, called: Called) -> Value:
        """A call of what a pack knows by a role that nothing here asks for."""
        return self._of_data(called.node, called.receiver, list(called.all))

    def other(self, node: cst.Call, receiver: Value) -> Value:
        """A call of what no pack knows."""
        values = [self._expressions.value(arg.value) for arg in node.args]
        name = self._file.callee(node) or ""
        if name in OPENERS or name in PATHS:
            return self._opened(node, receiver, values)
        if name in NUMBERS:
            return NOTHING
        if name.rpartition(".")[2] in MAKING and name.startswith(ARITHMETIC):
            return NOTHING
        if name in JOINING:
            parts = [part for value in values for part in (value.parts or (value,))]
            return self.joined(node, parts, below=self._is_below(node, name))
        if name.startswith(ARITHMETIC) and receiver is NOTHING:
            return self._computed(node, name, values)
        return self._of_data(node, receiver, values)

    def joined(self, node: cst.Call, parts: list[Value], *, below: bool) -> Value:
        """Return tables beside each other, or below: rows that are there more than once are made again."""
        return below_each_other(self._state, node, parts) if below else made_of(parts)

    def _is_below(self, node: cst.Call, name: str) -> bool:
        axis = self._argument(node, "axis") or self._argument(node, "dim") or self._positional(node, 1)
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
            if self._is_by_row(self._argument(node, "axis") or self._positional(node, 1)):
                return made_of(values)
            return self._learnt(node, name, values[0]) if values else NOTHING
        return made_of(values)

    def _learnt(self, node: cst.Call, name: str, taken: Value) -> Value:
        """A statistic of rows is no row."""
        if not taken.rows and not taken.marks:
            return NOTHING
        column = taken.column.name if taken.column is not None else ""
        rows = frozenset(map(self._with_empty, taken.rows))
        what = Learnt(self._state.index.rank(node), name, rows, column=column)
        return Value(marks=frozenset({what}))

    def _fills(self, by: cst.Lambda) -> bool:
        """Whether a function of each group fills its gaps with a statistic of the others."""
        called = {
            call.func.attr.value
            for call in self._file.index.within(by, cst.Call)
            if isinstance(call.func, cst.Attribute)
        }
        return "fillna" in called and bool(called & LEARNING)

    def _with_empty(self, rows: Rows) -> Rows:
        """A statistic looks past what is empty: that `dropna` left it out first makes no difference."""
        while len(rows) > 1 and rows[-1][1] == SUBSET:
            node = self._state.index.nodes[rows[-1][0]]
            func = node.func if isinstance(node, cst.Call) else None
            if not isinstance(func, cst.Attribute) or func.attr.value != "dropna":
                break
            rows = rows[:-1]
        return rows

    def _of_groups(self, node: cst.Call, name: str, groups: Value) -> Value:
        """Statistics of groups of rows, and those of its group beside each row."""
        if name in ("transform", "apply", "shift", "rank", "cumcount", "diff"):
            by = self._positional(node, 0)
            learns = self._file.constant(by) in LEARNING
            how = "transform"
            if isinstance(by, cst.Lambda) and self._fills(by):
                learns, how = True, "fillna"
            found = self._learnt(node, f"pandas.groupby.{how}", groups)
            kept = replace(groups, type="", score=None)
            return replace(kept, marks=kept.marks | found.marks) if learns else kept
        if name in LEARNING or name in ("agg", "aggregate"):
            return self._learnt(node, f"pandas.groupby.{name}", groups)
        return NOTHING

    def _asked(self, node: cst.Call, name: str, model: Value) -> None:
        """A model is asked how good it is on some rows."""
        data = self._argument(node, "X") or self._argument(node, "x") or self._positional(node, 0)
        if data is not None:
            values = {"model": model, "X": self._expressions.value(data)}
            self._state.note(Happens.METRIC, node, values, name=name, traits=frozenset({"asks-model"}))

    def _is_by_row(self, axis: cst.BaseExpression | None) -> bool:
        """Whether an axis is given that is not the one of the rows."""
        constant = self._file.constant(axis)
        if isinstance(constant, list | tuple):
            return bool(constant) and 0 not in constant
        return constant in (1, 2, 3, -1, -2, "columns") and not isinstance(constant, bool)

    def _positional(self, node: cst.Call, number: int) -> cst.BaseExpression | None:
        given = [arg.value for arg in node.args if arg.keyword is None and not arg.star]
        return given[number] if number < len(given) else None

    def _of_data(self, node: cst.Call, receiver: Value, values: list[Value]) -> Value:
        if receiver is NOTHING or not isinstance(node.func, cst.Attribute):
            return NOTHING
        name = node.func.attr.value
        may_learn = not receiver.rows or receiver.given >= 0 or bool(receiver.of(Loaded))
        if name in ASKING and may_learn and receiver.path == "":
            self._asked(node, name, receiver)
        if name == "groupby":
            return replace(receiver, type=GROUPS, given=NOWHERE)
        if receiver.type == GROUPS:
            return self._of_groups(node, name, receiver)
        if name == "transform" and receiver.site != NOWHERE and may_learn:
            return self._expressions.calls.learning.transform(self._called(node, receiver))
        if name == "split" and self._is_splitter(receiver):
            return self._expressions.calls.splits.folds(node)
        if receiver.path and not receiver.rows:
            return receiver
        if name in ("drop", "pop"):
            return self._dropped(node, receiver, pops=name == "pop")
        if name in LEARNING:
            by_row = self._is_by_row(self._argument(node, "axis") or self._positional(node, 0))
            return made_of([receiver]) if by_row else self._learnt(node, f"pandas.{name}", receiver)
        if name in SELECTING:
            return self._in_place(node, narrowed(receiver, (self._state.index.rank(node), SUBSET)))
        if name in KEEPING:
            receiver = self._merged(node, name, receiver)
            found = made_of([receiver, *values])
            kept = replace(
                found, rows=receiver.rows, frame=receiver.frame, score=receiver.score, type=receiver.type
            )
            return self._in_place(node, kept)
        return NOTHING

    def _merged(self, node: cst.Call, name: str, receiver: Value) -> Value:
        """Rows that find no partner are left out, unless a join is told to keep them."""
        how = self._file.constant(self._argument(node, "how"))
        keeps = how == "left" or (name == "join" and how is UNKNOWN)
        if name not in ("merge", "join") or keeps or not receiver.rows:
            return receiver
        return narrowed(receiver, (self._state.index.rank(node), SUBSET))

    def _is_splitter(self, receiver: Value) -> bool:
        known = self._file.library.find(receiver.type) if receiver.type else None
        return known is not None and known.role is Role.SPLITTER

    def _called(self, node: cst.Call, receiver: Value) -> Called:
        from mldebt_lint.analysis.flow.calls import Called

        api = Api(f"{receiver.type}.transform", Role.TRANSFORMER, "")
        arguments = self._file.arguments(node, ("X",))
        named = {name: self._expressions.value(item) for name, item in arguments.named.items()}
        positional = tuple(self._expressions.value(item) for item in arguments.positional)
        return Called(node, self._state.index.rank(node), receiver, api, arguments, named, positional)

    def _dropped(self, node: cst.Call, receiver: Value, *, pops: bool) -> Value:
        tables = self._expressions.tables
        asked = self._argument(node, "columns")
        axis = self._argument(node, "axis") or self._positional(node, 1)
        is_rows = not pops and asked is None and (axis is None or self._file.constant(axis) in (0, "index"))
        if asked is None:
            asked = self._argument(node, "labels") or self._positional(node, 0)
        constant = self._file.constant(asked)
        names = (constant,) if isinstance(constant, str) else texts(constant)
        if pops:
            key = key_of(node.func.value) if isinstance(node.func, cst.Attribute) else None
            if key is not None:
                self._state.environment.known[key] = tables.without(receiver, names)
            return tables.column(receiver, names[0]) if names else NOTHING
        if is_rows:
            return self._in_place(node, narrowed(receiver, (self._state.index.rank(node), SUBSET)))
        return self._in_place(node, tables.without(receiver, names))

    def _in_place(self, node: cst.Call, value: Value) -> Value:
        """With `inplace=True` it is the receiver that changes, and nothing is given."""
        if self._file.constant(self._argument(node, "inplace")) is not True:
            return value
        holder = node.func.value if isinstance(node.func, cst.Attribute) else None
        key = key_of(holder) if holder is not None else None
        if key is not None:
            self._state.environment.put(key, value)
            self._state.change(key, value)
        if isinstance(holder, cst.Subscript):
            self._expressions.tables.store(holder, value)
        elif isinstance(holder, cst.Attribute):
            self._expressions.tables.store_attribute(holder, value)
        return NOTHING

    def _argument(self, node: cst.Call, name: str) -> cst.BaseExpression | None:
        return next(
            (arg.value for arg in node.args if arg.keyword is not None and arg.keyword.value == name), None
        )
