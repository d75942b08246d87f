"""Which module gives a package the names that its `__init__` passes on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator

from mldebt_lint.analysis.project import Project

MAX_DEPTH = 4

# An import of an `__init__`: its position there, the file it means, and whether it brings all names.
Passed = tuple[int, str, bool]


class Exports:
    """Answers for one project, each question once."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._definitions: dict[str, frozenset[str]] = {}
        self._passed: dict[str, dict[str, list[Passed]]] = {}
        self._known: dict[tuple[str, int], dict[str, tuple[str, ...]]] = {}
        self._special: dict[tuple[str, int], frozenset[str]] = {}

    def givers(self, package: str, name: str) -> tuple[str, ...]:
        """Return the modules that may give a package the name, in the order of its imports."""
        return self._givers(package, name, 0)

    def of_names(self, package: str, names: Collection[str]) -> Iterator[str]:
        """Yield the modules that give a package any of the names, by name."""
        special = self._names(package, 0)
        if not self._givers(package, "", 0):  # nothing gives a name of which the package says nothing
            names = special.intersection(names)
        for name in sorted(names):
            yield from self._givers(package, name if name in special else "", 0)

    def _givers(self, package: str, name: str, depth: int) -> tuple[str, ...]:
        known = self._known.setdefault((package, depth), {})
        if name not in known:
            known[name] = tuple(dict.fromkeys(self._find(package, name, depth)))
        return known[name]

    def _find(self, package: str, name: str, depth: int) -> Iterator[str]:
        if name in self._defined(package) or depth > MAX_DEPTH:
            yield package
            return
        passed = self._imports(package)
        for _, path, star in sorted(passed.get(name, []) + passed.get("*", [])):
            if path.endswith("__init__.py"):
                yield from self._givers(path, name, depth + 1)
            elif not star or name in self._defined(path):
                yield path

    def _names(self, package: str, depth: int) -> frozenset[str]:
        """Return the names of which a package, or another one that it takes all names from, says something."""
        key = (package, depth)
        if key not in self._special:
            found = self._defined(package)
            if depth <= MAX_DEPTH:
                stars = [path for _, path, _ in self._imports(package).get("*", ())]
                below = [
                    self._names(path, depth + 1) if path.endswith("__init__.py") else self._defined(path)
                    for path in stars
                ]
                found = found.union(self._imports(package), *below)
            self._special[key] = found
        return self._special[key]

    def _defined(self, path: str) -> frozenset[str]:
        if path not in self._definitions:
            self._definitions[path] = frozenset(self._project.modules[path].definitions)
        return self._definitions[path]

    def _imports(self, package: str) -> dict[str, list[Passed]]:
        """Return what an `__init__` imports from the project by the name that it brings, `*` for all names."""
        if package not in self._passed:
            found: defaultdict[str, list[Passed]] = defaultdict(list)
            imports = self._project.modules[package].imports
            for number, (item, path) in enumerate(zip(imports, self._project.targets[package], strict=True)):
                if path is not None and path != package:
                    name = "*" if item.star else item.target.rpartition(".")[2]
                    found[name].append((number, path, item.star))
            self._passed[package] = dict(found)
        return self._passed[package]
