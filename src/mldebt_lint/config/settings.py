"""The settings of a run as plain, frozen data: what the configuration and the command line asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

from mldebt_lint.config.presets import DEFAULT_PRESETS, Preset
from mldebt_lint.model import Note, Profile, Severity
from mldebt_lint.reading.options import DEFAULT_EXCLUDE, PYTHON_CELL_MAGICS

KeyPath: TypeAlias = tuple[str | int, ...]
"""The way to a value in a configuration file: names of keys, and numbers (from 0) of list items."""


@dataclass(frozen=True, slots=True)
class Flags:
    """What the command line says itself; None or empty where it says nothing.

    Selectors may be given together with commas between them, as in `--select MLD8,path-hack`.
    """

    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_exclude: tuple[str, ...] = ()
    profile: Profile | None = None
    min_severity: Severity | None = None
    fail_on: Severity | None = None
    output_format: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one run.

    `root` is the project's root, `source` the configuration file that was read, None if there is none.
    `select` is None where nothing was said, which is not the same as an empty selection. Patterns are in the
    syntax of `.gitignore`, relative to `root`; `packs` and `local_rules` are absolute paths. `rule_options`
    holds raw values by the rule's name or code as written. `flags` are the selectors of the command line,
    kept apart because they outrank those of the configuration. `places` tells where each value was written.
    """

    root: Path
    source: Path | None = None
    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    profile: Profile = Profile.DEFAULT
    exclude: tuple[str, ...] = DEFAULT_EXCLUDE
    extend_exclude: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    presets: tuple[Preset, ...] = DEFAULT_PRESETS
    severity: Mapping[str, Severity] = field(default_factory=dict)
    rule_options: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    packs: tuple[Path, ...] = ()
    local_rules: tuple[Path, ...] = ()
    plugins: tuple[str, ...] = ()
    python_cell_magics: tuple[str, ...] = PYTHON_CELL_MAGICS
    fail_on: Severity = Severity.WARNING
    min_severity: Severity = Severity.INFO
    output_format: tuple[str, ...] = ()
    flags: Flags = field(default_factory=Flags)
    notes: tuple[Note, ...] = field(default=(), compare=False)
    places: Mapping[KeyPath, str] = field(default_factory=dict, compare=False, repr=False)

    def place(self, *path: str | int) -> str:
        """Return where the value at this path was written: `file:line`, a flag, or empty for a default."""
        for length in range(len(path), 0, -1):
            if found := self.places.get(path[:length]):
                return found
        return ""

    def with_flags(self, flags: Flags) -> Config:
        """Return these settings as the command line changes them."""
        selectors = replace(
            flags,
            select=None if flags.select is None else _split(flags.select),
            extend_select=_split(flags.extend_select),
            ignore=_split(flags.ignore),
        )
        return replace(
            self,
            flags=selectors,
            extend_exclude=self.extend_exclude + flags.extend_exclude,
            profile=self.profile if flags.profile is None else flags.profile,
            min_severity=self.min_severity if flags.min_severity is None else flags.min_severity,
            fail_on=self.fail_on if flags.fail_on is None else flags.fail_on,
            output_format=flags.output_format or self.output_format,
            places={**self.places, **_flag_places(flags, len(self.extend_exclude))},
        )


def _split(selectors: Iterable[str]) -> tuple[str, ...]:
    return tuple(part.strip() for given in selectors for part in given.split(",") if part.strip())


def _flag_places(flags: Flags, excludes: int) -> dict[KeyPath, str]:
    """Return the places of what the flags replace or, from the item `excludes` on, add."""
    replaced = {
        "profile": flags.profile,
        "min-severity": flags.min_severity,
        "fail-on": flags.fail_on,
        "output-format": flags.output_format or None,
    }
    places: dict[KeyPath, str] = {(key,): f"--{key}" for key, value in replaced.items() if value is not None}
    for offset in range(len(flags.extend_exclude)):
        places["extend-exclude", excludes + offset] = "--extend-exclude"
    return places
