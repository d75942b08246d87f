"""Which modules of a project call a general-purpose package, and which of them stand between it and the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import libcst as cst

from mldebt_lint.analysis.facts import Fact
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.names import dotted_name
from mldebt_lint.analysis.paths import folder, is_test_path
from mldebt_lint.analysis.project import Project
from mldebt_lint.model import Location

GENERAL_PURPOSE = "general-purpose"
SHOWING = frozenset(
    ("examples", "example", "tutorials", "tutorial", "demo", "demos", "docs", "doc", "notebooks")
)
SOURCE_FOLDERS = frozenset({"src", "lib", "app"})
BUILD_FILES = frozenset({"setup.py", "conf.py", "noxfile.py"})
MIN_IMPORTERS = 2


@dataclass(frozen=True, slots=True)
class PackageUse(Fact):
    """A module's calls of one general-purpose library: the first of them, how many, and what is derived.

    `derives` is true when a class of the module derives from one of the library's: it implements the library's
    interface instead of calling it. `names` are the library's packages and the names they are imported under.
    """

    path: str
    library: str
    where: Location
    calls: int
    derives: bool
    names: frozenset[str]


def package_uses(file: SourceFile) -> Iterator[PackageUse]:
    """Yield one fact for each general-purpose library that a module, no notebook and no test, calls."""
    names = _imported(file)
    if not names or file.is_notebook or not is_production(file.path):
        return
    calls: defaultdict[str, list[cst.Call]] = defaultdict(list)
    for call in file.calls:
        library = _library(file, file.callee(call))
        if library in names:
            calls[library].append(call)
    derived = {
        _library(file, file.qualified(base.value))
        for node in file.index.of(cst.ClassDef)
        for base in node.bases
    }
    for library, found in calls.items():
        where = file.at(found[0], "called here")
        yield PackageUse(file.path, library, where, len(found), library in derived, frozenset(names[library]))


def is_production(path: str) -> bool:
    """Whether a module is neither a test, nor a build file, nor there to show how something is used."""
    *folders, name = path.lower().split("/")
    return not (is_test_path(path) or name in BUILD_FILES or SHOWING.intersection(folders))


def _imported(file: SourceFile) -> dict[str, set[str]]:
    """Return the general-purpose libraries that a file imports, each with the names it goes by here."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for node in file.index.of(cst.Import):
        for alias in node.names:
            name = dotted_name(alias.name)
            local = alias.asname.name if alias.asname is not None else None
            shown = {name.partition(".")[0]} | ({local.value} if isinstance(local, cst.Name) else set())
            found[_library(file, name)] |= shown
    for node_from in file.index.of(cst.ImportFrom):
        name = file.names.absolute(node_from)
        found[_library(file, name)].add(name.partition(".")[0])
    found.pop("", None)
    return dict(found)


def _library(file: SourceFile, name: str | None) -> str:
    pack = file.library.pack(file.library.canonical(name)) if name else None
    return pack.library if pack is not None and GENERAL_PURPOSE in pack.traits else ""


def groups(project: Project, paths: Iterable[str]) -> list[list[str]]:
    """Part modules into those that belong together: same folder, same package, or joined by imports.

    Chapters of a book and the examples of a collection stand each for themselves.
    """
    leaders = project.once(_leaders)
    parted: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted(paths):
        parted[leaders[path]].append(path)
    return [parted[key] for key in sorted(parted)]


def _leaders(project: Project) -> dict[str, str]:
    """Return for each module the one that stands for all that it belongs together with."""
    leader: dict[str, str] = {path: path for path in project.modules}

    def find(path: str) -> str:
        while leader[path] != path:
            leader[path] = leader[leader[path]]
            path = leader[path]
        return path

    homes: dict[str, str] = {}
    for path in project.modules:
        for home in (folder(path), _package(project, path)):
            leader[find(path)] = find(homes.setdefault(home, path))
        for target in project.imports[path]:
            leader[find(path)] = find(target)
    return {path: find(path) for path in project.modules}


def _package(project: Project, path: str) -> str:
    """Return the outermost package that a module lies in, or the source folder, or its own folder."""
    first = path.partition("/")[0]
    if first in SOURCE_FOLDERS:
        return first
    here = folder(path)
    while (
        here and f"{here}/__init__.py" in project.modules and f"{folder(here)}/__init__.py" in project.modules
    ):
        here = folder(here)
    return here


def wrappers(project: Project, uses: list[PackageUse]) -> list[str]:
    """Return the modules that stand between a library and the rest of the project.

    A wrapper calls the library, is imported by others, and is about it: it carries the library's name or serves
    at least half as many modules as call the library directly.
    """
    found, production = [], project.once(_production)
    for use in uses:
        importers = project.importers[use.path] & production
        parts = {part.lower() for part in use.path.rpartition(".")[0].split("/")[-2:]}
        named = any(name.lower() in part for name in (*use.names, use.library) for part in parts)
        if len(importers) >= MIN_IMPORTERS and (named or 2 * len(importers) >= len(uses)):
            found.append(use.path)
    return found


def _production(project: Project) -> frozenset[str]:
    return frozenset(filter(is_production, project.modules))
