"""The keys of a configuration file with constant values, and where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mldebt_lint.analysis.options.writes import normal
from mldebt_lint.model import Location, Span
from mldebt_lint.reading.kinds import Companion

if TYPE_CHECKING:
    from yaml import MappingNode, Node

YAML = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class Key:
    """A key by its dotted path; `text` is its normalised value."""

    name: str
    text: str
    where: Location


def keys_of(companion: Companion) -> list[Key]:
    """Return the keys of a YAML or JSON file; none for a file that does not parse."""
    if not companion.path.endswith(YAML):
        return []
    import yaml

    try:
        root = yaml.compose(companion.text, yaml.SafeLoader)
    except yaml.YAMLError:
        return []
    return list(_keys(root, "", companion.path)) if isinstance(root, yaml.MappingNode) else []


def _keys(mapping: MappingNode, above: str, path: str) -> Iterator[Key]:
    import yaml

    for key, value in mapping.value:
        if not isinstance(key, yaml.ScalarNode):
            continue
        name = f"{above}{key.value}"
        if isinstance(value, yaml.MappingNode):
            yield from _keys(value, f"{name}.", path)
        else:
            constant = _constant(value)
            if isinstance(constant, str | int | float | list):
                mark = key.start_mark
                span = Span(mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 1 + len(key.value))
                yield Key(name, normal(constant), Location(path, span))


def _constant(node: Node) -> object:
    """The value of a scalar or of a list of scalars; None for any other."""
    import yaml

    loader = yaml.SafeLoader("")
    if isinstance(node, yaml.SequenceNode):
        items = [_constant(item) for item in node.value]
        return None if None in items else items
    if not isinstance(node, yaml.ScalarNode):
        return None
    try:
        value: object = loader.construct_object(node)
    except (yaml.YAMLError, ValueError):
        return None
    return value
