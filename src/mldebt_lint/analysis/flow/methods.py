"""Methods of data: what tables, columns and arrays do, by name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from mldebt_lint.analysis.constants import UNKNOWN
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.flow.columns import in_column, without_columns
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
from mldebt_lint.analysis.flow.state import State
from mldebt_lint.analysis.flow.steps import any_of, element_of
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
WEIGHTS = "state_dict"  # the type of what holds the weights of a network, and the method that gives it
ASKING = frozenset({"score", "evaluate", "evaluate_generator"})
HELD = frozenset({"items", "values"})


class Methods:
    """Evaluates them in one file."""

    def __init__(self, file: SourceFile, state: State, expressions: Expressions) -> None:
        self._file, self._state, self._expressions = file, state, expressions

    def learnt(self, node: cst.Call, name: str, taken: Value) -> Value:
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
            by = self.positional(node, 0)
            learns = self._file.constant(by) in LEARNING
            how = "transform"
            if isinstance(by, cst.Lambda) and self._fills(by):
                learns, how = True, "fillna"
            found = self.learnt(node, f"pandas.groupby.{how}", groups)
            kept = replace(groups, type="", score=None)
            return replace(kept, marks=kept.marks | found.marks) if learns else kept
        if name in LEARNING or name in ("agg", "aggregate"):
            return self.learnt(node, f"pandas.groupby.{name}", groups)
        return NOTHING

    def _asked(self, node: cst.Call, name: str, model: Value) -> None:
        """A model is asked how good it is on some rows."""
        data = self.argument(node, "X") or self.argument(node, "x") or self.positional(node, 0)
        if data is not None:
            values = {"model": model, "X": self._expressions.value(data)}
            self._state.note(Happens.METRIC, node, values, name=name, traits=frozenset({"asks-model"}))

    def is_by_row(self, axis: cst.BaseExpression | None) -> bool:
        """Whether an axis is given that is not the one of the rows."""
        constant = self._file.constant(axis)
        if isinstance(constant, list | tuple):
            return bool(constant) and 0 not in constant
        return constant in (1, 2, 3, -1, -2, "columns") and not isinstance(constant, bool)

    def positional(self, node: cst.Call, number: int) -> cst.BaseExpression | None:
        """Return one positional argument, None where there is none."""
        given = [arg.value for arg in node.args if arg.keyword is None and not arg.star]
        return given[number] if number < len(given) else None

    def of_data(self, node: cst.Call, receiver: Value, values: list[Value]) -> Value:
        """Return what a method of data, or of what learns from it, gives."""
        if not isinstance(node.func, cst.Attribute):
            return NOTHING
        name = node.func.attr.value
        if name == WEIGHTS:
            return replace(receiver, type=WEIGHTS, site=max(receiver.site, self._state.index.rank(node)))
        if receiver is NOTHING:
            return NOTHING
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
        return self._of_table(node, name, receiver, values)

    def _of_table(self, node: cst.Call, name: str, receiver: Value, values: list[Value]) -> Value:
        if name in HELD and receiver.parts and not receiver.rows and not receiver.type:
            return Value(parts=(NOTHING, any_of(receiver.parts)), each=True) if name == "items" else receiver
        if name == "insert" and receiver.frame is not None and len(values) > 2:
            return self._inserted(node, receiver, values[2])
        if name in ("drop", "pop"):
            return self._dropped(node, receiver, pops=name == "pop")
        if name in LEARNING:
            by_row = self.is_by_row(self.argument(node, "axis") or self.positional(node, 0))
            return made_of([receiver]) if by_row else self.learnt(node, f"pandas.{name}", receiver)
        if name in SELECTING:
            return self._in_place(node, narrowed(receiver, (self._state.index.rank(node), SUBSET)))
        if name in KEEPING:
            receiver = self._merged(node, name, receiver)
            given = self._mapped(node, receiver)
            found = made_of([receiver, *values]) if given is NOTHING else given
            if given.score is not None:
                return replace(given, rows=receiver.rows)
            kept = replace(
                found, rows=receiver.rows, frame=receiver.frame, score=receiver.score, type=receiver.type
            )
            return self._in_place(node, kept)
        return NOTHING

    def assigned(self, node: cst.Call, receiver: Value) -> Value:
        """`frame.assign(a=x)`: the frame with what goes into its columns."""
        new = [(arg.keyword.value, self._expressions.value(arg.value)) for arg in node.args if arg.keyword]
        marks = without_columns(receiver, [name for name, _ in new]).marks
        for name, value in new:
            marks |= in_column(value, name).marks
        frame = receiver.frame
        if frame is not None:
            names = {name for name, _ in new}
            selected = frame.selected
            more = tuple(sorted(names.difference(selected))) if selected is not None else ()
            chosen = (*selected, *more) if selected is not None else None
            frame = replace(frame, dropped=frame.dropped - names, selected=chosen)
        return replace(receiver, marks=marks, frame=frame, given=NOWHERE, site=NOWHERE)

    def _inserted(self, node: cst.Call, receiver: Value, value: Value) -> Value:
        """`frame.insert(0, "a", x)` changes the frame."""
        name, key = self._file.constant(node.args[1].value), key_of(node.func.value)  # type: ignore[attr-defined]
        if key is not None and isinstance(name, str):
            changed = receiver.marks | in_column(value, name).marks
            self._state.environment.known[key] = replace(receiver, marks=changed, given=NOWHERE)
        return NOTHING

    def _mapped(self, node: cst.Call, receiver: Value) -> Value:
        """`scores.map(lambda p: p > 0.3)`: what the function gives for each element or row."""
        function = node.args[0].value if node.args else None
        if not isinstance(function, cst.Lambda) or len(function.params.params) != 1:
            return NOTHING
        name = function.params.params[0].name.value
        outer = self._state.environment
        self._state.environment = inner = outer.copy()
        inner.put(name, receiver if receiver.frame is not None else element_of(receiver))
        key = key_of(node.func.value) if isinstance(node.func, cst.Attribute) else None
        for known in [known for known in outer.known if known.startswith(f"{key}[")]:
            inner.known[f"{name}{known.removeprefix(key or '')}"] = outer.known[known]
        found = self._expressions.value(function.body)
        self._state.environment = outer
        return found

    def _merged(self, node: cst.Call, name: str, receiver: Value) -> Value:
        """Rows that find no partner are left out, unless a join is told to keep them."""
        how = self._file.constant(self.argument(node, "how"))
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
        asked = self.argument(node, "columns")
        axis = self.argument(node, "axis") or self.positional(node, 1)
        is_rows = not pops and asked is None and (axis is None or self._file.constant(axis) in (0, "index"))
        if asked is None:
            asked = self.argument(node, "labels") or self.positional(node, 0)
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
        if self._file.constant(self.argument(node, "inplace")) is not True:
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

    def argument(self, node: cst.Call, name: str) -> cst.BaseExpression | None:
        """Return one keyword argument, None where it is not given."""
        return next(
            (arg.value for arg in node.args if arg.keyword is not None and arg.keyword.value == name), None
        )
