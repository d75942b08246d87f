"""Turns what a configuration says about one rule into that rule's own typed options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from typing import Literal, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

from mldebt_lint.config.schema import Node, alternatives, one_of, string, strings, table
from mldebt_lint.config.settings import Config
from mldebt_lint.errors import UserError, did_you_mean

_T = TypeVar("_T")


class OptionDoc(NamedTuple):
    """One option of a rule as its documentation shows it; `type` is in words."""

    name: str
    type: str
    default: object
    doc: str


def build_options(cls: type[_T], raw: Mapping[str, object], place: str) -> _T:
    """Return an instance of the dataclass `cls` from kebab-case keys; what is not given keeps its default.

    Fields are `bool`, `int`, `float`, `str`, `tuple[str, ...]`, a `Literal` or an `Enum` of strings; their
    metadata may hold `min`, `max` and `doc`. Raises `UserError` at `place` for an unknown key, a wrong type
    or a value out of bounds, and `TypeError` for a class that is not made for this.
    """
    return _construct(cls, dict(table(Node(dict(raw), {(): place}))))


def rule_options(cls: type[_T], config: Config, *, name: str, code: str) -> _T:
    """Return the options of the rule with this name and code, as `build_options` with the line of each key.

    A configuration may call the rule by either; with both, what stands under the name wins.
    """
    built: dict[str, Node] = {}
    for written in (code, name):
        values = dict(config.rule_options.get(written, {}))
        built.update(table(Node(values, config.places, ("rules", written))))
    return _construct(cls, built)


def options_doc(cls: type[object]) -> tuple[OptionDoc, ...]:
    """Return the options that the dataclass `cls` declares, in their order."""
    return tuple(
        OptionDoc(_key(field), _type_in_words(hint), _default(field), str(field.metadata.get("doc", "")))
        for field, hint in _fields(cls)
    )


def option_values(options: object) -> dict[str, object]:
    """Return the values of built options by their kebab-case keys, as TOML can write them."""
    return {_key(field): _plain(getattr(options, field.name)) for field, _ in _fields(type(options))}


def _construct(cls: type[_T], given: Mapping[str, Node]) -> _T:
    declared = {_key(field): (field, hint) for field, hint in _fields(cls)}
    values = {}
    for key, node in given.items():
        if key not in declared:
            hint = did_you_mean(key.replace("_", "-"), declared) or _known(declared)
            raise UserError(f"unknown option '{node.name}'", place=node.place, hint=hint)
        field, kind = declared[key]
        values[field.name] = _bounded(node, _read(node, kind), field.metadata)
    return cls(**values)


def _known(names: Mapping[str, object]) -> str:
    return f"the options are {', '.join(names)}" if names else "this rule has no options"


def _fields(cls: type[object]) -> Iterator[tuple[Field[object], object]]:
    if not is_dataclass(cls):
        raise TypeError(f"the options of a rule must be a dataclass, not {cls.__name__}")
    hints = get_type_hints(cls)
    for field in fields(cls):
        yield field, hints[field.name]


def _key(field: Field[object]) -> str:
    return field.name.replace("_", "-")


def _default(field: Field[object]) -> object:
    value = field.default if field.default_factory is MISSING else field.default_factory()
    if value is MISSING:
        raise TypeError(f"the option '{field.name}' has no default")
    return _plain(value)


def _plain(value: object) -> object:
    return value.value if isinstance(value, Enum) else value


def _choices(kind: object) -> dict[str, object]:
    """Return what a `Literal` or an `Enum` lets one write, empty for any other type."""
    if get_origin(kind) is Literal:
        return {str(choice): choice for choice in get_args(kind)}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {str(member.value): member for member in kind}
    return {}


def _is_strings(kind: object) -> bool:
    return get_origin(kind) is tuple and get_args(kind) == (str, ...)


def _read(node: Node, kind: object) -> object:
    value = node.value
    if choices := _choices(kind):
        return one_of(node, choices)
    if _is_strings(kind):
        return strings(node)
    if kind is str:
        return string(node)
    if kind is bool:
        if not isinstance(value, bool):
            raise node.wrong("true or false")
        return value
    if kind is int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise node.wrong("a whole number")
        return value
    if kind is float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise node.wrong("a number")
        return float(value)
    raise TypeError(f"an option cannot be of type {kind}")


def _bounded(node: Node, value: object, metadata: Mapping[str, object]) -> object:
    if isinstance(value, int | float):
        least, most = metadata.get("min"), metadata.get("max")
        if isinstance(least, int | float) and not value >= least:
            raise node.wrong(f"at least {least}")
        if isinstance(most, int | float) and not value <= most:
            raise node.wrong(f"at most {most}")
    return value


def _type_in_words(kind: object) -> str:
    if choices := _choices(kind):
        return alternatives(choices)
    if _is_strings(kind):
        return "list of strings"
    words: dict[object, str] = {bool: "true or false", int: "whole number", float: "number", str: "string"}
    if kind not in words:
        raise TypeError(f"an option cannot be of type {kind}")
    return words[kind]
