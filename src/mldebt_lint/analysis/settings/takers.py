"""Which applications take part in a group of settings, by the files in which those stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from typing import TypeVar

from mldebt_lint.analysis.file_sets import bits
from mldebt_lint.analysis.settings.applications import Application
from mldebt_lint.analysis.settings.facts import CopiedConstant, NamedPlace, Setting

Item = Setting | CopiedConstant | NamedPlace
Placed = TypeVar("Placed", Setting, CopiedConstant, NamedPlace)


class Takers:
    """Answers for a list of applications and the paths of all settings; each application is a bit of a mask."""

    def __init__(self, apps: Sequence[Application], paths: Set[str]) -> None:
        self._apps = apps
        self._orders = [{p: n for n, p in enumerate(app.files) if p in paths} for app in apps]
        self._masks: defaultdict[str, int] = defaultdict(int)
        for number, order in enumerate(self._orders):
            for path in order:
                self._masks[path] |= 1 << number

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
            taking = (
                i for i in group if i.where.path in order and (not i.own or i.where.path in app.entries)
            )
            yield app, sorted(taking, key=lambda item: order[item.where.path])
