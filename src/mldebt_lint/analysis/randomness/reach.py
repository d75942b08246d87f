"""Which blocks of a program can run: a call graph by name, from the entry point on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from mldebt_lint.analysis.facts import ModuleFact
from mldebt_lint.analysis.project import Program, Project
from mldebt_lint.analysis.randomness.blocks import GUARD, OPAQUE, Block

Place = tuple[str, str]


class Reach:
    """Answers which blocks of a program can run, by the blocks of all files."""

    def __init__(self, project: Project, known: Iterable[Block]) -> None:
        self._project = project
        self._by_name: defaultdict[str, list[Block]] = defaultdict(list)
        self._children: defaultdict[Place, list[Block]] = defaultdict(list)
        self._own: defaultdict[Place, list[Block]] = defaultdict(list)
        self._of: dict[Place, Block] = {}
        self._resolved: dict[tuple[str, str], list[Block]] = {}
        self._edges: dict[Place, tuple[tuple[str, ...], tuple[Block, ...]]] = {}
        self._methods: dict[str, list[Block]] = {}
        for block in known:
            self._of.setdefault((block.path, block.name), block)
            parent, _, own = block.name.rpartition(".")
            if block.name not in ("", GUARD):
                self._by_name[own].append(block)
                self._own[block.path, own].append(block)
                self._children[block.path, parent].append(block)
        self._mentioned = self._all_mentioned()

    def _all_mentioned(self) -> dict[Place, set[str]]:
        """For each block, the files that mention it outside main guards and outside its own body."""
        found: defaultdict[Place, set[str]] = defaultdict(set)
        for block in self._of.values():
            for used in block.uses if block.name != GUARD else ():
                for other in self.candidates(block, used):
                    if other is not block:
                        found[other.path, other.name].add(block.path)
        return found

    def live(self, program: Program) -> frozenset[Place]:
        """Return the (path, block name) pairs that the program may run, as far as names tell.

        In an entry file that runs nothing by itself (a console script, an app) or by computed names, every
        function may run.
        """
        return _Search(self, program).run()

    def of(self, path: str, name: str) -> Block | None:
        """Return one block."""
        return self._of.get((path, name))

    def module(self, path: str) -> ModuleFact:
        """Return the shared fact of a file."""
        return self._project.modules[path]

    def named(self, name: str) -> list[Block]:
        """Return the functions and classes whose own name this is."""
        return self._by_name.get(name, [])

    def children(self, path: str, name: str) -> list[Block]:
        """Return the blocks directly inside a block; those of a main guard belong to the top level."""
        return self._children.get((path, name), [])

    def candidates(self, user: Block, used: str) -> list[Block]:
        """Return the blocks that one of a block's `uses` may mean, in any file."""
        key = (user.path, used)
        if key not in self._resolved:
            self._resolved[key] = self._candidates(user.path, used)
        return self._resolved[key]

    def edges(self, block: Block) -> tuple[tuple[str, ...], tuple[Block, ...]]:
        """Return the methods that a block calls, by name, and the other blocks that it may mean: once for all programs."""
        place = (block.path, block.name)
        if place not in self._edges:
            methods = tuple(used[1:] for used in block.uses if used[0] == ".")
            others = [o for used in block.uses if used[0] != "." for o in self.candidates(block, used)]
            self._edges[place] = methods, tuple({id(other): other for other in others}.values())
        return self._edges[place]

    def methods(self, name: str) -> list[Block]:
        """Return the methods of any class that have this name."""
        if name not in self._methods:
            self._methods[name] = [block for block in self.named(name) if "." in block.name]
        return self._methods[name]

    def _candidates(self, path: str, used: str) -> list[Block]:
        kind, name = used[0], used[1:]
        if kind == ":":
            return self._own.get((path, name), [])
        if kind == ".":
            return self.methods(name)
        if kind == "?":
            return [block for block in self.named(name) if "." not in block.name]
        return self._imported(used, path)

    def _imported(self, dotted: str, importer: str, depth: int = 0) -> list[Block]:
        """Follow an imported name to the file that defines it, through packages that hand it on."""
        path = self._project.resolve(dotted, importer)
        own = dotted.rpartition(".")[2]
        if path is None or depth > 4:
            return []
        if found := self._own.get((path, own)):
            return found
        for item in self._project.modules[path].imports:
            target = f"{item.target}.{own}" if item.star else item.target
            hands_on = item.star or item.target.rpartition(".")[2] == own
            if hands_on and (found := self._imported(target, path, depth + 1)):
                return found
        return self.named(own) if depth == 0 else []

    def is_mentioned(self, program: Program, path: str, name: str) -> bool:
        """Whether a block stands in the entry file, or something in the program, dead or alive, names it."""
        if path == program.entry or name == "":
            return True
        if name == GUARD:
            return False
        prefix = ""
        for part in name.split("."):
            prefix = f"{prefix}.{part}" if prefix else part
            block = self._of.get((path, prefix))
            if (
                block is not None
                and not block.hook
                and not self._mentioned.get((path, prefix), set()) & program.files
            ):
                return False
        return True


class _Search:
    """One traversal: what live code uses becomes live, and uses more."""

    def __init__(self, reach: Reach, program: Program) -> None:
        self._reach = reach
        self._program = program
        self._methods: set[str] = set()
        self._wanted: set[Place] = set()
        self._live: set[Place] = set()
        self._todo: list[Block] = []

    def run(self) -> frozenset[Place]:
        entry = self._program.entry
        for path in sorted(self._program.files):
            self._start(path, "")
        self._start(entry, GUARD)
        if self._is_open(entry):
            for block in self._reach.children(entry, ""):
                self._add(block)
        while self._todo:
            self._spread(self._todo.pop())
        return frozenset(self._live)

    def _is_open(self, entry: str) -> bool:
        module = self._reach.module(entry)
        if not module.main_guard:
            return not module.acts
        own = {f":{block.name}" for block in self._reach.children(entry, "")}
        parts = (self._reach.of(entry, part) for part in ("", GUARD))
        return not any(block.uses & own for block in parts if block is not None)

    def _start(self, path: str, name: str) -> None:
        block = self._reach.of(path, name)
        if block is not None:
            self._add(block)

    def _add(self, block: Block) -> None:
        if (block.path, block.name) not in self._live:
            self._live.add((block.path, block.name))
            self._todo.append(block)

    def _spread(self, block: Block) -> None:
        for child in self._reach.children(block.path, block.name):
            own = child.name.rpartition(".")[2]
            if child.hook or own in self._methods or (child.path, child.name) in self._wanted:
                self._add(child)
        if block.path == self._program.entry and any(name[1:] in OPAQUE for name in block.uses):
            for child in self._reach.children(block.path, ""):
                self._add(child)
        methods, others = self._reach.edges(block)
        for name in methods:
            if name not in self._methods:
                self._methods.add(name)
                for method in self._reach.methods(name):
                    self._want(method)
        for other in others:
            self._want(other)

    def _want(self, block: Block) -> None:
        """Make a block live, now or as soon as what it stands in is."""
        if block.path not in self._program.files:
            return
        self._wanted.add((block.path, block.name))
        parent = block.name.rpartition(".")[0]
        if (block.path, parent) in self._live:
            self._add(block)
