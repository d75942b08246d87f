"""Which paths .gitignore files and exclude patterns leave out."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mldebt_lint.errors import UserError

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_GLOB = re.compile(r"[*?\[\]!\\/# ]")


@dataclass(frozen=True, slots=True)
class Layer:
    """The patterns of one ignore file, which speak of paths below `base` (ends with a separator)."""

    base: str
    spec: GitIgnoreSpec

    def verdict(self, path: str, is_directory: bool) -> bool | None:
        """Return whether `path` is left out, kept by a negation, or not spoken of (None)."""
        relative = path[len(self.base) :].replace(os.sep, "/")
        return self.spec.check_file(relative + "/" if is_directory else relative).include


@dataclass(frozen=True, slots=True)
class Excludes:
    """Exclude patterns of a configuration: plain names are looked up, the rest is matched."""

    names: frozenset[str]
    layer: Layer | None = None

    def cover(self, path: str, name: str, is_directory: bool) -> bool:
        """Return whether the entry called `name` at `path` is left out."""
        if name in self.names:
            return True
        if self.layer is None or not path.startswith(self.layer.base):
            return False
        return self.layer.verdict(path, is_directory) is True


def excludes(patterns: tuple[str, ...], root: str) -> Excludes:
    """Compile exclude patterns relative to the absolute path `root`; a malformed one is a `UserError`."""
    for pattern in patterns:
        if _GLOB.search(pattern) and not _is_valid(pattern):
            raise UserError(f"invalid exclude pattern '{pattern}'")
    plain = frozenset(pattern for pattern in patterns if not _GLOB.search(pattern))
    if any(pattern.startswith("!") for pattern in patterns):
        plain = frozenset()
    rest = [pattern for pattern in patterns if pattern not in plain]
    return Excludes(plain, Layer(directory_prefix(root), _compile(rest)) if rest else None)


class IgnoreFiles:
    """The ignore files at and above directories; each is read once."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._top = _repository(root) or root
        self._read: dict[str, Layer | None] = {}

    def of(self, directory: str) -> Layer | None:
        """Return the layer of the `.gitignore` in `directory`, None where there is nothing to read."""
        return self._layer(os.path.join(directory, ".gitignore"), directory)

    def above(self, directory: str) -> tuple[Layer, ...]:
        """Return the layers that ignore files above `directory` add, outermost first.

        The search ends at the nearest repository at or above the root, else at the root.
        """
        top = self._top
        if not _is_below(directory, self._root):
            top = _repository(directory) or directory
        found = [self._layer(os.path.join(top, ".git", "info", "exclude"), top)]
        found += [self.of(parent) for parent in reversed(_parents(directory)) if _is_below(parent, top)]
        return tuple(layer for layer in found if layer)

    def _layer(self, file: str, base: str) -> Layer | None:
        if file not in self._read:
            self._read[file] = _read_layer(file, base)
        return self._read[file]


def ignored(layers: tuple[Layer, ...], path: str, is_directory: bool) -> bool:
    """Return whether the layers (outermost first) leave out `path`: the innermost that speaks decides."""
    for layer in reversed(layers):
        verdict = layer.verdict(path, is_directory)
        if verdict is not None:
            return verdict
    return False


def directory_prefix(directory: str) -> str:
    """Return `directory` with exactly one separator at its end."""
    return directory if directory.endswith(os.sep) else directory + os.sep


def _read_layer(file: str, base: str) -> Layer | None:
    try:
        text = Path(file).read_bytes().decode("utf-8", "replace")
    except OSError:
        return None
    # git, too, takes a malformed pattern for one that matches nothing
    lines = [line for line in text.removeprefix("\ufeff").splitlines() if line.strip() and _is_valid(line)]
    return Layer(directory_prefix(base), _compile(lines)) if lines else None


def _compile(patterns: Iterable[str]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(patterns)


def _is_valid(pattern: str) -> bool:
    try:
        _compile([pattern])
    except (ValueError, re.error):
        return False
    return True


def _parents(directory: str) -> list[str]:
    found = []
    while (parent := os.path.dirname(directory)) != directory:
        found.append(parent)
        directory = parent
    return found


def _repository(directory: str) -> str:
    for candidate in [directory, *_parents(directory)]:
        if os.path.exists(os.path.join(candidate, ".git")):
            return candidate
    return ""


def _is_below(path: str, top: str) -> bool:
    return path == top or path.startswith(directory_prefix(top))
