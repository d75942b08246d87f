"""What is found while following values through a file: the facts, and the names to follow next."""

from __future__ import annotations

from dataclasses import dataclass, field

import libcst as cst

from mldebt_lint.analysis.constants import UNKNOWN
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.options.facts import Hand, Kind, Loaded, Move, Pass, Touch, Write
from mldebt_lint.analysis.options.places import Places
from mldebt_lint.analysis.options.uses import last_name
from mldebt_lint.analysis.options.writes import literal_text, under

MISSING = frozenset({"AttributeError", "KeyError", "LookupError", "Exception", "BaseException"})


@dataclass(slots=True)
class Fresh:
    """Names of variables and attributes, and functions, that were found to hold or return options."""

    names: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.names or self.functions)


class Notes:
    """The facts of one file, while they are collected."""

    def __init__(self, file: SourceFile, places: Places) -> None:
        self.file, self.places, self.index = file, places, file.index
        self.moves: dict[Move, None] = {}
        self.passes: dict[Pass, None] = {}
        self.touches: dict[tuple[str, Kind, str], Touch] = {}
        self.writes: list[Write] = []
        self.hands: dict[Hand, None] = {}
        self.loaded: list[Loaded] = []
        self.stored: set[cst.CSTNode] = set()
        self.fresh = Fresh()
        self.exact = False  # whether the places of all reads are wanted: finding them is not cheap
        self._taken = Fresh()

    def move(self, source: str, target: str | None, pack: int = -1, unpack: int = -1) -> None:
        """Record that a value goes from place to place."""
        if target is not None and target != source:
            self.moves[Move(source, target, pack, unpack)] = None

    def touch(self, place: str, kind: Kind, name: str = "", node: cst.CSTNode | None = None) -> None:
        """Record the first touch of its kind."""
        key = (place, kind, name)
        if key not in self.touches:
            if kind is Kind.READ and node is not None and self._is_tried(node):
                self.touch(place, Kind.GUARD, name)
            known = kind is Kind.READ and (self.exact or self.places.is_namespace(place))
            where = self.file.at(node) if node is not None and known else None
            self.touches[key] = Touch(place, kind, name, where)

    def _is_tried(self, node: cst.CSTNode) -> bool:
        """Whether the absence of an attribute or key is provided for."""
        below = node
        for ancestor in self.index.ancestors(node):
            if isinstance(ancestor, cst.FunctionDef | cst.Lambda):
                return False
            if isinstance(ancestor, cst.Try) and ancestor.body is below:
                caught = [last_name(handler.type) if handler.type else "" for handler in ancestor.handlers]
                return any(name in MISSING or not name for name in caught)
            below = ancestor
        return False

    def take(self) -> Fresh:
        """Return the names that are to be followed now, each once."""
        fresh = Fresh(self.fresh.names - self._taken.names, self.fresh.functions - self._taken.functions)
        self._taken.names |= fresh.names
        self._taken.functions |= fresh.functions
        self.fresh = Fresh()
        return fresh

    def hold(self, identifier: str, place: str) -> None:
        """Follow a variable or attribute that holds what is at a place, unless that is only a guess."""
        made = place.startswith("R:") and not self.places.returns_options(place.rpartition(".")[2])
        if not made and not self.places.is_likely(identifier) and identifier not in self._taken.names:
            self.fresh.names.add(identifier)

    def write(self, node: cst.CSTNode, name: str, place: str, value: cst.BaseExpression | None) -> None:
        """Record that an option is set; only for constants it matters where and under what."""
        literal = literal_text(self.file, value)
        if literal is None:
            self.writes.append(Write(place, name))
        else:
            depends = under(self.file, node, name, self.places.is_likely)
            self.writes.append(Write(place, name, literal, depends, self.file.at(self.index.statement(node))))

    def names_of(self, key: cst.CSTNode | None) -> tuple[str, ...]:
        """Return the names that a key may be: a constant, or the variable of a loop over constants."""
        value = self.file.constant(key) if key is not None else UNKNOWN
        if isinstance(value, str):
            return (value,)
        if isinstance(key, cst.Name):
            binding = self.file.values.binding(key)
            if (
                binding is not None
                and isinstance(binding.node, cst.For | cst.CompFor)
                and binding.part is None
            ):
                values = self.file.constant(binding.value)
                if isinstance(values, list | tuple) and all(isinstance(v, str) for v in values):
                    return tuple(v for v in values if isinstance(v, str))
        return ()
