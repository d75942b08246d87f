"""Test sets on which several estimators are compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.flow import Event, Flow, Happens
from mldebt_lint.analysis.flow.model import Rows, Value
from mldebt_lint.analysis.leakage.choices import is_test
from mldebt_lint.analysis.library import Role


@dataclass(slots=True)
class Contest:
    """One test set: the scores on it, the first one of each estimator, by the estimator's name."""

    scores: dict[str, int]


def contests(file: SourceFile, flow: Flow) -> Iterator[Contest]:
    """Yield the test sets on which at least two kinds of estimators are scored."""
    found: dict[frozenset[Rows], Contest] = {}
    for event in flow.of(Happens.METRIC):
        for value in event.values.values():
            rows = frozenset(path for path in value.rows if path and is_test(path))
            if rows:
                contest = found.setdefault(rows, Contest({}))
                for name in _estimators(file, flow, event, value):
                    contest.scores.setdefault(name, event.at)
    yield from (contest for contest in found.values() if len(contest.scores) > 1)


def _estimators(file: SourceFile, flow: Flow, event: Event, value: Value) -> Iterator[str]:
    """The estimators that a score is about: the one that predicted, or all that a loop goes through."""
    types = {mark.by for mark in value.predictions} | {event.value("model").type}
    named = [name for name in types if _is_estimator(file, name)]
    yield from named
    loop = file.index.enclosing(flow.node(event.at), cst.For, cst.FunctionDef)
    if not named and isinstance(loop, cst.For) and (value.predictions or "asks-model" in event.traits):
        yield from _in_loop(file, loop)


def _in_loop(file: SourceFile, loop: cst.For) -> Iterator[str]:
    for node in (loop.iter, *file.index.within(loop.iter, cst.Name)):
        held = file.definition(node) if isinstance(node, cst.Name) else node
        if isinstance(held, cst.List | cst.Tuple | cst.Dict):
            for call in file.index.within(held, cst.Call):
                api = file.api(call)
                if api is not None and api.role is Role.ESTIMATOR:
                    yield api.name


def _is_estimator(file: SourceFile, name: str) -> bool:
    api = file.library.find(name) if name else None
    return api is not None and api.role is Role.ESTIMATOR
