"""The keys under which results are kept: everything that decides them, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b

from mldebt_lint import sources
from mldebt_lint.config import Config
from mldebt_lint.sources import Sources


def analysis_key(config: Config, origin: Sources) -> str:
    """Return the key of what is found in one file and of its facts.

    Selection counts as it is written, for the rules it names are not loaded; profile, severities, ignored files and
    the paths of a run do not count: they choose among what was found.
    """
    flags = config.flags
    words = (
        *(config.select, config.extend_select, config.ignore),
        *(flags.select, flags.extend_select, flags.ignore),
        sorted((name, sorted(options.items())) for name, options in config.rule_options.items()),
        config.python_cell_magics,
        sources.digest(origin),
    )
    return _digest(map(repr, words))


def state_key(config: Config, asked: Iterable[object], files: Mapping[str, str]) -> str:
    """Return the key of a whole report: all settings, what was asked, and the digest of every file."""
    words = [repr(config), repr(config.notes), *map(repr, asked)]
    return _digest([*words, *(f"{path}\0{digest}" for path, digest in sorted(files.items()))])


def facts_key(
    kinds: Iterable[str], files: Mapping[str, Mapping[str, str]], companions: Mapping[str, str]
) -> str:
    """Return the key of what rules find by facts of these kinds in a project.

    `files` hold, by path, the digests of their facts by kind, `companions` the digests of the files beside them.
    """
    facts = (
        f"{kind}\0{path}\0{digests[kind]}"
        for kind in sorted(kinds)
        for path, digests in sorted(files.items())
        if kind in digests
    )
    return _digest([*facts, *(f"{path}\0{digest}" for path, digest in sorted(companions.items()))])


def _digest(words: Iterable[str]) -> str:
    text = "\0\0".join(words)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
