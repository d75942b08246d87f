"""The facts of all files, kept packed: a kind is unpacked when a rule first asks for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar, cast

from mldebt_lint.analysis.facts import Fact
from mldebt_lint.codec import pack, unpack

F = TypeVar("F", bound=Fact)

Packed = Mapping[str, bytes]


def kind_key(kind: type[Fact]) -> str:
    """Return the name under which the facts of a class are kept."""
    return f"{kind.__module__}:{kind.__qualname__}"


def pack_facts(facts: Iterable[Fact]) -> tuple[dict[str, bytes], dict[str, str]]:
    """Return the facts of one file, packed by kind, and for the kinds that are no plain data the reason."""
    kinds: defaultdict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        kinds[kind_key(fact.__class__)].append(fact)
    packed, refused = {}, {}
    for key, found in kinds.items():
        try:
            packed[key] = pack(found, ordered=True)
        except TypeError as error:
            refused[key] = str(error)
    return packed, refused


class FactStore:
    """Packed facts by file and kind; `asked` are the kinds that were asked for since it was last cleared.

    `fresh` are those of files that no cache has; `load` returns, for a kind, those of the other files, by path.
    """

    def __init__(
        self, fresh: Mapping[str, Packed], load: Callable[[str], Mapping[str, bytes]] = lambda _: {}
    ) -> None:
        self._load = load
        self._fresh: defaultdict[str, dict[str, bytes]] = defaultdict(dict)
        for path, kinds in fresh.items():
            for key, data in kinds.items():
                self._fresh[key][path] = data
        self.asked: set[str] = set()
        self._packed: dict[str, dict[str, bytes]] = {}
        self._unpacked: defaultdict[str, dict[str, Sequence[Fact]]] = defaultdict(dict)

    def paths(self, kind: type[F]) -> list[str]:
        """Return the files that have facts of a class, sorted."""
        return sorted(self._of(kind_key(kind)))

    def facts_of(self, path: str, kind: type[F]) -> Sequence[F]:
        """Return one file's facts of a class, in the order in which they were collected."""
        key = kind_key(kind)
        self.asked.add(key)
        known = self._unpacked[key]
        if path not in known:
            packed = self._of(key)
            data = packed.get(path)
            if data is not None:
                if path not in self._fresh.get(key, ()):
                    packed[path] = b""  # one of the two is enough
            known[path] = () if data is None else unpack(cast("type[list[F]]", list[kind]), data)  # type: ignore[valid-type]
        return cast(Sequence[F], known[path])

    def _of(self, key: str) -> dict[str, bytes]:
        self.asked.add(key)
        if key not in self._packed:
            self._packed[key] = {**self._fresh.get(key, {}), **self._load(key)}
        return self._packed[key]

    def forget(self) -> None:
        """Let go of what was unpacked; what is asked for again is unpacked again."""
        self._packed.clear()
        self._unpacked.clear()
