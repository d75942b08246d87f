"""Options that code sets after they were parsed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from mldebt_lint.analysis.options.declare import CONTRACTS
from mldebt_lint.analysis.options.facts import PROCESS, Declared, Under
from mldebt_lint.analysis.options.sets import OptionSet, OptionSets
from mldebt_lint.analysis.paths import is_test_path
from mldebt_lint.model import Location


@dataclass(frozen=True, slots=True)
class Overwritten:
    """An option that a constant replaces; `always` when no other option decides whether it does."""

    option: Declared
    literal: str
    where: Location
    always: bool


def overwritten(sets: OptionSets) -> Iterator[Overwritten]:
    """Yield every constant that replaces a parsed option, unless the option's own value decides that."""
    found = {item.where: item for options in sets.sets for item in _of(sets, options)}
    yield from found.values()


def _of(sets: OptionSets, options: OptionSet) -> Iterator[Overwritten]:
    if not options.parsed:
        return
    declared: defaultdict[str, list[Declared]] = defaultdict(list)
    for given in options.options:
        if given.is_given:
            declared[given.dest].append(given)
    for node, write in options.writes:
        if write.name not in declared or write.literal is None or write.where is None:
            continue
        option = _replaced(sets, declared[write.name], write.where.path)
        is_plain = node in options.given and not sets.is_mixed(node) and not sets.is_copy(node)
        if (
            option is not None
            and is_plain
            and write.under in (Under.NOTHING, Under.OPTION)
            and write.name not in CONTRACTS
        ):
            yield Overwritten(option, write.literal, write.where, write.under == Under.NOTHING)


def _replaced(sets: OptionSets, options: list[Declared], path: str) -> Declared | None:
    """Return the option that a file sets; those of the whole process belong to the programs that declare them."""
    if options[-1].place != PROCESS:
        return options[-1]
    near = [option for option in options if sets.meet(option.where.path, path)]
    return near[-1] if near and not is_test_path(path) else None
