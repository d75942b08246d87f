"""What there is before anything is read: the files of the project, and those of them that a run reports on."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from mldebt_lint.model import Problem
from mldebt_lint.reading.discover import DiscoverOptions, discover, scan
from mldebt_lint.reading.document import Document
from mldebt_lint.reading.ignore import directory_prefix
from mldebt_lint.reading.options import ReadOptions
from mldebt_lint.reading.source import document_from_bytes
from mldebt_lint.request import Request


@dataclass(frozen=True, slots=True)
class Survey:
    """The files of one project by their POSIX path relative to its root, sorted.

    `files` are Python files and notebooks, of which findings are reported for the `targets`; `companions` all other
    files that say something about the project. `raw` holds content that stands in for the file of that path.
    """

    files: Mapping[str, Path]
    companions: Mapping[str, Path]
    targets: frozenset[str]
    problems: tuple[Problem, ...]
    raw: Mapping[str, bytes]
    options: ReadOptions

    def read(self, path: str) -> tuple[bytes, Document]:
        """Return a file's bytes and document. Raises OSError or LookupError where there is none."""
        raw = self.raw[path] if path in self.raw else self.files[path].read_bytes()
        return raw, document_from_bytes(raw, path, self.options)


def take_survey(request: Request) -> Survey:
    """Find every file of the project and the requested ones. Raises UserError for a path that is not there."""
    config, root = request.config, request.config.root
    options = DiscoverOptions(root, config.exclude + config.extend_exclude, request.force_exclude)
    whole = scan(root, options)
    paths = [root if os.path.abspath(path) == os.fspath(root) else path for path in request.paths]
    wanted = _by_name(discover(paths, options, whole), root)
    raw = {}
    if request.stdin is not None:
        path, content = request.stdin
        (name,) = _by_name([path], root)
        wanted[name], raw[name] = path, content
    files = _by_name(whole.python, root) | wanted
    return Survey(
        {name: files[name] for name in sorted(files)},
        _by_name(whole.companions, root),
        frozenset(wanted),
        whole.problems,
        raw,
        ReadOptions(python_cell_magics=config.python_cell_magics),
    )


def _by_name(paths: Iterable[Path], root: Path) -> dict[str, Path]:
    """Return the paths by their POSIX path relative to the root."""
    prefix = directory_prefix(os.fspath(root))
    found = {}
    for path in paths:
        text = os.fspath(path)
        # What a walk of the root found is below it as it stands, and needs no resolving.
        below = text.startswith(prefix) and "/." not in text and os.sep == "/"
        found[text[len(prefix) :] if below else Path(os.path.relpath(path, root)).as_posix()] = path
    return found
