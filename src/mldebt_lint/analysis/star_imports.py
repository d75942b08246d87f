"""Which star imports of a file can bring a name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cache

from mldebt_lint.analysis.file_sets import components
from mldebt_lint.analysis.project import Project


class StarImports:
    """Answers for one project; `defined` tells the names that a file itself defines.

    A name comes by a star when the module behind it defines or imports the name, has a submodule of that name, or
    takes it by a star from elsewhere. A module that is not in the project brings nothing of the project.
    """

    def __init__(self, project: Project, defined: Callable[[str], frozenset[str]]) -> None:
        self._project, self._defined = project, defined
        self._stars: defaultdict[str, list[tuple[int, str, str]]] = defaultdict(list)
        for path, module in project.modules.items():
            for number, (item, target) in enumerate(zip(module.imports, project.targets[path], strict=True)):
                if item.star and target is not None and not rest_behind(item.target, target):
                    self._stars[path].append((number, item.target, target))
        self._own = cache(self._find_own)
        self._offers = self._all_offers()

    def bringing(self, path: str, name: str) -> list[tuple[int, str]]:
        """Return the modules from which a file takes all names, this one perhaps among them, by number of the import."""
        return [
            (number, dotted)
            for number, dotted, target in self._stars.get(path, ())
            if name in self._offered(target, self._offers) or name in self._project.submodules(dotted)
        ]

    def _all_offers(self) -> dict[str, frozenset[str]]:
        """For each file with star imports, every name that somebody else may take from it; for a cycle, all of it."""
        paths = list(self._stars)
        numbers = {path: number for number, path in enumerate(paths)}
        graph = [[numbers[t] for _, _, t in self._stars[path] if t in numbers] for path in paths]
        offers: dict[str, frozenset[str]] = {}
        for component in components(graph):
            names: set[str] = set()
            for path in (paths[number] for number in component):
                names |= self._own(path)
                for _, dotted, target in self._stars[path]:
                    names |= self._offered(target, offers) | self._project.submodules(dotted)
            offers.update(dict.fromkeys((paths[number] for number in component), frozenset(names)))
        return offers

    def _offered(self, target: str, offers: Mapping[str, frozenset[str]]) -> frozenset[str]:
        return offers[target] if target in offers else self._own(target)

    def _find_own(self, path: str) -> frozenset[str]:
        imports = self._project.modules[path].imports
        return self._defined(path).union(i.target.rpartition(".")[2] for i in imports if not i.star)


def rest_behind(dotted: str, path: str) -> str:
    """Return what remains of a dotted name behind the module that a file is."""
    parts = path.rpartition(".")[0].split("/")
    if parts[-1] == "__init__":
        parts = parts[:-1]
    own, given = ".".join(parts), dotted.split(".")
    for cut in range(len(given), 0, -1):
        prefix = ".".join(given[:cut])
        if own == prefix or own.endswith(f".{prefix}"):
            return ".".join(given[cut:])
    return dotted
