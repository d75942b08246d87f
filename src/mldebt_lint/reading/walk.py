"""The walk over directories: what to enter, what to leave out, what to take."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from mldebt_lint.model import Problem
from mldebt_lint.reading.ignore import Excludes, IgnoreFiles, Layer, directory_prefix, excludes, ignored
from mldebt_lint.reading.kinds import is_companion_name
from mldebt_lint.reading.options import DiscoverOptions

PYTHON_SUFFIXES = (".py", ".ipynb")

# A directory that holds one of these is an environment, whatever it is called.
_ENVIRONMENT_MARKS = frozenset({"pyvenv.cfg", "conda-meta"})


class Gate:
    """Tells whether a path is left out by exclude patterns or ignore files."""

    def __init__(self, options: DiscoverOptions) -> None:
        self.root = os.path.abspath(options.root)
        self.files = IgnoreFiles(self.root)
        self.respects = options.respect_gitignore
        self._excludes = excludes(options.exclude, self.root)

    def closes(self, path: str, is_directory: bool) -> bool:
        """Return whether `path`, or a directory above it up to the root, is left out."""
        chain = self._chain(os.path.abspath(path), is_directory)
        return any(self._is_excluded(*link) or self._is_ignored(*link) for link in chain)

    def opening(self, start: str) -> tuple[tuple[Layer, ...], Excludes]:
        """Return the layers and excludes to walk `start` with: those that cover `start` itself do not count."""
        chain = list(self._chain(start, True))
        layers: tuple[Layer, ...] = ()
        if self.respects and not any(self._is_ignored(*link) for link in chain):
            layers = self.files.above(start)
        if any(self._is_excluded(*link) for link in chain):
            return layers, Excludes(self._excludes.names)
        return layers, self._excludes

    def _is_excluded(self, path: str, is_directory: bool) -> bool:
        return self._excludes.cover(path, os.path.basename(path), is_directory)

    def _is_ignored(self, path: str, is_directory: bool) -> bool:
        return self.respects and ignored(self.files.above(path), path, is_directory)

    def _chain(self, path: str, is_directory: bool) -> Iterator[tuple[str, bool]]:
        while path.startswith(directory_prefix(self.root)):
            yield path, is_directory
            path, is_directory = os.path.dirname(path), True


class Walk:
    """One walk; linked directories are not entered, so that there is no loop and nothing is seen twice.

    `problems` are the directories that could not be listed.
    """

    def __init__(self, gate: Gate) -> None:
        self.problems: list[Problem] = []
        self._gate = gate
        self._files: list[str] = []
        self._links: list[str] = []

    def below(self, start: str) -> list[str]:
        """Return the Python and companion files below `start`, which is walked even where it is itself left out.

        A link to a file is among them unless the file is.
        """
        absolute = os.path.abspath(start)
        layers, covers = self._gate.opening(absolute)
        stack = [(start, absolute, layers)]
        while stack:
            shown, actual, layers = stack.pop()
            entries = self._list(shown, actual)
            names = {entry.name for entry in entries}
            if actual != absolute and not _ENVIRONMENT_MARKS.isdisjoint(names):
                continue
            if self._gate.respects and ".gitignore" in names and (own := self._gate.files.of(actual)):
                layers = (*layers, own)
            for name in self._take(entries, actual, layers, covers):
                stack.append((os.path.join(shown, name), os.path.join(actual, name), layers))
        return self._files + list(self._linked(start))

    def _take(
        self, entries: Iterable[os.DirEntry[str]], actual: str, layers: tuple[Layer, ...], covers: Excludes
    ) -> Iterator[str]:
        """Keep the files of one directory and yield the names of the directories to enter."""
        for entry in entries:
            name = entry.name
            is_directory = entry.is_dir(follow_symlinks=False)
            if not is_directory and not (name.endswith(PYTHON_SUFFIXES) or is_companion_name(name)):
                continue
            path = os.path.join(actual, name)
            if covers.cover(path, name, is_directory) or (layers and ignored(layers, path, is_directory)):
                continue
            if is_directory:
                yield name
            elif entry.is_symlink():
                self._links.append(entry.path)
            elif entry.is_file(follow_symlinks=False):
                self._files.append(entry.path)

    def _linked(self, start: str) -> Iterator[str]:
        if not self._links:
            return
        real_start = os.path.realpath(start)
        seen = {os.path.join(real_start, os.path.relpath(path, start)) for path in self._files}
        for link in sorted(self._links):
            real = os.path.realpath(link)
            if real not in seen and os.path.isfile(real):
                seen.add(real)
                yield link

    def _list(self, shown: str, actual: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(shown) as entries:
                return list(entries)
        except OSError as error:
            path = os.path.relpath(actual, self._gate.root).replace(os.sep, "/")
            self.problems.append(Problem(f"cannot be listed: {error.strerror or error}", path=path))
            return []
