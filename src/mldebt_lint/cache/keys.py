"""The keys under which results are kept: everything that decides them, and nothing else."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from pathlib import Path

from mldebt_lint import sources
from mldebt_lint.config import Config
from mldebt_lint.sources import Sources


def analysis_key(config: Config, origin: Sources, folder: Path) -> str:
    """Return the key of what is found in one file and of its facts, for a cache in a folder.

    Selection counts as it is written, for the rules it names are not loaded; profile, severities, ignored files and
    the paths of a run do not count: they choose among what was found. Projects that share a folder are told apart by
    the way to them from there, so that a project and its own cache may be moved together.
    """
    flags = config.flags
    words = (
        *(config.select, config.extend_select, config.ignore),
        *(flags.select, flags.extend_select, flags.ignore),
        sorted((name, sorted(options.items())) for name, options in config.rule_options.items()),
        config.python_cell_magics,
        os.path.relpath(config.root, folder),
        sources.digest(origin),
    )
    return _digest(map(repr, words))


def state_key(config: Config, asked: Iterable[object], files: Mapping[str, str]) -> str:
    """Return the key of a whole report: all settings, what was asked, and the digest of every file."""
    words = [repr(config), repr(config.notes), *map(repr, asked)]
    return _digest([*words, *(f"{path}\0{digest}" for path, digest in sorted(files.items()))])


class FactKeys:
    """Keys of what rules find in a project, by the facts that they read.

    `files` hold, by path, the digests of their facts by kind, `companions` the digests of the files beside them.
    """

    def __init__(self, files: Mapping[str, Mapping[str, str]], companions: Mapping[str, str]) -> None:
        by_kind: defaultdict[str, list[str]] = defaultdict(list)
        for path in sorted(files):
            for kind, digest in files[path].items():
                by_kind[kind].append(f"{path}\0{digest}")
        self._of_kind = {kind: _digest(found) for kind, found in by_kind.items()}
        self._beside = _digest(f"{path}\0{digest}" for path, digest in sorted(companions.items()))

    def key(self, kinds: Iterable[str]) -> str:
        """Return the key for a rule that reads facts of these kinds."""
        return _digest([self._beside, *(f"{kind}\0{self._of_kind.get(kind, '')}" for kind in sorted(kinds))])


def _digest(words: Iterable[str]) -> str:
    text = "\0\0".join(words)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
