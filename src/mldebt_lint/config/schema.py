"""Reads the tree of a configuration into typed settings, with an error that says where a value is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from mldebt_lint.config.presets import DEFAULT_PRESETS, Preset
from mldebt_lint.config.settings import Config, KeyPath
from mldebt_lint.errors import UserError, did_you_mean
from mldebt_lint.model import Profile, Severity
from mldebt_lint.reading.options import PYTHON_CELL_MAGICS

_T = TypeVar("_T")


def describe(value: object) -> str:
    """Say what a TOML value is, for an error message."""
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return f"the number {value}"
        case str():
            return f'the string "{value}"'
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return f"the date or time {value}"


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a configuration, the way to it, and where each value was written."""

    value: object
    places: Mapping[KeyPath, str]
    path: KeyPath = ()

    @property
    def name(self) -> str:
        """The way to the value as an author writes it: `rules.path-hack`, `ignore[2]`."""
        text = ""
        for part in self.path:
            text += f"[{part}]" if isinstance(part, int) else f".{bare_or_quoted(part)}"
        return text.removeprefix(".")

    @property
    def place(self) -> str:
        """Where it was written (`file:line` or a flag), or else where what holds it was."""
        for length in range(len(self.path), -1, -1):
            if found := self.places.get(self.path[:length]):
                return found
        return ""

    def wrong(self, expected: str, hint: str = "") -> UserError:
        """Return the error that something else was expected here."""
        return UserError(
            f"{self.name} must be {expected}, not {describe(self.value)}", place=self.place, hint=hint
        )

    def child(self, part: str | int, value: object) -> Node:
        """Return the node of a key or list item of this value."""
        return Node(value, self.places, (*self.path, part))


def bare_or_quoted(part: str) -> str:
    """Return a key as TOML writes it."""
    is_bare = part.replace("-", "").replace("_", "").isalnum() and part.isascii()
    return part if is_bare else quoted(part)


def quoted(text: str) -> str:
    """Return a string as TOML writes it, which is as JSON does but for one control character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def string(node: Node) -> str:
    """Return a string."""
    if not isinstance(node.value, str):
        raise node.wrong("a string")
    return node.value


def strings(node: Node) -> tuple[str, ...]:
    """Return a list of strings."""
    if not isinstance(node.value, list):
        hint = f'write ["{node.value}"]' if isinstance(node.value, str) else ""
        raise node.wrong("a list of strings", hint)
    return tuple(string(node.child(index, item)) for index, item in enumerate(node.value))


def table(node: Node) -> Iterator[tuple[str, Node]]:
    """Yield the keys of a table in their order, with their values."""
    if not isinstance(node.value, dict):
        raise node.wrong("a table")
    for key, value in node.value.items():
        yield key, node.child(key, value)


def one_of(node: Node, choices: Mapping[str, _T]) -> _T:
    """Return the choice that a string names."""
    if not isinstance(node.value, str) or node.value not in choices:
        raise node.wrong(alternatives(choices), did_you_mean(str(node.value).lower(), choices))
    return choices[node.value]


def alternatives(names: Iterable[str]) -> str:
    """Return `"a", "b" or "c"`."""
    return " or ".join(", ".join(f'"{name}"' for name in names).rsplit(", ", 1))


def _severity(node: Node) -> Severity:
    levels = {level.name.lower(): level for level in Severity}
    if node.value in ("off", "none", "ignore"):
        raise node.wrong(alternatives(levels), "a rule is turned off by 'ignore'")
    return one_of(node, levels)


def _profile(node: Node) -> Profile:
    return one_of(node, {profile.name.lower(): profile for profile in Profile})


def _paths(node: Node) -> tuple[Path, ...]:
    return tuple(Path(text) for text in strings(node))


def _severities(node: Node) -> dict[str, Severity]:
    return {selector: _severity(item) for selector, item in table(node)}


def _per_file_ignores(node: Node) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((pattern, strings(item)) for pattern, item in table(node))


def _presets(node: Node) -> tuple[Preset, ...]:
    known = [preset.name for preset in DEFAULT_PRESETS]
    given = {}
    for name, item in table(node):
        if name not in known:
            hint = did_you_mean(name, known) or f"the presets are {', '.join(known)}"
            raise UserError(f"unknown preset '{name}'", place=item.place, hint=hint)
        given[name] = strings(item)
    return tuple(Preset(preset.name, given.get(preset.name, preset.patterns)) for preset in DEFAULT_PRESETS)


def _rule_options(node: Node) -> dict[str, Mapping[str, object]]:
    return {rule: {key: option.value for key, option in table(item)} for rule, item in table(node)}


def _formats(node: Node) -> tuple[str, ...]:
    return (node.value,) if isinstance(node.value, str) else strings(node)


def _cell_magics(node: Node) -> tuple[str, ...]:
    added = tuple(name.removeprefix("%%") for name in strings(node))
    return PYTHON_CELL_MAGICS + tuple(name for name in added if name not in PYTHON_CELL_MAGICS)


KEYS = (
    "select",
    "extend-select",
    "ignore",
    "profile",
    "exclude",
    "extend-exclude",
    "per-file-ignores",
    "presets",
    "severity",
    "rules",
    "packs",
    "local-rules",
    "plugins",
    "python-cell-magics",
    "fail-on",
    "min-severity",
    "output-format",
)
"""Every key of the configuration, in the order in which settings are shown."""

_FOREIGN = {"enable": "select", "disable": "ignore", "extend-ignore": "ignore", "skip": "exclude"}


def read_config(node: Node, base: Config) -> Config:
    """Return `base` with what the tree sets; raise `UserError` for an unknown key or a wrong type."""
    given = dict(table(node))
    for key, item in given.items():
        if key not in KEYS:
            raise UserError(f"unknown key '{key}'", place=item.place, hint=_near_key(key))

    def get(key: str, read: Callable[[Node], _T], default: _T) -> _T:
        return read(given[key]) if key in given else default

    return replace(
        base,
        select=get("select", strings, base.select),
        extend_select=get("extend-select", strings, base.extend_select),
        ignore=get("ignore", strings, base.ignore),
        profile=get("profile", _profile, base.profile),
        exclude=get("exclude", strings, base.exclude),
        extend_exclude=get("extend-exclude", strings, base.extend_exclude),
        per_file_ignores=get("per-file-ignores", _per_file_ignores, base.per_file_ignores),
        presets=get("presets", _presets, base.presets),
        severity=get("severity", _severities, base.severity),
        rule_options=get("rules", _rule_options, base.rule_options),
        packs=get("packs", _paths, base.packs),
        local_rules=get("local-rules", _paths, base.local_rules),
        plugins=get("plugins", strings, base.plugins),
        python_cell_magics=get("python-cell-magics", _cell_magics, base.python_cell_magics),
        fail_on=get("fail-on", _severity, base.fail_on),
        min_severity=get("min-severity", _severity, base.min_severity),
        output_format=get("output-format", _formats, base.output_format),
    )


def _near_key(key: str) -> str:
    if key in _FOREIGN:
        return f"did you mean '{_FOREIGN[key]}'?"
    if key == "tool":
        return "leave out 'tool.mldebt-lint' here"
    return did_you_mean(key.replace("_", "-"), KEYS)
