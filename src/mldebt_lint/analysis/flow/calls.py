"""What calls give and do, by the role that their library's pack gives them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import libcst as cst

from mldebt_lint.analysis.arguments import Arguments
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.flow.columns import in_column
from mldebt_lint.analysis.flow.events import Happens
from mldebt_lint.analysis.flow.learning import Learning
from mldebt_lint.analysis.flow.methods import Methods
from mldebt_lint.analysis.flow.model import (
    NOTHING,
    NOWHERE,
    Frame,
    Loaded,
    Predicted,
    Read,
    Score,
    Value,
    made_of,
)
from mldebt_lint.analysis.flow.others import Others
from mldebt_lint.analysis.flow.splits import Splits
from mldebt_lint.analysis.flow.state import State
from mldebt_lint.analysis.library import Api, Role

if TYPE_CHECKING:
    from mldebt_lint.analysis.flow.expressions import Expressions

Handler = Callable[["Called"], Value]
FRAME = "pandas.DataFrame"
PATH_PARAMS = (
    *(
        "path",
        "filepath_or_buffer",
        "io",
        "path_or_buf",
        "sql",
        "table_name",
        "fname",
        "file",
        "filename",
        "f",
    ),
    *("name", "filepath", "model_file", "uri", "key", "path_or_fileobj", "save_directory"),
)
ACTIVATION_SCORES = {"probability": Score.PROBABILITY, "log-probability": Score.LOG_PROBABILITY}


@dataclass(slots=True)
class Called:
    """One call with everything that is known of it: receiver, arguments by name and by position, and the API."""

    node: cst.Call
    at: int
    receiver: Value
    api: Api
    arguments: Arguments
    named: dict[str, Value]
    positional: tuple[Value, ...]

    @property
    def method(self) -> str:
        """The name by which the API is called."""
        return self.api.name.rpartition(".")[2]

    def given(self, *names: str, position: int | None = None) -> Value:
        """Return the first argument that is passed under one of the names, or at the position."""
        for name in names:
            if name in self.named:
                return self.named[name]
        if position is not None and position < len(self.positional):
            return self.positional[position]
        return NOTHING

    @property
    def all(self) -> Iterator[Value]:
        """All arguments."""
        yield from self.positional
        passed = set(map(id, self.arguments.positional))
        for name, node in self.arguments.named.items():
            if id(node) not in passed:
                yield self.named[name]


class Calls:
    """Evaluates the calls of one file."""

    def __init__(self, file: SourceFile, state: State, expressions: Expressions) -> None:
        self._file, self._state, self._expressions = file, state, expressions
        self.splits = Splits(file, state)
        self.learning = Learning(file, state)
        self.methods = Methods(file, state, expressions)
        self.others = Others(file, state, expressions, self.methods)
        self.functions: Callable[[cst.Call, Value], Value | None] = lambda *_: None

    @cached_property
    def _by_role(self) -> dict[Role, Handler]:
        return {
            Role.DATA_SOURCE: self._read,
            Role.DATA_SINK: self._write,
            Role.ARTEFACT_SAVE: self._save,
            Role.ARTEFACT_LOAD: self._load,
            Role.SPLITTER: self.splits.split,
            Role.SUBSET: self.splits.subset,
            Role.RANDOM_DRAW: self.splits.drawn,
            Role.ESTIMATOR: self.learning.made,
            Role.LAYER: self._layer,
            Role.TRANSFORMER: self._transformed,
            Role.FIT: self.learning.fit,
            Role.PREDICT: self.learning.predict,
            Role.ACTIVATION: self._activation,
            Role.METRIC: self._metric,
            Role.PLOT: self._metric,
            Role.CONVERTER: self._converted,
            Role.DATASET: self._dataset,
            Role.DATA_LOADER: self._dataset,
        }

    def call(self, node: cst.Call) -> Value:
        """Return what a call gives, and note what it does."""
        receiver = NOTHING
        if isinstance(node.func, cst.Attribute):
            receiver = self._expressions.value(node.func.value)
        found = self.functions(node, receiver)
        if found is not None:
            return self._activated(node, found)
        api = self._api(node, receiver)
        if api is None or (receiver.score is not None and api.role is Role.TRANSFORMER):
            return self.others.other(node, receiver)
        if receiver.frame is not None and api.name.endswith(".assign"):
            return self.methods.assigned(node, receiver)
        called = self._called(node, receiver, api)
        handler = self._by_role.get(api.role)
        return handler(called) if handler is not None else self.others.known(called)

    def _activated(self, node: cst.Call, found: Value) -> Value:
        """A function of the file's own that is called `sigmoid` is one."""
        name = node.func.value if isinstance(node.func, cst.Name) else ""
        known = self._file.library.method(name) if name else None
        if known is None or known.role is not Role.ACTIVATION or "probability" not in known.traits:
            return found
        said = Predicted(self._state.index.rank(node), NOWHERE, Score.PROBABILITY, name)
        return replace(found, marks=found.marks | {said}, score=said, given=NOWHERE)

    def _api(self, node: cst.Call, receiver: Value) -> Api | None:
        if receiver.type and isinstance(node.func, cst.Attribute):
            found = self._file.library.find(f"{receiver.type}.{node.func.attr.value}")
            if found is not None:
                return found
        return self._file.api(node)

    def _called(self, node: cst.Call, receiver: Value, api: Api) -> Called:
        arguments = self._file.arguments(node, api.params)
        values: dict[int, Value] = {}
        for expression in (*arguments.positional, *arguments.named.values()):
            if id(expression) not in values:
                values[id(expression)] = self._expressions.value(expression)
        for arg in node.args:
            if arg.star:
                self._expressions.value(arg.value)
        return Called(
            node,
            self._state.index.rank(node),
            receiver,
            api,
            arguments,
            {name: values[id(item)] for name, item in arguments.named.items()},
            tuple(values[id(item)] for item in arguments.positional),
        )

    def _transformed(self, called: Called) -> Value:
        """A method of a table learns nothing; all else may."""
        if called.receiver.rows and {"stateless", "function"} <= called.api.traits:
            return self.others.known(called)
        return self.learning.transformer(called)

    # -- files ------------------------------------------------------------------------------------------

    def _path(self, called: Called) -> str:
        """Return the folded path, address or query of a call, empty when it is not known."""
        for name in PATH_PARAMS:
            node = called.arguments.get(name)
            if node is not None:
                return self._folded(node, called.named[name])
        for node, value in zip(called.arguments.positional, called.positional, strict=True):
            if path := self._folded(node, value):
                return path
        return ""

    def _folded(self, node: cst.CSTNode, value: Value) -> str:
        constant = self._file.constant(node)
        return constant if isinstance(constant, str) else value.path

    def _read(self, called: Called) -> Value:
        path, at = self._path(called), called.at
        found = Value(
            type=called.api.returns,
            marks=frozenset({Read(at, path)}),
            rows=frozenset({((at, "read"),)}),
            frame=Frame(at),
        )
        if {"bundled", "bunch"} & called.api.traits:
            found = replace(found, frame=None)
        if "pair" in called.api.traits or "return_X_y" in called.arguments.named:
            found = replace(found, parts=(replace(found, frame=None), replace(found, frame=None)), frame=None)
        self._state.note(Happens.READ, called.node, {"result": found}, name=called.api.name, path=path)
        return found

    def _write(self, called: Called) -> Value:
        path = self._path(called)
        data = called.receiver if called.receiver is not NOTHING else made_of(called.all)
        self._note(Happens.WRITE, called, {"data": data}, path)
        return NOTHING

    def _save(self, called: Called) -> Value:
        path = self._path(called)
        data = next((value for value in called.all if value is not NOTHING and not value.path), NOTHING)
        owner = called.receiver if called.receiver.site != NOWHERE or called.receiver.given >= 0 else NOTHING
        self._note(Happens.SAVE, called, {"data": owner if owner is not NOTHING else data}, path)
        return NOTHING

    def _load(self, called: Called) -> Value:
        path = self._path(called)
        found = Value(
            type=called.api.returns,
            site=called.at,
            marks=frozenset({Loaded(called.at, path)}),
            rows=frozenset({((called.at, "loaded"),)}) if not called.api.returns else frozenset(),
        )
        self._note(Happens.LOAD, called, {"result": found}, path)
        return found

    def _note(self, kind: Happens, called: Called, values: dict[str, Value], path: str = "") -> None:
        api = called.api
        self._state.note(kind, called.node, values, name=api.name, traits=api.traits, path=path)

    def _layer(self, called: Called) -> Value:
        """A whole network is something that learns; a layer is what it is applied to."""
        return self.learning.made(called) if "model" in called.api.traits else self.others.known(called)

    # -- the rest ---------------------------------------------------------------------------------------

    def _activation(self, called: Called) -> Value:
        taken = called.receiver if called.receiver is not NOTHING else called.given(position=0)
        score = next((ACTIVATION_SCORES[t] for t in ACTIVATION_SCORES if t in called.api.traits), None)
        if score is None:
            return made_of([taken])
        said = Predicted(called.at, NOWHERE, score, called.api.name)
        found = made_of([taken])
        return replace(found, marks=found.marks | {said}, score=said)

    def _metric(self, called: Called) -> Value:
        if called.api.role is Role.PLOT and "asymmetric" not in called.api.traits:
            return NOTHING
        values = {name: value for name, value in called.named.items() if value is not NOTHING}
        self._note(Happens.METRIC, called, values)
        return NOTHING

    def _converted(self, called: Called) -> Value:
        taken = called.given(position=0)
        table = called.arguments.get("data")
        if isinstance(table, cst.Dict) and called.api.returns == FRAME:
            return self._table(called, table)
        if taken is NOTHING:
            taken = called.receiver
        if taken is NOTHING:
            taken = made_of(called.all)
        return replace(taken, type=called.api.returns, given=NOWHERE) if taken is not NOTHING else NOTHING

    def _table(self, called: Called, table: cst.Dict) -> Value:
        """A frame that is made of named columns."""
        columns = [
            in_column(self._expressions.value(element.value), str(name))
            for element in table.elements
            if isinstance(element, cst.DictElement)
            and isinstance(name := self._file.constant(element.key), str)
        ]
        found = made_of(columns)
        if len(columns) < len(table.elements) or found is NOTHING:
            return replace(found, type=called.api.returns) if found is not NOTHING else NOTHING
        return replace(found, type=called.api.returns, frame=Frame(called.at))

    def _dataset(self, called: Called) -> Value:
        parts = tuple(called.all)
        found = made_of(parts)
        if found is NOTHING:
            return NOTHING
        return replace(found, type=called.api.returns, parts=parts)
