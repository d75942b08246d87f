"""Reads of options that no parser declares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from mldebt_lint.analysis.options.facts import PROCESS
from mldebt_lint.analysis.options.graph import Node
from mldebt_lint.analysis.options.sets import OptionSet, OptionSets, Read
from mldebt_lint.model import Location

ALIKE = 0.86  # how much a name must be like another one to be a slip of the pen


@dataclass(frozen=True, slots=True)
class Undeclared:
    """An option that is read, in order of place, and declared nowhere; `known` are the names that are declared."""

    name: str
    places: tuple[Location, ...]
    parser: Location
    known: frozenset[str]


def undeclared(sets: OptionSets) -> Iterator[Undeclared]:
    """Yield every name that is read of parsed options although no parser whose options come there declares it."""
    holders: defaultdict[Node, list[OptionSet]] = defaultdict(list)
    for found in sets.sets:
        for node in found.nodes:
            holders[node].append(found)
    everywhere = frozenset(option.dest for fact in sets.facts.values() for option in fact.declared)
    for found in sets.sets:
        if not found.is_closed or found.where is None:
            continue
        missing: defaultdict[str, dict[Location, None]] = defaultdict(dict)
        for read in found.reads:
            if read.where is not None and read.name not in sets.written and not read.name.startswith("_"):
                is_home = read.path == found.where.path
                if not (read.name in everywhere and not is_home) and _is_missing(
                    sets, read, holders[read.node]
                ):
                    missing[read.name][read.where] = None
        for name, places in sorted(missing.items()):
            ordered = tuple(sorted(places, key=lambda where: where.key))
            yield Undeclared(name, ordered, found.where, frozenset(found.names))


def misspelt(sets: OptionSets) -> Iterator[Undeclared]:
    """Yield every name that is read of the options of the whole process and is almost that of one of them.

    Other packages may declare options of the process, too: a name that is like none of the project's may be theirs.
    """
    for found in sets.sets:
        shared = [option for option in found.options if option.place == PROCESS]
        missing: defaultdict[str, dict[Location, None]] = defaultdict(dict)
        for read in found.reads if shared else ():
            if read.where is not None and not found.has(read.name) and not sets.is_mixed(read.node):
                missing[read.name][read.where] = None
        for name, places in sorted(missing.items()):
            ordered = tuple(sorted(places, key=lambda where: where.key))
            near = [option for option in shared if sets.meet(option.where.path, ordered[0].path)]
            likest = get_close_matches(name, sorted({option.dest for option in near}), n=1, cutoff=ALIKE)
            option = next((option for option in near if option.dest in likest), None)
            if option is not None:
                yield Undeclared(name, ordered, option.where, frozenset(likest))


def _is_missing(sets: OptionSets, read: Read, holders: list[OptionSet]) -> bool:
    """Whether none of the sets that come to a place can have the name, and nothing else comes there."""
    if sets.is_mixed(read.node) or not read.node[0]:
        return False
    return all(found.is_closed and not found.has(read.name) for found in holders)
