"""The order of draws and seeds on a straight path: seeds that come too late, and seeds that override others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from mldebt_lint.analysis.constants import UNKNOWN
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.guards import is_main_guard
from mldebt_lint.analysis.library import Api, Role
from mldebt_lint.analysis.randomness.placebos import placebo
from mldebt_lint.analysis.randomness.purpose import Purpose, purpose
from mldebt_lint.analysis.randomness.streams import seeding_helper, unseeded_streams

# What may leave out what stands inside it; `with`, `try` and `for` run it at least once, or are taken to.
MAY_NOT_RUN: frozenset[type] = frozenset(
    {cst.If, cst.While, cst.Match, cst.TryStar, cst.FunctionDef, cst.ClassDef}
    | {cst.IfExp, cst.BooleanOperation, cst.ExceptHandler}
)
LOOPS = (cst.For, cst.While)
FEW = 2
OPENS: frozenset[type] = frozenset({cst.FunctionDef, cst.ClassDef, cst.Lambda})
WORTH = frozenset(
    {Purpose.DECIDES, Purpose.STARTS, Purpose.CHOOSES, Purpose.FEEDS, Purpose.TRAINS, Purpose.BUILDS}
)
WORTH_IN_NOTEBOOKS = frozenset({Purpose.DECIDES, Purpose.STARTS, Purpose.BUILDS})


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A call on a straight path that draws from streams or seeds them; `seed` is the constant, if it is one.

    `call` is where it stands on the path; `purpose` is that of a draw. `certain` is false under a condition.
    """

    call: cst.Call
    streams: frozenset[str]
    seeds: bool
    purpose: Purpose = Purpose.ASIDE
    seed: object = UNKNOWN
    certain: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Late:
    """A seed that comes after the first draw from its stream."""

    seed: Step
    draw: Step
    stream: str


@dataclass(frozen=True, slots=True, eq=False)
class Override:
    """A seed that replaces another seed of the same stream; `often` where a path seeds it more than twice."""

    seed: Step
    before: Step
    stream: str
    often: bool


