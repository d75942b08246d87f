"""Finds, over all files, what a callee or a name of another module is."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mldebt_lint.analysis.options.facts import Function, OptionFacts, Shape
from mldebt_lint.analysis.project import Project
from mldebt_lint.analysis.star_imports import StarImports, rest_behind

MAX_HOPS = 6


@dataclass(frozen=True, slots=True)
class Target:
    """A function or class of the project; or, with an empty path, a name of another package."""

    path: str
    name: str
    function: Function | None = None
    shape: Shape | None = None

    def __hash__(self) -> int:
        return hash((self.path, self.name))

    @property
    def is_standard(self) -> bool:
        """Whether this belongs to Python's own library."""
        top = self.name.partition(".")[0]
        return (
            not self.path and "()." not in self.name and (top == "builtins" or top in sys.stdlib_module_names)
        )


class Resolver:
    """Answers for one project."""

    def __init__(self, project: Project, facts: Mapping[str, OptionFacts]) -> None:
        self._project = project
        self._facts = facts
        self._functions = {path: {f.name: f for f in fact.functions} for path, fact in facts.items()}
        self._shapes = {path: {s.name: s for s in fact.shapes} for path, fact in facts.items()}
        self._methods: defaultdict[str, list[Target]] = defaultdict(list)
        self._known: dict[tuple[str, str], tuple[Target, ...]] = {}
        self._pending = 0
        self._ancestries: dict[tuple[str, str, int], list[Target]] = {}
        for path, fact in facts.items():
            for function in fact.functions:
                if function.owner:
                    name = function.name.rpartition(".")[2]
                    self._methods[name].append(Target(path, function.name, function))
        self._located: dict[tuple[str, str, int], tuple[str, str] | None] = {}
        self._named: dict[str, dict[str, list[str]]] = {}
        self._defined_in: dict[str, frozenset[str]] = {}
        self._stars = StarImports(project, self._definitions)
        self._below = self._subclasses()
        self._parents: dict[tuple[str, str], tuple[str, str]] = {}
        self._families()

    def function(self, path: str, name: str) -> Function | None:
        """Return the function of a file by its name, the last one where there are more."""
        return self._functions.get(path, {}).get(name)

    # -- callees ----------------------------------------------------------------------------------------

    def callees(self, callee: str, path: str) -> tuple[Target, ...]:
        """Return everything that a callee may be, the same tuple each time; nothing when it is not known."""
        key = (callee, "" if callee.startswith("*.") else path)
        if key not in self._known:
            self._known[key] = ()
            self._pending += 1
            self._known[key] = tuple(dict.fromkeys(self._callees(callee, path)))
            self._pending -= 1
        return self._known[key]

    def _callees(self, callee: str, path: str) -> Iterator[Target]:
        if callee.startswith("*."):
            yield from self._methods.get(callee[2:], ())
        elif callee.startswith("^"):
            owner, _, method = callee[1:].rpartition(".")
            for base in self._bases(path, owner):
                yield from self._member(base, method)
        elif "()." in callee:
            maker, _, method = callee.partition("().")
            for target in self.callees(maker, path):
                if target.shape is not None:
                    yield from self._member(target, method)
                elif not target.path:
                    yield Target("", f"{target.name}().{method}")
                else:
                    yield from self._methods.get(method, ())
        elif callee.startswith("."):
            yield from self._defined(path, callee[1:])
        elif callee != "?":
            yield from self._elsewhere(callee, path)

    def _defined(self, path: str, name: str) -> Iterator[Target]:
        """A definition of one file, or a method of one of its classes that a base defines."""
        function, shape = self._functions.get(path, {}).get(name), self._shapes.get(path, {}).get(name)
        if function is not None and not function.owner:
            yield Target(path, name, function)
        elif shape is not None:
            yield Target(path, name, shape=shape)
        else:
            owner, _, method = name.rpartition(".")
            shape = self._shapes.get(path, {}).get(owner)
            if shape is not None:
                yield from self._dispatched(Target(path, owner, shape=shape), method)
            elif "." in name:
                yield from self._methods.get(method, ())

    def _dispatched(self, owner: Target, method: str) -> Iterator[Target]:
        yield from self._member(owner, method)
        for path, name in self._below.get((owner.path, owner.name), ()):
            function = self._functions[path].get(f"{name}.{method}")
            if function is not None:
                yield Target(path, function.name, function)

    def _member(self, owner: Target, method: str) -> Iterator[Target]:
        """A method as a class or its bases define it; a name of another package when only that can."""
        for target in self.ancestry(owner):
            if not target.path:
                yield Target("", f"{target.name}.{method}")
                return
            function = self._functions[target.path].get(f"{target.name}.{method}")
            if function is not None:
                yield Target(target.path, function.name, function)
                return

    def constructors(self, target: Target) -> tuple[Target, ...]:
        """Return what a class's call runs: its own or inherited `__init__`."""
        return tuple(self._member(target, "__init__"))

    def _elsewhere(self, dotted: str, path: str) -> Iterator[Target]:
        found = self.locate(dotted, path)
        if found is None:
            yield Target("", dotted)
        elif found[1]:
            yield from self._defined(*found)

    # -- names of other modules -------------------------------------------------------------------------

    def locate(self, dotted: str, importer: str, hops: int = 0) -> tuple[str, str] | None:
        """Return the file and the name in it that a dotted name means, through re-exports; None elsewhere."""
        key = (dotted, importer, hops)
        if key not in self._located:
            self._located[key] = self._locate(dotted, importer, hops)
        return self._located[key]

    def _locate(self, dotted: str, importer: str, hops: int) -> tuple[str, str] | None:
        path = self._project.resolve(dotted, importer)
        if path is None or hops > MAX_HOPS:
            return None
        rest = rest_behind(dotted, path)
        first = rest.partition(".")[0]
        if not first or first in self._definitions(path):
            return path, rest
        for target in self._imported(path).get(first, ()):
            found = self.locate(target + rest[len(first) :], path, hops + 1)
            if found is not None:
                return found
        for _, target in self._stars.bringing(path, first):
            found = self.locate(f"{target}.{rest}", path, hops + 1)
            if found is not None and first in self._definitions(found[0]):
                return found
        return path, rest

    def _imported(self, path: str) -> dict[str, list[str]]:
        """Return what a file imports by the last name of it."""
        if path not in self._named:
            named: defaultdict[str, list[str]] = defaultdict(list)
            for item in self._project.modules[path].imports:
                if not item.star:
                    named[item.target.rpartition(".")[2]].append(item.target)
            self._named[path] = dict(named)
        return self._named[path]

    def _definitions(self, path: str) -> frozenset[str]:
        """Return the functions, classes and variables of a file that its facts tell of."""
        if path not in self._defined_in:
            moves = self._facts[path].moves if path in self._facts else ()
            variables = (move.target[3:] for move in moves if move.target.startswith("v::"))
            known = self._functions.get(path, {}).keys() | self._shapes.get(path, {}).keys()
            self._defined_in[path] = frozenset((*known, *variables))
        return self._defined_in[path]

    # -- classes ----------------------------------------------------------------------------------------

    def ancestry(self, target: Target) -> list[Target]:
        """Return a class and its bases, nearest first; bases of other packages have no path."""
        key = (target.path, target.name, id(target.shape))
        if key in self._ancestries:
            return self._ancestries[key]
        found = self._find_ancestry(target)
        if not self._pending:  # while a callee is being found, its bases may not be known yet
            self._ancestries[key] = found
        return found

    def _find_ancestry(self, target: Target) -> list[Target]:
        found, todo = [], [target]
        while todo:
            current = todo.pop(0)
            if current not in found:
                found.append(current)
                todo += self._bases(current.path, current.name) if current.path else []
        return found

    def _bases(self, path: str, name: str) -> list[Target]:
        shape = self._shapes.get(path, {}).get(name)
        if shape is None:
            return []
        found = [target for base in shape.bases for target in self.callees(base, path)]
        return [target for target in found if target.shape is not None or not target.path]

    def _subclasses(self) -> dict[tuple[str, str], list[tuple[str, str]]]:
        below: defaultdict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        for path, shapes in self._shapes.items():
            for name, shape in shapes.items():
                for ancestor in self.ancestry(Target(path, name, shape=shape))[1:]:
                    below[ancestor.path, ancestor.name].append((path, name))
        return below

    def family(self, path: str, name: str) -> tuple[str, str]:
        """Return one class that stands for all that are related to this one by inheritance in the project."""
        current = (path, name)
        while self._parents.get(current, current) != current:
            current = self._parents[current]
        return current

    def _families(self) -> None:
        for path, shapes in self._shapes.items():
            for name in shapes:
                for base in self._bases(path, name):
                    if base.path:
                        one, other = self.family(path, name), self.family(base.path, base.name)
                        self._parents[max(one, other)] = min(one, other)
