"""Which module gives a package the names that its `__init__` passes on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator

from mldebt_lint.analysis.project import Project

MAX_DEPTH = 4

STAR, ANY = "*", ""

# An import of an `__init__`: its position there, and the file it means.
Passed = tuple[int, str]


class Exports:
    """Answers for one project, each question once."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._definitions: dict[str, frozenset[str]] = {}
        self._passed: dict[str, dict[str, list[Passed]]] = {}
        self._known: dict[tuple[str, int], dict[str, tuple[str, ...]]] = {}
        self._known_ways: dict[tuple[str, int], dict[str, list[Passed]]] = {}
        self._same: dict[tuple[str, ...], tuple[str, ...]] = {}  # many names have the same givers
        self._special: dict[tuple[str, int], frozenset[str]] = {}

    def givers(self, package: str, name: str) -> tuple[str, ...]:
        """Return the modules that may give a package the name, in the order of its imports."""
        return self._givers(package, name, 0)

    def of_names(self, package: str, names: Collection[str]) -> Iterator[str]:
        """Yield the modules that give a package any of the names, by name; some more than once."""
        special = self._names(package, 0)
        others = self._givers(package, ANY, 0)
        for name in sorted(names if others else special.intersection(names)):
            if name in special:
                yield from self._givers(package, name, 0)
            else:
                yield from others
                others = ()  # the same for every name of which the package says nothing

    def _givers(self, package: str, name: str, depth: int) -> tuple[str, ...]:
        known = self._known.setdefault((package, depth), {})
        if name not in known:
            found = tuple(dict.fromkeys(self._find(package, name, depth)))
            known[name] = self._same.setdefault(found, found)
        return known[name]

    def _find(self, package: str, name: str, depth: int) -> Iterator[str]:
        if name in self._defined(package) or depth > MAX_DEPTH:
            yield package
            return
        ways = self._ways(package, depth)
        for _, path in sorted({*ways.get(name, ()), *ways.get(ANY, ())}):
            if path.endswith("__init__.py"):
                yield from self._givers(path, name, depth + 1)
            else:
                yield path

    def _ways(self, package: str, depth: int) -> dict[str, list[Passed]]:
        """Return by name the imports that may bring it; under ANY those that bring names of which nothing is said."""
        key = (package, depth)
        if key not in self._known_ways:
            found: defaultdict[str, list[Passed]] = defaultdict(list)
            for name, imports in self._imports(package).items():
                found[name] += imports if name != STAR else ()
            for way in self._imports(package).get(STAR, ()):
                for name in self._behind(way[1], depth):
                    found[name].append(way)
                if way[1].endswith("__init__.py") and self._givers(way[1], ANY, depth + 1):
                    found[ANY].append(way)
            self._known_ways[key] = dict(found)
        return self._known_ways[key]

    def _behind(self, path: str, depth: int) -> frozenset[str]:
        """Return the names that may come by a star from a file."""
        return self._names(path, depth + 1) if path.endswith("__init__.py") else self._defined(path)

    def _names(self, package: str, depth: int) -> frozenset[str]:
        """Return the names of which a package, or another one that it takes all names from, says something."""
        key = (package, depth)
        if key not in self._special:
            found = self._defined(package)
            if depth <= MAX_DEPTH:
                stars = self._imports(package).get(STAR, ())
                found = found.union(self._imports(package), *(self._behind(path, depth) for _, path in stars))
            self._special[key] = found
        return self._special[key]

    def _defined(self, path: str) -> frozenset[str]:
        if path not in self._definitions:
            self._definitions[path] = frozenset(self._project.modules[path].definitions)
        return self._definitions[path]

    def _imports(self, package: str) -> dict[str, list[Passed]]:
        """Return what an `__init__` imports from the project by the name that it brings, STAR for all names."""
        if package not in self._passed:
            found: defaultdict[str, list[Passed]] = defaultdict(list)
            imports = self._project.modules[package].imports
            for number, (item, path) in enumerate(zip(imports, self._project.targets[package], strict=True)):
                if path is not None and path != package:
                    name = STAR if item.star else item.target.rpartition(".")[2]
                    found[name].append((number, path))
            self._passed[package] = dict(found)
        return self._passed[package]
