"""Finds the files to lint, and in the same walk the companion files beside them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mldebt_lint.errors import UserError, did_you_mean
from mldebt_lint.model import Problem
from mldebt_lint.reading.kinds import is_companion_name
from mldebt_lint.reading.options import DEFAULT_EXCLUDE, DiscoverOptions
from mldebt_lint.reading.walk import PYTHON_SUFFIXES, Gate, Walk

__all__ = ["DEFAULT_EXCLUDE", "DiscoverOptions", "Scan", "discover", "scan"]


@dataclass(frozen=True, slots=True)
class Scan:
    """What one walk below `root` found, each list sorted and unique; `setup.py` is in both.

    `problems` are the directories that could not be listed.
    """

    root: Path
    python: list[Path]
    companions: list[Path]
    problems: tuple[Problem, ...] = ()


def scan(root: Path, options: DiscoverOptions) -> Scan:
    """Find every Python file, notebook and companion file below the directory `root`, in one walk."""
    walk = Walk(Gate(options))
    names = walk.below(os.fspath(root))
    return Scan(
        root,
        _sorted(name for name in names if name.endswith(PYTHON_SUFFIXES)),
        _sorted(name for name in names if is_companion_name(os.path.basename(name))),
        tuple(walk.problems),
    )


def discover(paths: Sequence[Path], options: DiscoverOptions, known: Scan | None = None) -> list[Path]:
    """Return the Python files and notebooks under `paths`, spelt as given, sorted and unique.

    A file that is named is returned whatever its suffix, unless `force_exclude` and it is excluded. A `known`
    scan made with the same options saves walking its root again. Raises `UserError` for a missing path.
    """
    gate = Gate(options)
    found: list[str] = []
    for path in paths:
        _require(path)
        if not (options.force_exclude and gate.closes(os.fspath(path), path.is_dir())):
            found += _under(path, gate, known)
    return _sorted(found if len(paths) == 1 else _unique(found))


def _under(path: Path, gate: Gate, known: Scan | None) -> Iterable[str]:
    if not path.is_dir():
        return [os.fspath(path)]
    if known and path == known.root:
        return map(os.fspath, known.python)
    return (name for name in Walk(gate).below(os.fspath(path)) if name.endswith(PYTHON_SUFFIXES))


def _unique(names: Iterable[str]) -> Iterator[str]:
    """Leave out a file that is there under another name already; a name that is no link is preferred."""
    folders: dict[str, str] = {}
    seen: set[str] = set()
    for is_link, name in sorted((os.path.islink(name), name) for name in names):
        folder, base = os.path.split(name)
        if folder not in folders:
            folders[folder] = os.path.realpath(folder)
        real = os.path.realpath(name) if is_link else os.path.join(folders[folder], base)
        if real not in seen:
            seen.add(real)
            yield name


def _require(path: Path) -> None:
    if path.exists():
        return
    if path.is_symlink():
        raise UserError(f"broken link: '{path}'")
    try:
        neighbours = os.listdir(path.parent)
    except OSError:
        neighbours = []
    raise UserError(f"no such file or directory: '{path}'", hint=did_you_mean(path.name, neighbours))


def _sorted(names: Iterable[str]) -> list[Path]:
    return sorted(map(Path, names), key=lambda path: path.parts)
