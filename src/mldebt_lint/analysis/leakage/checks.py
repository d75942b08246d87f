"""Checks of data on its way from where it is read to where it is learnt from."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.flow import Event, Flow, Given, Happens, Read, Value
from mldebt_lint.analysis.leakage.learners import Learners

CHECKING = re.compile(
    r"(?i)(?:^|_|\.)(?:validate|validator|check|checks|verify|ensure|assert|expect|sanity|schema)(?:_|$)|(?:Schema|Expectation)"
)
TYPED = frozenset({"dtype", "dtypes", "schema", "schema_overrides", "converters"})


def untested_fits(file: SourceFile, flow: Flow) -> Iterator[tuple[Event, Event]]:
    """Yield where data that this file reads is learnt from unchecked: the fit, and the read that it goes back to."""
    reads = {event.at: event for event in flow.of(Happens.READ) if not _is_given(file, flow, event)}
    if not reads:
        return
    checked: frozenset[int] | None = None
    learners = Learners(file, flow)
    for event in filter(learners.takes_target, flow.of(Happens.FIT)):
        data = event.value("X")
        sources = [mark.at for mark in data.of(Read) if isinstance(mark, Read) and mark.at in reads]
        if sources and checked is None:
            checked = frozenset(_checked(file, flow))
        if sources and not checked.intersection(mark.at for mark in data.of(Read)):  # type: ignore[union-attr]
            yield event, reads[sources[0]]


def _is_given(file: SourceFile, flow: Flow, read: Event) -> bool:
    """Whether data comes with a library or is made up, or is read by a schema."""
    api = file.library.find(read.name) if read.name else None
    call = flow.node(read.at)
    typed = isinstance(call, cst.Call) and any(a.keyword and a.keyword.value in TYPED for a in call.args)
    return typed or (api is not None and bool({"bundled", "bunch", "synthetic", "typed"} & api.traits))


def _checked(file: SourceFile, flow: Flow) -> Iterator[int]:
    """Yield where checked data was read."""
    for node in file.index.of(cst.Assert):
        yield from _within(file, flow, node.test)
    for branch in file.index.of(cst.If):
        if any(isinstance(inner, cst.Raise) for inner in _first_statements(branch)):
            yield from _within(file, flow, branch.test)
    for call in file.calls:
        name = file.qualified(call.func) or _last(call.func)
        if name and CHECKING.search(name):
            for part in (call.func, *(arg.value for arg in call.args)):
                yield from _within(file, flow, part)


def _within(file: SourceFile, flow: Flow, node: cst.CSTNode) -> Iterator[int]:
    for inner in (node, *file.index.within(node, cst.Name), *file.index.within(node, cst.Attribute)):
        yield from _reads(flow.value(inner))


def _reads(value: Value) -> Iterator[int]:
    for mark in value.of(Read):
        if isinstance(mark, Read):
            yield mark.at


def _first_statements(branch: cst.If) -> Iterator[cst.CSTNode]:
    for statement in branch.body.body:
        if isinstance(statement, cst.SimpleStatementLine):
            yield from statement.body


def _last(func: cst.BaseExpression) -> str:
    if isinstance(func, cst.Attribute):
        return func.attr.value
    return func.value if isinstance(func, cst.Name) else ""


def hands_on(event: Event) -> bool:
    """Whether data went through what another file does: that may check it."""
    return bool(event.value("X").of(Given))
