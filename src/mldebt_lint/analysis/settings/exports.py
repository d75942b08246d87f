"""Which module gives a package the names that its `__init__` passes on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from functools import cached_property

from mldebt_lint.analysis.file_sets import components
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
        self._same: dict[tuple[str, ...], tuple[str, ...]] = {}  # many names have the same givers

    def givers(self, package: str, name: str) -> tuple[str, ...]:
        """Return the modules that may give a package the name, in the order of its imports."""
        return self._givers(package, name, 0)

    def of_names(self, package: str, names: Collection[str]) -> Iterator[str]:
        """Yield the modules that give a package any of the names, by name; some more than once."""
        special = self._said[package]
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
        for _, path in sorted(self._ways(package, name, depth)):
            if path.endswith("__init__.py"):
                yield from self._givers(path, name, depth + 1)
            else:
                yield path

    def _ways(self, package: str, name: str, depth: int) -> set[Passed]:
        """Return the imports that may bring a name, with those that bring names of which nothing is said."""
        imports = self._imports(package)
        found = set(imports.get(name, ())) if name != STAR else set()
        for way in imports.get(STAR, ()):
            is_package = way[1].endswith("__init__.py")
            behind = self._said[way[1]] if is_package else self._defined(way[1])
            if name in behind or (is_package and self._givers(way[1], ANY, depth + 1)):
                found.add(way)
        return found

    @cached_property
    def _said(self) -> dict[str, frozenset[str]]:
        """For each package, the names of which it, or another one that it takes all names from, says something.

        Packages that take all names from each other share one set.
        """
        paths = [path for path in self._project.modules if path.endswith("__init__.py")]
        numbers = {path: number for number, path in enumerate(paths)}
        stars = [[path for _, path in self._imports(package).get(STAR, ())] for package in paths]
        graph = [[numbers[path] for path in found if path in numbers] for found in stars]
        said: dict[str, frozenset[str]] = {}
        for component in components(graph):
            names: set[str] = set()
            for number in component:
                names.update(self._defined(paths[number]), self._imports(paths[number]))
                names.update(
                    *(
                        said.get(path, ()) if path in numbers else self._defined(path)
                        for path in stars[number]
                    )
                )
            said.update(dict.fromkeys((paths[number] for number in component), frozenset(names)))
        return said

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
