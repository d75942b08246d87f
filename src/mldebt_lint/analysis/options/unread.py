"""Options that nothing reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from mldebt_lint.analysis.facts import Vocabulary
from mldebt_lint.analysis.options.facts import PROCESS, Declared, Unused
from mldebt_lint.analysis.options.sets import OptionSet, OptionSets

# Packages that load modules by names which are only known when the program runs.
IMPORTERS = frozenset({"importlib", "pkgutil", "imp"})


def unread(sets: OptionSets) -> Iterator[tuple[Declared, bool]]:
    """Yield every declared option that, in all sets it belongs to, nothing can read.

    Each with whether something lists it together with all others.
    """
    search = _Search(sets)
    belongs: defaultdict[Declared, list[OptionSet]] = defaultdict(list)
    for found in sets.sets:
        for option in found.options:
            belongs[option].append(found)
    for option, around in belongs.items():
        if option.reported and all(search.is_unread(option, found) for found in around):
            yield option, any(found.listed for found in around)


def unused(sets: OptionSets) -> Iterator[Unused]:
    """Yield every option that is a parameter of a function which does not read it."""
    for fact in sets.facts.values():
        yield from fact.unused


class _Search:
    """Looks for readers of one option."""

    def __init__(self, sets: OptionSets) -> None:
        self._sets, self._facts, self._project = sets, sets.facts, sets.project
        self._together = cache(self._together_with)
        self._loose = cache(self._loosely_read)

    def is_unread(self, option: Declared, found: OptionSet) -> bool:
        """Whether nothing can read the option of this set."""
        if not found.parsed or found.tolerant or found.opaque:
            return False
        home = option.where.path
        if option.place == PROCESS:
            return not self._is_read_in_process(option, found)
        if any(read.name == option.dest for read in found.reads):
            return False
        if found.filled and (found.open or self._is_set(option.dest)):
            return False
        if found.unclear and (self._is_named(option.dest, home) or self._is_listed(home)):
            return False
        return option.dest not in self._loose(home)

    def _is_read_in_process(self, option: Declared, found: OptionSet) -> bool:
        """Options of the whole process belong to the programs that import their file."""
        if any(
            read.name == option.dest and self._sets.meet(option.where.path, read.path) for read in found.reads
        ):
            return True
        known = self._project.facts(Vocabulary) if option.holder else ()
        return any(option.holder in vocabulary.references for vocabulary in known)

    def _is_set(self, name: str) -> bool:
        """Whether code fills the field itself."""
        return name in self._sets.written

    def _is_named(self, name: str, home: str) -> bool:
        """Whether any code that may run together with a file reads an attribute or says a word of this name."""
        paths = self._together(home)
        if len(paths) == 1 or any(self._loads_by_name(path) for path in paths):
            paths = frozenset(self._facts)
        known = map(self._sets.names, paths)
        return any(name in names.attributes or name in names.words for names in known)

    def _is_listed(self, home: str) -> bool:
        """Whether code that may run together with a file makes a dictionary of a dataclass."""
        modules = (self._project.modules[path] for path in self._together(home))
        return any(
            item.target == "dataclasses.asdict" for module in modules for item in module.imports
        ) or any("asdict" in self._sets.names(path).attributes for path in self._together(home))

    def _loosely_read(self, home: str) -> frozenset[str]:
        """What functions read of parameters that nothing visible is passed for: their callers are unknown."""
        paths = [path for path in self._together(home) if path in self._facts]
        return frozenset(name for path in paths for name in self._sets.loose_reads(path))

    def _together_with(self, home: str) -> frozenset[str]:
        """The files that may run together with one, as imports tell."""
        return frozenset(p for program in self._project.programs_of(home) for p in program.files) | {home}

    def _loads_by_name(self, path: str) -> bool:
        module = self._project.modules[path]
        return any(item.target.partition(".")[0] in IMPORTERS for item in module.imports)
