"""What statements do to what names mean: the flow through branches, loops and blocks."""

from __future__ import annotations

from dataclasses import replace

import libcst as cst

from mldebt_lint.analysis.flow.environment import Environment
from mldebt_lint.analysis.flow.expressions import Expressions
from mldebt_lint.analysis.flow.keys import key_of
from mldebt_lint.analysis.flow.model import NOTHING, NOWHERE, Value, join, made_of
from mldebt_lint.analysis.flow.state import State

ROUNDS = 2
DEEP = 2  # loops within loops that are gone through in full


class Statements:
    """Goes through the statements of one scope after the other."""

    def __init__(self, state: State, expressions: Expressions) -> None:
        self._state, self._expressions = state, expressions
        self._returned = NOTHING
        self._loops = 0

    def function(self, definition: cst.FunctionDef) -> Value:
        """Go through a function, and return what it may return."""
        outer, self._returned = self._returned, NOTHING
        self.block(definition.body)
        found, self._returned = self._returned, outer
        self._state.environment.dead = False
        return found

    def block(self, body: cst.BaseSuite | cst.Module) -> None:
        """Go through a block."""
        for statement in body.body:
            if self._state.environment.dead:
                return
            if isinstance(statement, cst.BaseSmallStatement):  # `if x: return`
                self._small(statement)
            else:
                self.statement(statement)

    def statement(self, node: cst.CSTNode) -> None:
        """Go through one statement."""
        match node:
            case cst.SimpleStatementLine():
                for small in node.body:
                    self._small(small)
            case cst.If():
                self._branch(node)
            case cst.For():
                self._for(node)
            case cst.While():
                self._while(node)
            case cst.With():
                self._with(node)
            case cst.Try() | cst.TryStar():
                self._try(node)
            case cst.Match():
                self._match(node)

    # -- simple statements ------------------------------------------------------------------------------

    def _small(self, node: cst.CSTNode) -> None:
        value, environment = self._expressions.value, self._state.environment
        match node:
            case cst.Assign():
                found = value(node.value)
                for target in node.targets:
                    self._expressions.overwritten(target.target, node.value)
                    self._expressions.store(target.target, found)
            case cst.AnnAssign() if node.value is not None:
                self._expressions.store(node.target, value(node.value))
            case cst.AugAssign():
                self._changed(node)
            case cst.Expr():
                value(node.value)
            case cst.Return():
                self._returned = join(self._returned, value(node.value))
                environment.dead = True
            case cst.Raise() | cst.Continue() | cst.Break():
                environment.dead = True
            case cst.Assert():
                value(node.test)
            case cst.Del():
                self._deleted(node.target)

    def _changed(self, node: cst.AugAssign) -> None:
        old, new = self._expressions.value(node.target), self._expressions.value(node.value)
        self._expressions._changes(node, node.target, old, node.value, new)  # noqa: SLF001
        found = made_of((old, new))
        if found is not NOTHING:
            score = self._expressions.scaled(node.target, old, node.value, new)
            found = replace(found, frame=old.frame, column=old.column, type=old.type, score=score)
        key = key_of(node.target)
        if isinstance(node.target, cst.Subscript):
            self._expressions.tables.store(node.target, found)
        if key is not None and (found is not NOTHING or key in self._state.environment.known):
            self._state.environment.put(key, found)

    def _deleted(self, target: cst.CSTNode) -> None:
        if isinstance(target, cst.Subscript):
            key = key_of(target.value)
            known = self._state.environment.known.get(key) if key is not None else None
            name = self._expressions.file.constant(getattr(target.slice[0].slice, "value", None))
            if known is not None and key is not None and isinstance(name, str):
                self._state.environment.known[key] = self._expressions.tables.without(known, (name,))
        else:
            key = key_of(target)
            if key is not None:
                self._state.environment.put(key, NOTHING)

    # -- branches ---------------------------------------------------------------------------------------

    def _branch(self, node: cst.If) -> None:
        self._expressions.value(node.test)
        before = self._state.environment
        after = self._inside(node.body, before.copy())
        if isinstance(node.orelse, cst.If):
            self._state.environment = before.copy()
            self._branch(node.orelse)
            other = self._state.environment
        else:
            other = self._inside(node.orelse.body, before.copy()) if node.orelse is not None else before
        self._state.environment = after.joined(other)
        self._fill(node, after)

    def _fill(self, node: cst.If, after: Environment) -> None:
        """`if scaler is None: scaler = …`: who passes nothing gets what is made here, who passes one does not."""
        name = _missing(node.test)
        given = self._state.environment.get(name) if name is not None else None
        made = after.get(name) if name is not None else None
        if name is None or made is None or made.site == NOWHERE or given is None or after.dead:
            return
        if given.site == NOWHERE and node.orelse is None:
            self._state.environment.known[name] = made
            calls = self._state.index.within(node.body, cst.Call)
            self._state.fills[name] = frozenset(map(self._state.index.rank, calls))

    def _inside(self, body: cst.BaseSuite, environment: Environment) -> Environment:
        self._state.environment = environment
        self.block(body)
        return self._state.environment

    def _match(self, node: cst.Match) -> None:
        self._expressions.value(node.subject)
        before = self._state.environment
        after = before.copy()
        for case in node.cases:
            after = after.joined(self._inside(case.body, before.copy()))
        self._state.environment = after

    def _try(self, node: cst.Try | cst.TryStar) -> None:
        before = self._state.environment
        after = self._inside(node.body, before.copy())
        if node.orelse is not None and not after.dead:
            after = self._inside(node.orelse.body, after)
        for handler in node.handlers:
            start = before.copy() if after.dead else before.joined(after)
            after = after.joined(self._inside(handler.body, start))
        if node.finalbody is not None:
            dead, after.dead = after.dead, False
            after = self._inside(node.finalbody.body, after)
            after.dead = after.dead or dead
        self._state.environment = after

    # -- loops and blocks -------------------------------------------------------------------------------

    def _for(self, node: cst.For) -> None:
        self._loop(node.body, node)
        if node.orelse is not None:
            self.block(node.orelse.body)

    def _while(self, node: cst.While) -> None:
        self._loop(node.body, node)

    def _loop(self, body: cst.BaseSuite, loop: cst.For | cst.While) -> None:
        """Go through the body twice: what the first round leaves behind is what the second one may find."""
        events = self._state.events
        self._loops += 1
        rounds = ROUNDS if self._loops <= DEEP else 1  # each loop within another would double the work
        for number in range(rounds):
            before = self._state.environment.copy()
            mark = len(events)
            if isinstance(loop, cst.For):
                self._expressions.store(loop.target, self._expressions.element(loop.iter))
            else:
                self._expressions.value(loop.test)
            self.block(body)
            self._state.environment.dead = False
            self._state.environment = before.joined(self._state.environment)
            if number < rounds - 1:
                del events[mark:]
        self._loops -= 1

    def _with(self, node: cst.With) -> None:
        for item in node.items:
            found = self._expressions.value(item.item)
            if item.asname is not None:
                self._expressions.store(item.asname.name, found)
        self.block(node.body)


def _missing(test: cst.BaseExpression) -> str | None:
    """The name of which a test asks whether it is None or empty."""
    if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
        return key_of(test.expression)
    if isinstance(test, cst.Comparison) and len(test.comparisons) == 1:
        against = test.comparisons[0]
        none = isinstance(against.comparator, cst.Name) and against.comparator.value == "None"
        return key_of(test.left) if none and isinstance(against.operator, cst.Is | cst.Equal) else None
    return None
