"""YAML as plain data with line numbers: duplicate keys and exotic tags are errors, nothing is constructed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import yaml

from mldebt_lint.errors import UserError, did_you_mean

TYPE_NAMES = {str: "a string", int: "a whole number", bool: "true or false"}
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Table:
    """A YAML mapping with string keys that remembers where it stands."""

    place: str
    line: int
    items: dict[str, object]
    lines: dict[str, int]

    def at(self, key: str | None = None) -> str:
        """Return `file:line` of a key, or of the mapping."""
        return f"{self.place}:{self.lines.get(key or '', self.line)}"

    def only(self, known: Sequence[str]) -> None:
        """Raise UserError at the first key that is not known."""
        for key in self.items:
            if key not in known:
                raise UserError(f"unknown key '{key}'", place=self.at(key), hint=did_you_mean(key, known))

    def text(self, key: str, default: str | None = None) -> str:
        """Return a string value; UserError when it is missing without a default or of another type."""
        return self._typed(key, str, default)

    def flag(self, key: str, default: bool) -> bool:
        """Return a boolean value."""
        return self._typed(key, bool, default)

    def integer(self, key: str, default: int | None = None) -> int:
        """Return a whole number."""
        return self._typed(key, int, default)

    def _typed(self, key: str, kind: type[T], default: T | None) -> T:
        value = self.items.get(key, default)
        if value is None:
            raise UserError(f"'{key}' is missing", place=self.at())
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise UserError(f"'{key}' must be {TYPE_NAMES.get(kind, kind.__name__)}", place=self.at(key))
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of strings (one string counts as a list of one); empty when the key is absent."""
        value = self.items.get(key, [])
        values = value if isinstance(value, list) else [value]
        if not all(isinstance(item, str) for item in values):
            raise UserError(f"'{key}' must be a string or a list of strings", place=self.at(key))
        return tuple(item for item in values if isinstance(item, str))

    def table(self, key: str) -> Table | None:
        """Return a nested mapping, None when the key is absent."""
        value = self.items.get(key)
        if value is not None and not isinstance(value, Table):
            raise UserError(f"'{key}' must be a mapping", place=self.at(key))
        return value

    def tables(self, key: str) -> Iterator[Table]:
        """Yield the mappings of a list value."""
        value = self.items.get(key, [])
        if not isinstance(value, list):
            raise UserError(f"'{key}' must be a list", place=self.at(key))
        for item in value:
            if not isinstance(item, Table):
                raise UserError(f"every entry of '{key}' must be a mapping", place=self.at(key))
            yield item


def load_table(text: str, place: str) -> Table:
    """Parse one YAML document whose top is a mapping.

    Raises UserError with `place:line` for bad syntax, duplicate keys, tags, aliases that nest, or another top.
    """
    try:
        node = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UserError(f"not valid YAML: {error.problem}", place=f"{place}:{line}") from error
    except yaml.YAMLError as error:
        raise UserError(f"not valid YAML: {error}", place=place) from error
    value = _plain(node, place) if node is not None else None
    if not isinstance(value, Table):
        raise UserError("the top of the file must be a mapping", place=f"{place}:1")
    return value


def _plain(node: yaml.Node, place: str) -> object:
    if isinstance(node, yaml.MappingNode):
        return _table(node, place)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, place) for child in node.value]
    return _scalar(node, place)


def _table(node: yaml.MappingNode, place: str) -> Table:
    table = Table(place, node.start_mark.line + 1, {}, {})
    for key_node, value_node in node.value:
        key = str(key_node.value)
        line = key_node.start_mark.line + 1
        if key in table.items:
            raise UserError(f"duplicate key '{key}'", place=f"{place}:{line}")
        table.lines[key] = line
        table.items[key] = _plain(value_node, place)
    return table


def _scalar(node: yaml.Node, place: str) -> object:
    kind = node.tag.rpartition(":")[2]
    value = str(node.value)
    try:
        match kind:
            case "str":
                return value
            case "null":
                return None
            case "bool":
                return value.lower() in {"true", "yes", "on"}
            case "int":
                return int(value.replace("_", ""), 0)
            case "float":
                return float(value.replace("_", ""))
            case "timestamp":
                return value
    except ValueError:
        return value
    raise UserError(f"tag '{node.tag}' is not allowed", place=f"{place}:{node.start_mark.line + 1}")
