"""The whole project: its files' facts, what imports what, and the programs that run."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TypeVar, cast

from mldebt_lint.analysis.facts import Fact, ModuleFact, Vocabulary
from mldebt_lint.analysis.file_sets import Files, FileSet
from mldebt_lint.analysis.library import Library
from mldebt_lint.analysis.paths import folder, is_test_path
from mldebt_lint.analysis.store import FactStore
from mldebt_lint.reading.companion import Companion, commands, console_scripts, run_targets

F = TypeVar("F", bound=Fact)
T = TypeVar("T")

_MUTE = Vocabulary(frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class Program:
    """An entry point with its import closure: `files` are the paths of the project that it reaches."""

    entry: str
    files: Set[str]


class Project:
    """What a project rule may ask; all answers are deterministic and by project-relative path."""

    def __init__(
        self,
        facts: FactStore,
        companions: Sequence[Companion],
        library: Library,
    ) -> None:
        self.modules = {path: facts.facts_of(path, ModuleFact)[0] for path in facts.paths(ModuleFact)}
        self.companions = tuple(companions)
        self.library = library
        self._facts = facts
        self.used: set[object] = set()  # what was asked for by `once` since this was last cleared
        self._shared: dict[object, object] = {}

    def once(self, compute: Callable[[Project], T]) -> T:
        """Return `compute(self)`, computed once for all rules that ask for it."""
        self.used.add(compute)
        if compute not in self._shared:
            self._shared[compute] = compute(self)
        return cast(T, self._shared[compute])

    def forget(self) -> None:
        """Let go of facts and of what was computed once; it is there again when it is asked for."""
        self._shared.clear()
        self._facts.forget()
        gc.collect()  # what rules share may refer to itself

    def facts(self, kind: type[F]) -> list[F]:
        """Return all facts of one class, by path and in the order of each file."""
        return [fact for path in self._facts.paths(kind) for fact in self._facts.facts_of(path, kind)]

    def facts_of(self, path: str, kind: type[F]) -> Sequence[F]:
        """Return one file's facts of one class."""
        return self._facts.facts_of(path, kind)

    def vocabulary(self, path: str) -> Vocabulary:
        """Return the words of a file, which has none if it could not be read."""
        return next(iter(self.facts_of(path, Vocabulary)), _MUTE)

    # -- imports ----------------------------------------------------------------------------------------

    @cached_property
    def _by_tail(self) -> dict[str, dict[str, list[str]]]:
        """Every dotted name a file could be imported by, to the folder in which it is that name, to its paths."""
        tails: defaultdict[str, dict[str, list[str]]] = defaultdict(dict)
        for path in self.modules:
            if path.endswith(".ipynb"):
                continue
            base = folder(path) if path.endswith("/__init__.py") else path.rpartition(".")[0]
            parts = base.split("/")
            own = parts[:-1] if parts[-1] == "__init__" else parts
            for start in range(len(own)):
                name = ".".join(own[start:])
                above = "/".join(parts[: -name.count(".") - 1])
                tails[name].setdefault(above, []).append(path)
        return dict(tails)

    def resolve(self, dotted: str, importer: str) -> str | None:
        """Return the project's file that a dotted module or `module.name` means when `importer` imports it.

        The importer's own folder comes first (a script sees its neighbours), then its parents, then any folder
        of the project when only one file answers. None for other packages.
        """
        if dotted.partition(".")[0] not in self._tops:
            return None
        tails, name = self._by_tail, dotted
        while name:
            homes = tails.get(name)
            found = self._nearest(homes, importer) if homes is not None else None
            if found is not None:
                return found
            name = name.rpartition(".")[0]
        return None

    @staticmethod
    def _nearest(homes: dict[str, list[str]], importer: str) -> str | None:
        here = importer
        while here:
            here = here.rpartition("/")[0]
            for path in homes.get(here, ()):
                if path != importer:
                    return path
        others = (path for paths in homes.values() for path in paths if path != importer)
        found = list(islice(others, 2))
        return found[0] if len(found) == 1 else None

    @cached_property
    def _tops(self) -> frozenset[str]:
        return frozenset(name.partition(".")[0] for name in self._by_tail)

    def submodules(self, dotted: str) -> frozenset[str]:
        """Return the names that stand behind a dotted name in those of modules and packages."""
        return self._submodules.get(dotted, frozenset())

    @cached_property
    def _submodules(self) -> dict[str, frozenset[str]]:
        found: defaultdict[str, set[str]] = defaultdict(set)
        for name in self._by_tail:
            above, _, last = name.rpartition(".")
            while above and last not in found[above]:
                found[above].add(last)
                above, _, last = above.rpartition(".")
        return {name: frozenset(names) for name, names in found.items()}

    @cached_property
    def targets(self) -> dict[str, list[str | None]]:
        """For each file, what each of its imports means: a file of the project, None for other packages."""
        return {
            path: [self.resolve(item.target, path) for item in module.imports]
            for path, module in self.modules.items()
        }

    @cached_property
    def imports(self) -> dict[str, frozenset[str]]:
        """For each file, the project's files that it imports directly, packages' `__init__` included."""
        return {
            path: frozenset(
                found
                for target in set(targets)
                if target is not None
                for found in (target, *self._packages_above(target))
            )
            for path, targets in self.targets.items()
        }

    def _packages_above(self, path: str) -> Iterable[str]:
        here = folder(path)
        while here:
            package = f"{here}/__init__.py"
            if package not in self.modules:
                return
            yield package
            here = folder(here)

    @cached_property
    def importers(self) -> dict[str, frozenset[str]]:
        """For each file, the files that import it directly."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for path, targets in self.imports.items():
            for target in targets:
                found[target].add(path)
        return {path: frozenset(found[path]) for path in self.modules}

    def closure(self, entry: str) -> Set[str]:
        """Return `entry` and every file of the project that it imports, directly or not."""
        number = self._files.numbers.get(entry)
        return frozenset({entry}) if number is None else FileSet(self._files, self._closures[number])

    def file_set(self, paths: Iterable[str]) -> FileSet:
        """Return a set of files of the project that is quick to compare with what programs and closures hold."""
        numbers = (self._files.numbers.get(path) for path in set(paths))
        return FileSet(self._files, sum(1 << number for number in numbers if number is not None))

    def masks_over(self, own: Mapping[str, int]) -> dict[str, int]:
        """Return for each file the union of its own mask and of those of all that import it, directly or not."""
        masks = self._files.closures(self.importers, [own.get(path, 0) for path in self._files.paths])
        return dict(zip(self._files.paths, masks, strict=True))

    @cached_property
    def _files(self) -> Files:
        return Files(self.modules)

    @cached_property
    def _closures(self) -> list[int]:
        return self._files.closures(self.imports)

    # -- programs ---------------------------------------------------------------------------------------

    @cached_property
    def programs(self) -> tuple[Program, ...]:
        """Every entry point outside the tests: main guards, notebooks, console scripts, and files that something
        runs (Makefile, CI, README, shell, a notebook's escapes) or that act at top level and nobody imports.
        """
        entries = [path for path, module in self.modules.items() if self._is_entry(module)]
        return tuple(Program(entry, self.closure(entry)) for entry in entries if not is_test_path(entry))

    def programs_of(self, path: str) -> tuple[Program, ...]:
        """Return the programs that reach a file."""
        return tuple(program for program in self.programs if path in program.files)

    def _is_entry(self, module: ModuleFact) -> bool:
        if module.main_guard or module.is_notebook or module.path in self.run_files:
            return True
        if module.path.endswith("__main__.py"):
            return True
        return module.acts and not self.importers[module.path] and not module.path.endswith("__init__.py")

    @cached_property
    def run_files(self) -> frozenset[str]:
        """The files that a command somewhere in the project runs, and the modules of its console scripts."""
        found: set[str] = set()
        for companion in self.companions:
            lines = (target for line in commands(companion) for target in run_targets(line))
            found.update(filter(None, (self._runnable(target, folder(companion.path)) for target in lines)))
            for _, function in console_scripts(companion):
                path = self.resolve(function.partition(":")[0], companion.path)
                found.update([path] if path else [])
        for module in self.modules.values():
            targets = (target for line in module.runs for target in run_targets(line))
            found.update(filter(None, (self._runnable(target, folder(module.path)) for target in targets)))
        return frozenset(found)

    def _runnable(self, target: str, base: str) -> str | None:
        """Find the file that `python target` means, from the folder of the command or the project's root."""
        for prefix in dict.fromkeys((base, "")):
            path = f"{prefix}/{target}".strip("/").removeprefix("./")
            if path in self.modules:
                return path
        return (
            None
            if "/" in target or target.endswith((".py", ".ipynb"))
            else self.resolve(target, f"{base}/_".lstrip("/"))
        )
