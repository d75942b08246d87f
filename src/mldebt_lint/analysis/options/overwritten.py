"""Options that code sets after they were parsed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mldebt_lint.analysis.options.declare import CONTRACTS
from mldebt_lint.analysis.options.facts import Declared, Under
from mldebt_lint.analysis.options.sets import OptionSet, OptionSets
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
    declared = {option.dest: option for option in options.options if option.is_given}
    for node, write in options.writes:
        if write.name not in declared or write.literal is None or write.where is None:
            continue
        is_plain = node in options.given and not sets.is_mixed(node) and not sets.is_copy(node)
        if is_plain and write.under in (Under.NOTHING, Under.OPTION) and write.name not in CONTRACTS:
            yield Overwritten(declared[write.name], write.literal, write.where, write.under == Under.NOTHING)
