"""The file's own functions and classes: each is gone through once, and what it does is told to every caller."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.flow.environment import Environment
from mldebt_lint.analysis.flow.events import Event, Happens, substituted
from mldebt_lint.analysis.flow.keys import key_of
from mldebt_lint.analysis.flow.methods import WEIGHTS
from mldebt_lint.analysis.flow.model import NOTHING, NOWHERE, Learnt, Value, join, unknown
from mldebt_lint.analysis.flow.state import State, Summary
from mldebt_lint.analysis.names import Binds

if TYPE_CHECKING:
    from mldebt_lint.analysis.flow.expressions import Expressions

SELF = "self"
MAKER = "__init__"
LIBRARIES = frozenset({"builtins", *sys.stdlib_module_names})
MOST_PASSED = 150  # events that one call may bring into its caller


class Functions:
    """Summaries of one file's functions, made when they are first called, or at last."""

    def __init__(
        self,
        file: SourceFile,
        state: State,
        expressions: Expressions,
        run: Callable[[cst.FunctionDef], Value],
    ) -> None:
        self._file, self._state, self._expressions, self._run = file, state, expressions, run
        self._summaries: dict[int, Summary | None] = {}
        self._made: dict[int, dict[int, Value]] = {}  # by site: what an instance was made with
        self._depth = 0
        self._held: dict[int, Environment] = {}  # by class: what `self` holds after its methods

    # -- calls ------------------------------------------------------------------------------------------

    def call(self, node: cst.Call, receiver: Value) -> Value | None:
        """Return what a call of a function or class of this file gives, None for every other call."""
        definition = self._definition(node, receiver)
        if definition is None:
            return self._foreign(node)
        if isinstance(definition, cst.ClassDef):
            return self._instance(node, definition)
        return self._called(node, definition, receiver)

    def _definition(self, node: cst.Call, receiver: Value) -> cst.FunctionDef | cst.ClassDef | None:
        func = node.func
        if isinstance(func, cst.Name):
            binding = self._file.values.binding(func)
            found = binding.node if binding is not None and binding.how is Binds.DEFINITION else None
            return found if isinstance(found, cst.FunctionDef | cst.ClassDef) else None
        if isinstance(func, cst.Attribute):
            owner = receiver.type or self._file.type_of(func.value) or ""
            return self._methods.get(f"{owner}.{func.attr.value}") if owner else None
        return None

    def _foreign(self, node: cst.Call) -> Value | None:
        """A call of what another file of the project may define; None for libraries and whatever is not known."""
        name = self._file.qualified(node.func) if not isinstance(node.func, cst.Call) else None
        if name and name.rpartition(".")[2] == WEIGHTS:
            return None
        top = (name or "").partition(".")[0]
        if (
            not name
            or top in LIBRARIES
            or top in self._file.library.packages
            or self._file.api(node) is not None
        ):
            return None
        values = {}
        for number, arg in enumerate(node.args):
            key = arg.keyword.value if arg.keyword is not None else f"{arg.star}{number}"
            values[key] = self._expressions.value(arg.value)
        at = self._state.index.rank(node)
        self._state.note(Happens.CALL, node, values, name=name)
        is_class = name.rpartition(".")[2][:1].isupper()
        return Value(type=name, site=at) if is_class else unknown(at)

    @cached_property
    def _methods(self) -> dict[str, cst.FunctionDef]:
        functions = self._file.index.of(cst.FunctionDef)
        return {
            self._file.values.defined_name(node): node for node in functions if self.owner(node) is not None
        }

    def owner(self, function: cst.FunctionDef) -> cst.ClassDef | None:
        """Return the class whose method a function is."""
        around = self._file.index.enclosing(function, cst.FunctionDef, cst.ClassDef)
        return around if isinstance(around, cst.ClassDef) else None

    def _instance(self, node: cst.Call, definition: cst.ClassDef) -> Value:
        at = self._state.index.rank(node)
        name = self._file.values.defined_name(definition)
        maker = self._methods.get(f"{name}.{MAKER}")
        found = Value(type=name, site=at)
        if maker is not None:
            self._called(node, maker, found)
            summary = self.summary(maker)
            self._made[at] = self._passed(node, summary, NOTHING) if summary is not None else {}
        else:
            for arg in node.args:
                self._expressions.value(arg.value)
        return found

    def _called(self, node: cst.Call, definition: cst.FunctionDef, receiver: Value) -> Value:
        summary = self.summary(definition)
        if summary is None:  # it calls itself
            for arg in node.args:
                self._expressions.value(arg.value)
            return NOTHING
        passed = self._made.get(receiver.site, {}) | self._passed(node, summary, receiver)
        at = self._state.index.rank(node)
        left_out = self._left_out(node, summary)
        for event in summary.events[:MOST_PASSED]:
            if len(event.via) < 4 and event.at not in left_out:
                self._happens(event.passed(passed, at))
        self._change(node, summary, passed)
        return substituted(summary.result, passed)

    def _left_out(self, node: cst.Call, summary: Summary) -> frozenset[int]:
        """What a callee does only when it is not passed what this call passes."""
        if not summary.fills:
            return frozenset()
        names = [name for name, _ in summary.params if name != SELF]
        passed = self._file.arguments(node, names).named
        given = (calls for name, calls in summary.fills.items() if name in passed)
        return frozenset(at for calls in given for at in calls)

    def _change(self, node: cst.Call, summary: Summary, passed: dict[int, Value]) -> None:
        """What a callee changes in place has changed for its caller."""
        names = [name for name, at in summary.params if name != SELF]
        arguments = self._file.arguments(node, names) if summary.changed else None
        for name, at in summary.params if arguments is not None else ():
            given = arguments.get(name) if arguments is not None and at in summary.changed else None
            key = key_of(given) if given is not None else None
            if key is not None and self._state.environment.get(key) is not None:
                self._state.change(key, substituted(summary.changed[at], passed))

    def _happens(self, event: Event) -> None:
        """An event in a callee is one of the caller; an instance that was passed has learnt."""
        self._state.events.append(event)
        model = event.value("model")
        if event.kind is Happens.FIT and model.site != NOWHERE and "cross-validation" not in event.traits:
            self._state.learns(model.site, Learnt(event.at, model.type, event.value("X").rows, model.site))

    def _passed(self, node: cst.Call, summary: Summary, receiver: Value) -> dict[int, Value]:
        names = [name for name, _ in summary.params]
        is_bound = names[:1] in ([SELF], ["cls"]) and (
            receiver is not NOTHING or isinstance(node.func, cst.Name)
        )
        arguments = self._file.arguments(node, names[1:] if is_bound else names)
        passed = {}
        for name, at in summary.params:
            given = arguments.get(name)
            if given is not None:
                passed[at] = self._expressions.value(given)
        if is_bound and summary.params:
            passed[summary.params[0][1]] = receiver
        return passed

    # -- summaries --------------------------------------------------------------------------------------

    def summary(self, definition: cst.FunctionDef) -> Summary | None:
        """Return what a function does, None while that is being found out."""
        key = id(definition)
        if key not in self._summaries:
            self._summaries[key] = None
            self._summaries[key] = self._summarised(definition)
        return self._summaries[key]

    def _summarised(self, definition: cst.FunctionDef) -> Summary:
        state = self._state
        outer, events = state.environment, state.events
        given, changed, fills = state.given, state.changed, state.fills
        if not self._depth:
            state.top = outer
        self._depth += 1
        owner = self.owner(definition)
        state.environment, state.events = self._entered(definition, owner), []
        params = list(self._params(definition))
        state.given, state.changed, state.fills = dict(params), {}, {}
        for name, at in params:
            if name != SELF:
                state.environment.put(name, self._given(definition, name, at))
        result = self._run(definition)
        if owner is not None:
            self._keep(owner, state.environment)
        found = Summary(params, result, state.events, changed=state.changed, fills=state.fills)
        state.environment, state.events = outer, events
        state.given, state.changed, state.fills = given, changed, fills
        self._depth -= 1
        return found

    def _params(self, definition: cst.FunctionDef) -> Iterator[tuple[str, int]]:
        given = definition.params
        for param in (*given.posonly_params, *given.params, *given.kwonly_params):
            yield param.name.value, self._state.index.rank(param)

    def _given(self, definition: cst.FunctionDef, name: str, at: int) -> Value:
        _, bindings = self._file.names.bindings(name, definition.body)
        annotation = next(
            (b.annotation for b in bindings if b.how is Binds.PARAMETER and b.name == name), None
        )
        kind = self._file.values._annotated(annotation) if annotation is not None else None  # noqa: SLF001
        return unknown(at, kind or "")

    # -- classes ----------------------------------------------------------------------------------------

    def _entered(self, definition: cst.FunctionDef, owner: cst.ClassDef | None) -> Environment:
        """What a method may know of `self`: what `__init__` and the methods before it have put there."""
        if owner is None:
            return Environment()
        if id(owner) not in self._held:
            self._held[id(owner)] = Environment()
            maker = self._methods.get(f"{self._file.values.defined_name(owner)}.{MAKER}")
            if maker is not None and maker is not definition:
                self.summary(maker)
        found = self._held[id(owner)].copy()
        at = self._state.index.rank(owner)
        found.known.setdefault(SELF, Value(type=self._file.values.defined_name(owner), site=at))
        return found

    def _keep(self, owner: cst.ClassDef, after: Environment) -> None:
        held = self._held[id(owner)].known
        for key, value in after.known.items():
            if key.startswith((f"{SELF}.", "#")):
                held[key] = join(held[key], value) if key in held else value
