"""Defaults of one parameter in two places that feed each other, and that differ."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from mldebt_lint.analysis.options.facts import SPREAD, Default, Function, Hand, Made
from mldebt_lint.analysis.options.graph import Node
from mldebt_lint.analysis.options.keys import Key, keys_of
from mldebt_lint.analysis.options.resolve import Target
from mldebt_lint.analysis.options.sets import OptionSet, OptionSets
from mldebt_lint.analysis.paths import folder, is_test_path
from mldebt_lint.model import Location
from mldebt_lint.reading.companion import Companion

EMPTY = frozenset({"None", "''", "[]"})
OFF = frozenset({"0", "False"})
NUMBER = re.compile(r"-?[\d.]+(e[-+]?\d+)?")


@dataclass(frozen=True, slots=True)
class Source:
    """A default of an option or of a configuration file's key: where it stands, and what it is called there."""

    name: str
    shown: str
    text: str
    where: Location


@dataclass(frozen=True, slots=True)
class Drift:
    """A parameter whose default differs from the one default of all that is known to be given for it.

    `general` when other code of the project uses the function, too, and may rely on its default; `switch` when the
    option only switches on what the function does by default.
    """

    function: str
    param: Default
    sources: tuple[Source, ...]
    general: bool
    switch: bool


def drifts(sets: OptionSets) -> Iterator[Drift]:
    """Yield every parameter that receives an option of its name and has another default.

    A default that any giver shares is a general one, and so is one that givers with several defaults replace.
    """
    search = _Search(sets)
    fed: defaultdict[Default, list[_Feed]] = defaultdict(list)
    for feed in (*search.of_sets(), *search.of_records(), *search.of_files(), *search.of_offers()):
        fed[feed.param].append(feed)
    for param, feeds in fed.items():
        agreed = len({_plain(feed.source.text) for feed in feeds}) == 1
        whole = {feed.source for feed in feeds if feed.whole}
        if agreed and all(_differ(feed.source.text, param.text, feed.source in whole) for feed in feeds):
            sources = tuple(sorted({feed.source for feed in feeds}, key=lambda source: source.where.key))
            general = not whole and search.has_other_users(feeds[0], {feed.path for feed in feeds})
            switch = not whole and all(_is_switch(feed.source.text, param.text) for feed in feeds)
            yield Drift(feeds[0].function, param, sources, general, switch)


@dataclass(frozen=True, slots=True)
class _Feed:
    """An option goes to a parameter of its name, `whole` when all options of its set do."""

    function: str
    param: Default
    source: Source
    whole: bool
    path: str


