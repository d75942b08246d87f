"""Which blocks each program can run: one search for all programs, in which each is a bit of a mask."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from mldebt_lint.analysis.project import Program, Project
from mldebt_lint.analysis.randomness.blocks import GUARD, OPAQUE
from mldebt_lint.analysis.randomness.reach import Edges, Place, Reach


class Live:
    """The blocks that programs may run, as far as names tell: `programs` are the bits of the masks.

    In an entry file that runs nothing by itself (a console script, an app) or by computed names, every function may
    run.
    """

    def __init__(self, project: Project, reach: Reach, programs: Sequence[Program]) -> None:
        self._reach, self._project = reach, project
        self._over = project.masks_over({program.entry: 1 << n for n, program in enumerate(programs)})
        self._bits = {program.entry: 1 << n for n, program in enumerate(programs)}
        self._live = [0] * len(reach.blocks)
        self._wanted = [0] * len(reach.blocks)
        self._fresh: dict[int, int] = {}
        self._methods: defaultdict[str, int] = defaultdict(int)
        self._edges: dict[int, Edges] = {}
        self._search(programs)

    def mask(self, place: Place) -> int:
        """Return the programs that may run a block."""
        number = self._reach.numbers.get(place)
        return 0 if number is None else self._live[number]

    def places(self) -> Mapping[Place, int]:
        """Return every block that some program may run, with the programs."""
        return {place: mask for place, n in self._reach.numbers.items() if (mask := self._live[n])}

    def _search(self, programs: Sequence[Program]) -> None:
        tops = [(number, self._over[path]) for path, number in self._tops()]
        for number, mask in tops:
            self._live[number] = mask
        for program in programs:
            bit = self._bits[program.entry]
            self._start((program.entry, GUARD), bit)
            if self._is_open(program.entry):
                self._start_all(program.entry, bit)
        self._settle()
        # A call `x.name()` reaches a module's own function `name` when it is met before the module's top level is:
        # `x` may be the module. The order of files is part of the result.
        for number, mask in reversed(tops):
            self._spread(number, mask)
            self._settle()

    def _tops(self) -> Iterator[tuple[str, int]]:
        """Yield the top level of every file that some program reaches, by path."""
        for path in sorted(self._over):
            number = self._reach.numbers.get((path, ""))
            if number is not None and self._over[path]:
                yield path, number

    def _settle(self) -> None:
        while self._fresh:
            number, mask = self._fresh.popitem()
            self._spread(number, mask)

    def _is_open(self, entry: str) -> bool:
        module = self._project.modules[entry]
        if not module.main_guard:
            return not module.acts
        own = {f":{self._reach.blocks[child].name}" for child in self._inside(entry)}
        parts = (self._reach.of(entry, part) for part in ("", GUARD))
        return not any(block.uses & own for block in parts if block is not None)

    def _start(self, place: Place, mask: int) -> None:
        number = self._reach.numbers.get(place)
        if number is not None:
            self._add(number, mask)

    def _start_all(self, path: str, mask: int) -> None:
        for child in self._inside(path):
            self._add(child, mask)

    def _inside(self, path: str) -> Sequence[int]:
        number = self._reach.numbers.get((path, ""))
        return () if number is None else self._reach.children[number]

    def _add(self, number: int, mask: int) -> None:
        """Let a block run in the programs of a mask."""
        fresh = mask & ~self._live[number]
        if fresh:
            self._live[number] |= fresh
            self._fresh[number] = self._fresh.get(number, 0) | fresh

    def _want(self, number: int, mask: int) -> None:
        """Let a block run, now or as soon as what it stands in does, where its file is part of the program."""
        fresh = mask & self._over.get(self._reach.blocks[number].path, 0) & ~self._wanted[number]
        if fresh:
            self._wanted[number] |= fresh
            self._add(number, fresh & self._live[self._reach.parents[number]])

    def _spread(self, number: int, mask: int) -> None:
        reach, block = self._reach, self._reach.blocks[number]
        for child in reach.children[number]:
            called = self._wanted[child] | self._methods.get(reach.own_name(child), 0)
            self._add(child, mask if reach.hooks[child] else mask & called)
        if block.path in self._bits and any(used[1:] in OPAQUE for used in block.uses):
            self._start_all(block.path, mask & self._bits[block.path])
        if number not in self._edges:
            self._edges[number] = reach.edges(number)
        methods, others = self._edges[number]
        for name in methods:
            fresh = mask & ~self._methods[name]
            if fresh:
                self._methods[name] |= fresh
                for method in reach.methods(name):
                    self._want(method, fresh)
        for other in others:
            self._want(other, mask)
