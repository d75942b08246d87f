"""Reads the companion files of a project: requirements, packaging, pipelines, CI, shell, readme, configuration."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from mldebt_lint.reading.commands import commands
from mldebt_lint.reading.discover import DiscoverOptions, Scan, scan
from mldebt_lint.reading.kinds import Companion, CompanionKind, companion_kind
from mldebt_lint.reading.packaging import console_scripts, requirement_bounds
from mldebt_lint.reading.targets import run_targets

__all__ = [
    "Companion",
    "CompanionKind",
    "Scan",
    "commands",
    "console_scripts",
    "load_companions",
    "read_companions",
    "requirement_bounds",
    "run_targets",
    "scan",
]

_MAX_BYTES = 256_000
# More files of one suffix in one directory are data, not configuration.
_MANY = 100


def read_companions(root: Path, options: DiscoverOptions) -> tuple[Companion, ...]:
    """Find and read the companion files below `root`, sorted by path."""
    return load_companions(scan(root, options).companions, root)


def load_companions(paths: Sequence[Path], root: Path) -> tuple[Companion, ...]:
    """Read the companion files found by a scan of `root`; what is too large or unreadable is left out."""
    crowds = Counter((path.parent, path.suffix) for path in paths)
    found = []
    for path in paths:
        relative = os.path.relpath(path, root).replace(os.sep, "/")
        kind = companion_kind(relative)
        if kind is None or (kind is CompanionKind.CONFIG and crowds[path.parent, path.suffix] > _MANY):
            continue
        text = _text(path)
        if text is not None:
            found.append(Companion(relative, kind, text))
    return tuple(sorted(found, key=lambda companion: companion.path))


def _text(path: Path) -> str | None:
    try:
        if path.stat().st_size > _MAX_BYTES:
            return None
        raw = path.read_bytes()
    except OSError:
        return None
    return None if b"\0" in raw else raw.decode("utf-8-sig", "replace")
