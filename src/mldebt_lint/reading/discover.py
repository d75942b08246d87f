"""Finds the files to lint and the companion files beside them, descending nowhere needless."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mldebt_lint.errors import UserError, did_you_mean
from mldebt_lint.model import Problem
from mldebt_lint.reading.ignore import Excludes, IgnoreFiles, Layer, directory_prefix, excludes, ignored
from mldebt_lint.reading.kinds import is_companion_name
from mldebt_lint.reading.options import DEFAULT_EXCLUDE, DiscoverOptions

__all__ = ["DEFAULT_EXCLUDE", "DiscoverOptions", "Scan", "discover", "scan"]

_SUFFIXES = (".py", ".ipynb")
_ENVIRONMENT_MARKS = frozenset({"pyvenv.cfg", "conda-meta"})


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
    walk = _Walk(_Gate(options))
    walk.descend(os.fspath(root))
    names = walk.unique()
    return Scan(
        root,
        _sorted(Path(name) for name in names if name.endswith(_SUFFIXES)),
        _sorted(Path(name) for name in names if is_companion_name(os.path.basename(name))),
        tuple(walk.problems),
    )


def discover(paths: Sequence[Path], options: DiscoverOptions, known: Scan | None = None) -> list[Path]:
    """Return the Python files and notebooks under `paths`, spelt as given, sorted and unique.

    A file that is named is returned whatever its suffix, unless `force_exclude` and it is excluded. A `known`
    scan made with the same options saves walking its root again. Raises `UserError` for a missing path.
    """
    gate = _Gate(options)
    found: dict[str, Path] = {}
    for path in paths:
        _require(path)
        if options.force_exclude and gate.closes(os.fspath(path), path.is_dir()):
            continue
        for file in _under(path, gate, known):
            found.setdefault(_absolute(os.fspath(file)), file)
    return _sorted(_without_links(found))


def _under(path: Path, gate: _Gate, known: Scan | None) -> Sequence[Path]:
    if not path.is_dir():
        return [path]
    if known and path == known.root:
        return known.python
    walk = _Walk(gate)
    walk.descend(os.fspath(path))
    return [Path(name) for name in walk.unique() if name.endswith(_SUFFIXES)]


def _without_links(found: dict[str, Path]) -> Iterator[Path]:
    """Leave out a link to a file that was found as well."""
    seen: set[str] = set()
    for absolute, path in sorted(found.items(), key=lambda item: (os.path.islink(item[0]), item[0])):
        real = os.path.realpath(absolute)
        if real not in seen:
            seen.add(real)
            yield path


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


def _sorted(paths: Iterator[Path]) -> list[Path]:
    return sorted(paths, key=lambda path: path.parts)


def _absolute(path: str) -> str:
    return os.path.abspath(path)


class _Gate:
    """Tells whether a path is left out by exclude patterns or ignore files."""

    def __init__(self, options: DiscoverOptions) -> None:
        self.root = _absolute(os.fspath(options.root))
        self.excludes = excludes(options.exclude, self.root)
        self.files = IgnoreFiles(self.root)
        self.respects = options.respect_gitignore

    def closes(self, path: str, is_directory: bool) -> bool:
        """Return whether `path`, or a directory above it up to the root, is left out."""
        chain = self._chain(_absolute(path), is_directory)
        return any(self.is_excluded(*link) or self.is_ignored(*link) for link in chain)

    def is_excluded(self, path: str, is_directory: bool) -> bool:
        """Return whether an exclude pattern covers this very path."""
        return self.excludes.cover(path, os.path.basename(path), is_directory)

    def is_ignored(self, path: str, is_directory: bool) -> bool:
        """Return whether an ignore file covers this very path."""
        return self.respects and ignored(self.files.above(path), path, is_directory)

    def opening(self, start: str) -> tuple[tuple[Layer, ...], Excludes]:
        """Return the layers and excludes to walk `start` with: those that cover `start` itself do not count."""
        chain = list(self._chain(start, True))
        layers: tuple[Layer, ...] = ()
        if self.respects and not any(self.is_ignored(*link) for link in chain):
            layers = self.files.above(start)
        if any(self.is_excluded(*link) for link in chain):
            return layers, Excludes(self.excludes.names)
        return layers, self.excludes

    def _chain(self, path: str, is_directory: bool) -> Iterator[tuple[str, bool]]:
        while path.startswith(directory_prefix(self.root)):
            yield path, is_directory
            path, is_directory = os.path.dirname(path), True


class _Walk:
    """One walk; links to directories are not entered, so that no loop can be."""

    def __init__(self, gate: _Gate) -> None:
        self.gate = gate
        self.files: list[tuple[str, str]] = []
        self.links: list[tuple[str, str]] = []
        self.problems: list[Problem] = []

    def descend(self, start: str) -> None:
        """Collect the files below `start`, which is walked even where it is itself left out."""
        absolute = _absolute(start)
        layers, covers = self.gate.opening(absolute)
        stack = [(start, os.path.realpath(absolute), absolute, layers)]
        while stack:
            shown, real, actual, layers = stack.pop()
            entries = self._list(shown, actual)
            names = {entry.name for entry in entries}
            if actual != absolute and not _ENVIRONMENT_MARKS.isdisjoint(names):
                continue
            if self.gate.respects and ".gitignore" in names:
                own = self.gate.files.of(actual)
                layers = (*layers, own) if own else layers
            for entry in entries:
                name = entry.name
                is_directory = entry.is_dir(follow_symlinks=False)
                if not is_directory and not (name.endswith(_SUFFIXES) or is_companion_name(name)):
                    continue
                path = os.path.join(actual, name)
                if covers.cover(path, name, is_directory) or (layers and ignored(layers, path, is_directory)):
                    continue
                below = (os.path.join(shown, name), os.path.join(real, name))
                if is_directory:
                    stack.append((*below, path, layers))
                elif entry.is_symlink():
                    self.links.append(below)
                elif entry.is_file(follow_symlinks=False):
                    self.files.append(below)

    def unique(self) -> list[str]:
        """Return the files found, without links to files found as well."""
        names = [shown for shown, _ in self.files]
        if self.links:
            seen = {real for _, real in self.files}
            for shown, link in sorted(self.links):
                real = os.path.realpath(link)
                if real not in seen and os.path.isfile(real):
                    seen.add(real)
                    names.append(shown)
        return names

    def _list(self, shown: str, actual: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(shown) as entries:
                return list(entries)
        except OSError as error:
            path = os.path.relpath(actual, self.gate.root).replace(os.sep, "/")
            self.problems.append(Problem(f"cannot be listed: {error.strerror or error}", path=path))
            return []
