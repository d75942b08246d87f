"""What each block of a project may run: a call graph by name, over all files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

from mldebt_lint.analysis.project import Program, Project
from mldebt_lint.analysis.randomness.blocks import GUARD, Block
from mldebt_lint.analysis.star_imports import StarImports

Place = tuple[str, str]
MAX_HOPS = 4


class Edges(NamedTuple):
    """What a block may run: methods of any object, by name, and other blocks; hooks are left out."""

    methods: Sequence[str]
    others: Sequence[int]


class Reach:
    """Numbers the blocks of all files, one for each place, and answers what they mean by the names they use."""

    def __init__(self, project: Project, known: Iterable[Block]) -> None:
        self._project = project
        self.numbers: dict[Place, int] = {}
        self.blocks: list[Block] = []
        self.hooks = bytearray()
        self._inside: defaultdict[Place, list[int]] = defaultdict(list)
        self._by_name: defaultdict[str, list[int]] = defaultdict(list)
        self._own: defaultdict[Place, list[int]] = defaultdict(list)
        for block in known:
            self._add(block)
        self.parents = [-1] * len(self.blocks)
        self.children: list[Sequence[int]] = [()] * len(self.blocks)
        for place, inside in self._inside.items():
            parent = self.numbers.get(place)
            if parent is not None:
                self.children[parent] = inside
                for number in inside:
                    self.parents[number] = parent
        self._called = {name for name, found in self._by_name.items() if not all(map(self.is_hook, found))}
        self._defined: defaultdict[str, set[str]] = defaultdict(set)
        for path, own in self._own:
            self._defined[path].add(own)
        self._stars = StarImports(project, lambda path: frozenset(self._defined.get(path, ())))
        self._named: dict[str, dict[str, list[tuple[int, str]]]] = {}
        self._imported: dict[tuple[str, str, int], list[int]] = {}

    def _add(self, block: Block) -> None:
        """Number a block; of several with one name in a file the first stands for all."""
        place = (block.path, block.name)
        number = self.numbers.setdefault(place, len(self.blocks))
        if number < len(self.blocks):
            self.hooks[number] |= block.hook
            return
        self.blocks.append(block)
        self.hooks.append(block.hook)
        parent, _, own = block.name.rpartition(".")
        if block.name not in ("", GUARD):
            self._by_name[own].append(number)
            self._own[block.path, own].append(number)
            self._inside[block.path, parent].append(number)

    def is_hook(self, number: int) -> bool:
        """Whether a block runs as soon as what it stands in does."""
        return bool(self.hooks[number])

    def own_name(self, number: int) -> str:
        """Return the last part of a block's name."""
        return self.blocks[number].name.rpartition(".")[2]

    def of(self, path: str, name: str) -> Block | None:
        """Return one block."""
        number = self.numbers.get((path, name))
        return None if number is None else self.blocks[number]

    def named(self, name: str) -> list[Block]:
        """Return the functions and classes whose own name this is."""
        return [self.blocks[number] for number in self._by_name.get(name, ())]

    def methods(self, name: str) -> list[int]:
        """Return the methods of any class that have this name and run only where something calls them."""
        return [n for n in self._by_name.get(name, ()) if "." in self.blocks[n].name and not self.hooks[n]]

    def edges(self, number: int) -> Edges:
        """Return what a block may run."""
        block = self.blocks[number]
        methods, others = [], set[int]()
        for used in block.uses:
            if used[0] == ".":
                if used[1:] in self._called:
                    methods.append(used[1:])
            elif _own_name(used) in self._called:
                others.update(self._meant(block.path, used))
        return Edges(methods, [other for other in others if not self.hooks[other]])

    def _meant(self, path: str, used: str) -> Iterable[int]:
        """Return the blocks that one of a block's `uses` may mean, in any file."""
        kind, name = used[0], used[1:]
        if kind == ":":
            return self._own.get((path, name), ())
        if kind in ".?":
            is_method = kind == "."
            return [n for n in self._by_name.get(name, ()) if ("." in self.blocks[n].name) is is_method]
        return self._import(used, path, 0) or self._unless_elsewhere(used, path)

    def _unless_elsewhere(self, dotted: str, importer: str) -> Iterable[int]:
        """Return whatever has the name where an import leads into the project, but to no definition."""
        inside = self._project.resolve(dotted, importer) is not None
        return self._by_name.get(_own_name(dotted), ()) if inside else ()

    def _import(self, dotted: str, importer: str, hops: int) -> list[int]:
        """Follow an imported name to the file that defines it, through packages that hand it on."""
        path = self._project.resolve(dotted, importer)
        if path is None or hops > MAX_HOPS:
            return []
        own = _own_name(dotted)
        if found := self._own.get((path, own)):
            return found
        key = (path, own, hops)
        if key not in self._imported:
            stars = ((n, f"{dotted}.{own}") for n, dotted in self._stars.bringing(path, own))
            ways = sorted([*self._imports(path).get(own, ()), *stars])
            tried = (self._import(target, path, hops + 1) for _, target in ways)
            self._imported[key] = next(filter(None, tried), [])
        return self._imported[key]

    def _imports(self, path: str) -> dict[str, list[tuple[int, str]]]:
        """Return what a file imports, by its last name, with the number of the import."""
        if path not in self._named:
            named: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
            for number, item in enumerate(self._project.modules[path].imports):
                if not item.star:
                    named[_own_name(item.target)].append((number, item.target))
            self._named[path] = dict(named)
        return self._named[path]

    # -- mentions ---------------------------------------------------------------------------------------

    def is_mentioned(self, program: Program, path: str, name: str) -> bool:
        """Whether a block stands in the entry file, or something in the program, dead or alive, names it."""
        if path == program.entry or name == "":
            return True
        if name == GUARD:
            return False
        parts = name.split(".")
        around = (self.numbers.get((path, ".".join(parts[:end]))) for end in range(1, len(parts) + 1))
        return all(
            self.hooks[number] or self._is_used(number, program) for number in around if number is not None
        )

    def _is_used(self, number: int, program: Program) -> bool:
        own = _own_name(self.blocks[number].name)
        users = (self.blocks[user] for user in self._users.get(own, ()) if user != number)
        return any(
            self._may_mean(number, user.path, used)
            for user in users
            if user.path in program.files
            for used in user.uses
            if _own_name(used) == own
        )

    def _may_mean(self, number: int, path: str, used: str) -> bool:
        block = self.blocks[number]
        if used[0] == ":":
            return block.path == path
        if used[0] in ".?":
            return ("." in block.name) is (used[0] == ".")
        return number in self._meant(path, used)

    @cached_property
    def _users(self) -> dict[str, list[int]]:
        """For each own name, the blocks that use it outside main guards."""
        users: defaultdict[str, list[int]] = defaultdict(list)
        for number, block in enumerate(self.blocks):
            for own in {_own_name(used) for used in block.uses} if block.name != GUARD else ():
                users[own].append(number)
        return dict(users)


def _own_name(used: str) -> str:
    """Return the last part of a name or of one of a block's `uses`."""
    return used[1:] if used[0] in ":?" else used.rpartition(".")[2]
