"""Loops that keep the best by a score on test rows: an epoch, a threshold, a parameter."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.flow import Flow, Happens
from mldebt_lint.analysis.flow.keys import key_of
from mldebt_lint.analysis.flow.model import Part
from mldebt_lint.analysis.flow.sides import part_of_name
from mldebt_lint.analysis.leakage.choices import is_test

ORDERS = (cst.LessThan, cst.LessThanEqual, cst.GreaterThan, cst.GreaterThanEqual)
SAYING = frozenset({"print", "info", "log", "debug", "write", "warning", "log_metric", "add_scalar"})


class Kept:
    """Finds them in one file."""

    def __init__(self, file: SourceFile, flow: Flow) -> None:
        self._file, self._flow = file, flow
        self._on_test = {
            event.at
            for event in flow.of(Happens.METRIC)
            if any(rows and is_test(rows) for value in event.values.values() for rows in value.rows)
        }

    def all(self) -> Iterator[tuple[cst.If, cst.Call]]:
        """Yield each choice with the first report of what it kept, or of a score on the same rows, after it."""
        for branch in self._file.index.of(cst.If):
            loop = self._file.index.enclosing(branch, cst.For, cst.While, cst.FunctionDef)
            if not isinstance(loop, cst.For | cst.While):
                continue
            pair = self._score_and_best(branch)
            if pair is None or not self._is_of_test(loop, pair[0]):
                continue
            report = self._report(loop, pair)
            if report is not None:
                yield branch, report

    def _score_and_best(self, branch: cst.If) -> tuple[str, str] | None:
        """The names of `if score > best: best = score`."""
        test = branch.test
        if not isinstance(test, cst.Comparison) or len(test.comparisons) != 1:
            return None
        target = test.comparisons[0]
        one, other = key_of(test.left), key_of(target.comparator)
        if one is None or other is None or not isinstance(target.operator, ORDERS):
            return None
        stored = set(self._stored(branch))
        return next((pair for pair in ((one, other), (other, one)) if (pair[1], pair[0]) in stored), None)

    def _stored(self, branch: cst.If) -> Iterator[tuple[str | None, str | None]]:
        """What the branch stores under which names: of tuples one by one."""
        for assign in self._file.index.within(branch.body, cst.Assign):
            target, value = assign.targets[0].target, assign.value
            if isinstance(target, cst.Tuple) and isinstance(value, cst.Tuple):
                pairs = zip(target.elements, value.elements, strict=False)
                yield from ((key_of(a.value), key_of(b.value)) for a, b in pairs)
            else:
                yield key_of(target), key_of(value)

    def _is_of_test(self, loop: cst.For | cst.While, score: str) -> bool:
        named = part_of_name(score.rpartition(".")[2])
        if named is not None:
            return named is Part.TEST
        for assign in self._file.index.within(loop.body, cst.Assign):
            if score in self._names(assign.targets[0].target):
                return any(map(self._asks_test, self._file.index.within(assign, cst.Call)))
        return False

    def _names(self, target: cst.BaseExpression) -> list[str | None]:
        if isinstance(target, cst.Tuple):
            return [key_of(element.value) for element in target.elements]
        return [key_of(target)]

    def _asks_test(self, call: cst.Call) -> bool:
        if self._file.index.rank(call) in self._on_test:
            return True
        parts = {part_of_name(key_of(arg.value) or "") for arg in call.args}
        return Part.TEST in parts and not {Part.VALIDATION, Part.TRAIN} & parts

    def _report(self, loop: cst.For | cst.While, pair: tuple[str, str]) -> cst.Call | None:
        end = self._file.index.end(loop)
        around = self._file.index.enclosing(loop, cst.FunctionDef)
        for call in self._file.calls:
            rank = self._file.index.rank(call)
            if rank < end or self._file.index.enclosing(call, cst.FunctionDef) is not around:
                continue
            if rank in self._on_test or (self._says(call) and self._mentions(call, pair)):
                return call
        return None

    def _says(self, call: cst.Call) -> bool:
        name = call.func.attr.value if isinstance(call.func, cst.Attribute) else key_of(call.func)
        return name in SAYING

    def _mentions(self, call: cst.Call, names: tuple[str, str]) -> bool:
        nodes = (*self._file.index.within(call, cst.Name), *self._file.index.within(call, cst.Attribute))
        return any(key_of(node) in names for node in nodes)