class _Search:
    """Looks for parameters that options, or keys of configuration files, are given for."""

    def __init__(self, sets: OptionSets) -> None:
        self._sets = sets
        self._hands: defaultdict[Node, list[tuple[str, Hand]]] = defaultdict(list)
        for path, fact in sets.facts.items():
            spread = [Hand(p.place, "", p.callee, SPREAD) for p in fact.passes if p.slot == SPREAD]
            for hand in (*fact.hands, *spread):
                for node in sets.graph.nodes(path, hand.place):
                    self._hands[node].append((path, hand))

    def of_sets(self) -> Iterator[_Feed]:
        """What parsed options are handed to; the fields of a library's class only in its own file."""
        for found in self._sets.sets:
            sources = _sources(found)
            for node in sorted(found.nodes) if found.parsed and sources else ():
                for feed in self._from(node, sources):
                    is_near = feed.param.where.path == feed.source.where.path
                    if feed.whole or is_near or not found.filled:
                        yield feed

    def of_records(self) -> Iterator[_Feed]:
        """What the fields of a class are handed to that the project makes without giving them."""
        made: defaultdict[Target, list[Made]] = defaultdict(list)
        for path, fact in self._sets.facts.items():
            for item in fact.made if not is_test_path(path) else ():
                for target in self._sets.resolver.callees(item.callee, path):
                    made[target].append(item)
        for target, items in made.items():
            if target.path and all(item.closed for item in items) and any(not item.given for item in items):
                sources = self._fields(target, {name for item in items for name in item.given})
                for node in self._reached(target) if sources else ():
                    yield from self._from(node, sources)

    def _fields(self, target: Target, given: set[str]) -> dict[str, Source]:
        """The known defaults of a class's fields; those that are given or set, or that a parser fills, are left out."""
        filled = {option for found in self._sets.sets if found.filled for option in found.options}
        return {
            option.dest: Source(option.dest, f"{target.name}.{option.dest}", option.default, option.where)
            for option in self._sets.facts[target.path].declared
            if option.place == f"s:{target.name}" and option.default is not None
            if option not in filled and option.dest not in self._sets.written | given
        }

    def _reached(self, target: Target) -> list[Node]:
        start = ((target.path, f"s:{target.name}"), -1)
        return sorted(node for node, item in self._sets.graph.reach([start]) if item == -1)

    def has_other_users(self, feed: _Feed, feeders: set[str]) -> bool:
        """Whether files beside those that give the option, tests and packages' fronts aside, use the function."""
        project, home = self._sets.project, feed.param.where.path
        name = feed.function.removesuffix(".__init__").rpartition(".")[2]
        fronts = [f"{parent}/__init__.py" for parent in _parents(home)]
        users = {path for place in (home, *fronts) for path in project.importers.get(place, frozenset())}
        for path in users - feeders - {home}:
            if not is_test_path(path) and not path.endswith("__init__.py"):
                if name in project.vocabulary(path).references:
                    return True
        return False

    def of_files(self) -> Iterator[_Feed]:
        """What the keys of configuration files are handed to."""
        for path, fact in self._sets.facts.items():
            for loaded in fact.loaded:
                companion = self._companion(loaded.file, path)
                keys = keys_of(companion) if companion is not None else []
                sources = {key.name: Source(key.name, _shown(key), key.text, key.where) for key in keys}
                starts = [(node, -1) for node in self._sets.graph.nodes(path, loaded.place)]
                nodes = {node for node, item in self._sets.graph.reach(starts) if item == -1}
                for node in sorted(nodes) if sources else ():
                    yield from self._from(node, sources)

    def _companion(self, file: str, path: str) -> Companion | None:
        """The file that a path in the code means: from the root, or from the code's own folder."""
        wanted = {posixpath.normpath(file), posixpath.normpath(posixpath.join(folder(path), file))}
        found = [companion for companion in self._sets.project.companions if companion.path in wanted]
        return found[0] if len(found) == 1 else None

    def _from(self, node: Node, sources: dict[str, Source]) -> Iterator[_Feed]:
        for path, hand in self._hands.get(node, ()):
            if hand.slot != SPREAD and hand.name not in sources:
                continue
            given = sources
            if hand.slot == SPREAD and hand.name:
                given = {
                    n.removeprefix(f"{hand.name}."): s
                    for n, s in sources.items()
                    if n.startswith(f"{hand.name}.")
                }
            for target in self._sets.resolver.callees(hand.callee, path):
                yield from self._fed(target, hand, given, path)

    def of_offers(self) -> Iterator[_Feed]:
        """What commands hand on of their parameters."""
        for path, fact in self._sets.facts.items():
            for offer in fact.offers:
                source = Source(offer.name, offer.flag, offer.default, offer.where)
                for target in self._sets.resolver.callees(offer.callee, path):
                    hand = Hand("", offer.name, offer.callee, offer.slot)
                    yield from self._fed(target, hand, {offer.name: source}, path)

    def _fed(self, target: Target, hand: Hand, sources: dict[str, Source], path: str) -> Iterator[_Feed]:
        receiver = self._receiver(target)
        function = receiver.function
        if function is None:
            return
        whole = hand.slot == SPREAD
        params = [p for p in _params(function) if p in sources] if whole else [_param(function, hand.slot)]
        for param in params:
            source = sources.get(param if whole else hand.name)
            if source is None or param != source.name.rpartition(".")[2]:
                continue
            for default in self._sets.defaults(receiver.path, function.name, param)[-1:]:
                yield _Feed(function.name, default, source, whole, path)

    def _receiver(self, target: Target) -> Target:
        if target.shape is not None and target.path:
            made = [maker for maker in self._sets.resolver.constructors(target) if maker.path]
            return made[0] if made else target
        return target


def _sources(found: OptionSet) -> dict[str, Source]:
    """The known defaults of a set; names with several different ones, and those that code sets, are left out."""
    changed = {write.name for _, write in found.writes}
    texts: defaultdict[str, dict[str, Source]] = defaultdict(dict)
    for option in found.options:
        if option.default is not None and option.dest not in changed:
            texts[option.dest][option.default] = Source(
                option.dest, option.flag, option.default, option.where
            )
    return {name: next(iter(known.values())) for name, known in texts.items() if len(known) == 1}


def _parents(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[:end]) for end in range(len(parts), 0, -1)]


def _shown(key: Key) -> str:
    return f"{key.name} in {key.where.path}"


def _params(function: Function) -> tuple[str, ...]:
    return function.params[1:] if function.owner and not function.static else function.params


def _param(function: Function, slot: str) -> str:
    params = _params(function)
    return params[int(slot)] if slot.isdigit() and int(slot) < len(params) else slot


def _differ(given: str, own: str, whole: bool) -> bool:
    """Whether two normalised defaults are different values, and neither means that there is none.

    Nought and False switch a thing off where a function is used for itself; they differ only where a function
    mirrors all options of a program.
    """
    if given in EMPTY or own in EMPTY or (not whole and own in OFF):
        return False
    return _plain(given) != _plain(own)


def _is_switch(given: str, own: str) -> bool:
    """Whether an option is off unless it is given, and the function's default is something else than an amount."""
    return given in OFF and NUMBER.fullmatch(own) is None


def _plain(text: str) -> str:
    """Numbers in quotes are numbers, truth is one, and a list of one value is that value."""
    text = {"True": "1", "False": "0"}.get(text, text).strip("'\"")
    items = text.removeprefix("[").removesuffix("]").split(", ") if text.startswith("[") else [text]
    return items[0] if len(set(items)) == 1 else text
