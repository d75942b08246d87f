"""Tells which rules are quiet in a file: by `per-file-ignores` and by the presets for kinds of folders."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from mldebt_lint.config.presets import Preset
from mldebt_lint.config.select import RuleInfo, selected_codes
from mldebt_lint.config.settings import Config
from mldebt_lint.errors import UserError
from mldebt_lint.model import Debt

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


class FileIgnores:
    """The patterns of a configuration, compiled once for all files of a run.

    Patterns are in the syntax of `.gitignore`, relative to the project's root; in `per-file-ignores` a
    pattern that starts with `!` stands for every file that does not match it. Raises `UserError` for what is
    no pattern.
    """

    def __init__(self, config: Config, rules: Sequence[RuleInfo]) -> None:
        self._by_pattern: list[tuple[bool, GitIgnoreSpec, frozenset[str]]] = []
        for pattern, selectors in config.per_file_ignores:
            place = config.place("per-file-ignores", pattern)
            spec = _compile([(pattern.removeprefix("!"), place)])
            self._by_pattern.append((pattern.startswith("!"), spec, selected_codes(selectors, rules)))
        self._by_preset = [
            (preset.name, _compile(_placed(config, preset))) for preset in config.presets if preset.patterns
        ]
        self._quiet_in_presets = frozenset(rule.code for rule in rules if rule.debt is not Debt.TOOL)

    def codes_for(self, path: str) -> frozenset[str]:
        """Return the codes of the rules that are quiet in a file; its path is POSIX, relative to the root."""
        codes = self._quiet_in_presets if self.preset_for(path) else frozenset()
        for is_negated, spec, ignored in self._by_pattern:
            if spec.match_file(path) is not is_negated:
                codes |= ignored
        return codes

    def preset_for(self, path: str) -> str:
        """Return the name of the first preset that the file falls under, empty if none does."""
        return next((name for name, spec in self._by_preset if spec.match_file(path)), "")


def _placed(config: Config, preset: Preset) -> Iterator[tuple[str, str]]:
    for index, pattern in enumerate(preset.patterns):
        yield pattern, config.place("presets", preset.name, index)


def _compile(placed: Iterable[tuple[str, str]]) -> GitIgnoreSpec:
    """Compile patterns that come with the place where each was written."""
    from pathspec import GitIgnoreSpec

    patterns = []
    for pattern, place in placed:
        try:
            GitIgnoreSpec.from_lines([pattern])
        except (ValueError, re.error):
            raise UserError(f"'{pattern}' is no file pattern", place=place) from None
        patterns.append(pattern)
    return GitIgnoreSpec.from_lines(patterns)