class SeedOrder:
    """Judges the straight paths of one file: its top level with its main guard, and each function."""

    def __init__(self, file: SourceFile) -> None:
        self._file = file
        self._inside: dict[cst.CSTNode, list[Step]] = {}
        self._paths = list(self._find_paths())

    def late(self) -> Iterator[Late]:
        """Yield the seeds that come after the first draw from a stream which nothing has seeded before."""
        for steps in self._paths:
            drawn: dict[str, Step] = {}
            settled: set[str] = set()
            reported: set[cst.Call] = set()
            for step in steps:
                for stream in sorted(step.streams - settled):
                    if not step.seeds:
                        if step.certain:
                            drawn.setdefault(stream, step)
                        continue
                    settled.add(stream)
                    if stream in drawn and step.call not in reported and self._is_for_all(step.call):
                        reported.add(step.call)
                        yield Late(step, drawn[stream], stream)

    def overrides(self) -> Iterator[Override]:
        """Yield the constant seeds that replace a different constant seed of the same stream."""
        for steps in self._paths:
            last: dict[str, Step] = {}
            reported: set[cst.Call] = set()
            seeds = [step for step in steps if step.seeds]
            for step in seeds:
                for stream in sorted(step.streams):
                    before = last.pop(stream, None)
                    if not step.certain or step.seed is UNKNOWN or not self._is_for_all(step.call):
                        continue
                    last[stream] = step
                    if before is not None and before.seed != step.seed and step.call not in reported:
                        reported.add(step.call)
                        often = sum(stream in other.streams for other in seeds) > 2
                        yield Override(step, before, stream, often)

    def _is_for_all(self, call: cst.Call) -> bool:
        """Whether a seed is for the rest of the path: not one of a loop, nor hidden in a helper that does more."""
        if self._file.api(call) is None and not seeding_helper(call):
            helper = self._helper(call)
            calls = list(self._file.index.within(helper.body, cst.Call)) if helper is not None else []
            if sum(not self._is_global_seed(inner) for inner in calls) > FEW:
                return False
        return not self._in_loop(call)

    # -- paths ------------------------------------------------------------------------------------------

    def _find_paths(self) -> Iterator[list[Step]]:
        """Yield the steps of every path that seeds something."""
        file = self._file
        seeds = [call for call, api in file.known_calls if api.seeds]
        if not seeds:
            return
        paths = [[step for module in file.index.modules for step in self._steps(module)]]
        bodies = (function.body for function in file.index.of(cst.FunctionDef))
        helpers = self._names_around(seeds)
        paths += [self._steps(body) for body in bodies if self._may_seed(body, seeds, helpers)]
        yield from (path for path in paths if len(path) > 1 and any(step.seeds for step in path))

    def _names_around(self, calls: list[cst.Call]) -> set[str]:
        around = {id(node): node for call in calls for node in self._file.index.ancestors(call)}
        return {n.name.value for n in around.values() if isinstance(n, cst.FunctionDef | cst.ClassDef)}

    def _may_seed(self, body: cst.CSTNode, seeds: list[cst.Call], helpers: set[str]) -> bool:
        """Whether a body holds a seed or a call of something of this file that does."""
        index = self._file.index
        begin, end = index.rank(body), index.end(body)
        if any(begin < index.rank(seed) < end for seed in seeds):
            return True
        called = (call.func for call in index.within(body, cst.Call))
        return any(isinstance(func, cst.Name) and func.value in helpers for func in called)

    def _is_global_seed(self, call: cst.Call) -> bool:
        api = self._file.api(call)
        return api is not None and bool(api.seeds)

    def _steps(self, body: cst.CSTNode, depth: int = 0) -> list[Step]:
        """Return what happens on the path through a body, helpers of the same file looked into once."""
        index = self._file.index
        found = []
        for call in sorted(index.within(body, cst.Call), key=self._turn):
            if self._is_deferred(call, body):
                continue
            step = self._step(call, self._is_certain(call, body))
            found += [step] if step is not None else self._of_helper(call, body, depth)
        return found

    def _turn(self, call: cst.Call) -> tuple[int, int]:
        """Sort key of evaluation: a call runs after the calls in its arguments."""
        index = self._file.index
        return (index.end(call), -index.rank(call))

    def _is_deferred(self, call: cst.Call, body: cst.CSTNode) -> bool:
        """Whether a call stands in a definition inside the body: it does not run on the way."""
        for ancestor in self._file.index.ancestors(call):
            if ancestor is body:
                return False
            if ancestor.__class__ in OPENS:
                return True
        return True

    def _is_certain(self, call: cst.Call, body: cst.CSTNode) -> bool:
        """Whether a call runs whenever the body runs."""
        for ancestor in self._file.index.ancestors(call):
            if ancestor is body:
                return True
            if is_main_guard(ancestor):
                continue
            if ancestor.__class__ in MAY_NOT_RUN:
                return False
        return True

    def _in_loop(self, call: cst.Call) -> bool:
        for ancestor in self._file.index.ancestors(call):
            if isinstance(ancestor, LOOPS):
                return True
            if ancestor.__class__ in OPENS:
                return False
        return False

    # -- steps ------------------------------------------------------------------------------------------

    def _step(self, call: cst.Call, certain: bool) -> Step | None:
        file = self._file
        api = file.api(call)
        if api is None:
            return None
        if api.seeds:
            if placebo(file, call, api) or "restores-state" in api.traits:
                return None
            value = file.constant(file.arguments(call, api.params).get(api.seed))
            return Step(call, frozenset(api.seeds), True, Purpose.ASIDE, value, certain)
        streams = unseeded_streams(file, call, api)
        if not streams or not draws_at_once(api):
            return None
        why = purpose(file, call, api)
        worth = WORTH_IN_NOTEBOOKS if file.is_notebook else WORTH
        return Step(call, frozenset(streams), False, why, UNKNOWN, certain) if why in worth else None

    def _of_helper(self, call: cst.Call, body: cst.CSTNode, depth: int) -> list[Step]:
        """Return the steps of a function or class of the same file, as steps of its caller."""
        helper = self._helper(call) if depth == 0 else None
        if helper is None:
            return []
        if helper not in self._inside:
            self._inside[helper] = []
            self._inside[helper] = self._steps(helper.body, depth + 1)
        certain = self._is_certain(call, body)
        return [
            Step(call, s.streams, s.seeds, s.purpose, self._passed(call, helper, s), certain and s.certain)
            for s in self._inside[helper]
        ]

    def _helper(self, call: cst.Call) -> cst.FunctionDef | None:
        binding = self._file.values.binding(call.func) if isinstance(call.func, cst.Name) else None
        node = binding.node if binding is not None else None
        if isinstance(node, cst.ClassDef):
            inits = (
                n for n in self._file.index.within(node.body, cst.FunctionDef) if n.name.value == "__init__"
            )
            return next(inits, None)
        return node if isinstance(node, cst.FunctionDef) else None

    def _passed(self, call: cst.Call, helper: cst.FunctionDef, step: Step) -> object:
        """Return the constant that a helper's seed gets from its caller: its only argument, or its own constant."""
        if not step.seeds or step.seed is not UNKNOWN:
            return step.seed
        if len(call.args) == 1 and call.args[0].star == "":
            return self._file.constant(call.args[0].value)
        defaults = [param.default for param in helper.params.params if param.default is not None]
        return self._file.constant(defaults[0]) if not call.args and len(defaults) == 1 else UNKNOWN


def draws_at_once(api: Api) -> bool:
    """Whether a call draws when it is made: a function does, a loader or an estimator only when it is used."""
    if api.role is Role.LAYER:
        return "initialisation" in api.traits and "torch" in api.draws
    own = api.name.rpartition(".")[2]
    return api.role in {Role.RANDOM_DRAW, Role.SPLITTER, Role.SUBSET, Role.FIT} and own[:1].islower()
