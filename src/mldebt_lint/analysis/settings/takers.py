"""Which applications take part in a group of settings, by the files in which those stand."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from typing import TypeVar

from mldebt_lint.analysis.file_sets import bits
from mldebt_lint.analysis.settings.applications import Application
from mldebt_lint.analysis.settings.facts import CopiedConstant, NamedPlace, Setting

ABSENT = -1
Item = Setting | CopiedConstant | NamedPlace
Placed = TypeVar("Placed", Setting, CopiedConstant, NamedPlace)


class Takers:
    """Answers for a list of applications and the paths of all settings; each application is a bit of a mask."""

    def __init__(self, apps: Sequence[Application], paths: Set[str]) -> None:
        self._apps = apps
        self._numbers = {path: number for number, path in enumerate(sorted(paths))}
        self._masks: defaultdict[str, int] = defaultdict(int)
        self._orders = [self._order(number, app) for number, app in enumerate(apps)]

    def _order(self, number: int, app: Application) -> array[int]:
        """Return the place of every path in an application, ABSENT for those that it lacks: small, for there are many."""
        order = array("l", [ABSENT]) * len(self._numbers)
        for place, path in enumerate(app.files):
            known = self._numbers.get(path)
            if known is not None:
                order[known] = place
                self._masks[path] |= 1 << number
        return order

    def of(self, group: Sequence[Placed], files: int) -> Iterator[tuple[Application, list[Placed]]]:
        """Yield the applications that have at least so many of a group's files, in their order.

        Each with the items that take part in it, in the order of the program.
        """
        at_least = [0] * files
        for path in {item.where.path for item in group}:
            mask = self._masks.get(path, 0)
            for count in range(files - 1, 0, -1):
                at_least[count] |= at_least[count - 1] & mask
            at_least[0] |= mask
        for number in bits(at_least[-1]):
            app, order = self._apps[number], self._orders[number]
            places = ((order[self._numbers[item.where.path]], item) for item in group)
            taking = [
                (place, item)
                for place, item in places
                if place != ABSENT and (not item.own or item.where.path in app.entries)
            ]
            taking.sort(key=lambda pair: pair[0])
            yield app, [item for _, item in taking]
