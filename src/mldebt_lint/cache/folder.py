"""The folder of the caches: one file for each set of rules and settings, the least recently used removed."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from mldebt_lint.cache.database import Cache, DamagedCacheError
from mldebt_lint.codec import GarbledError

CACHE_FOLDER = ".mldebt_lint_cache"
TAG = """Signature: 8a477f597d28d172789f06886806bc55
# This folder is a cache of mldebt-lint: it may be deleted at any time, and backups may leave it out.
"""
SUFFIX = ".sqlite"
FILES = 6
BYTES = 2_000_000_000
STALE_SECONDS = 3600.0


def open_cache(folder: Path, key: str) -> Cache:
    """Open the cache for a key, made where there is none; where that is impossible, one that keeps nothing."""
    file = folder / f"{key}{SUFFIX}"
    try:
        if not file.exists():
            _prepare(folder)
            _make_room(folder)
        elif time.time() - file.stat().st_mtime > STALE_SECONDS:
            os.utime(file)
    except OSError:
        if not file.exists():
            return Cache()
    try:
        return Cache(file)
    except DamagedCacheError as error:
        discard(file, error)
        return Cache()


def discard(file: Path | None, error: GarbledError) -> None:
    """Delete a cache that is broken, and not one that only cannot be read now."""
    if file is not None and (not isinstance(error, DamagedCacheError) or error.broken):
        for path in (file, file.with_name(f"{file.name}-journal")):
            with suppress(OSError):
                path.unlink()


def clean(folder: Path) -> bool:
    """Delete a cache folder; return whether there was one. Only what carries the tag of this tool is deleted.

    Raises OSError where it cannot be.
    """
    if not is_cache(folder):
        return False
    shutil.rmtree(folder)
    return True


def is_cache(folder: Path) -> bool:
    """Whether a folder was made by `open_cache`."""
    try:
        return (folder / "CACHEDIR.TAG").read_text(encoding="utf-8") == TAG
    except (OSError, UnicodeDecodeError):
        return False


def _prepare(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (("CACHEDIR.TAG", TAG), (".gitignore", "# Made by mldebt-lint.\n*\n")):
        if not (folder / name).exists():
            (folder / name).write_text(text, encoding="utf-8")


def _make_room(folder: Path) -> None:
    """Delete the least recently used caches beyond the bounds; the new one counts as one file."""
    total = 0
    for number, (_, size, path) in enumerate(sorted(_files(folder), reverse=True), start=2):
        total += size
        if number > FILES or total > BYTES:
            with suppress(OSError):
                path.unlink()


def _files(folder: Path) -> Iterator[tuple[float, int, Path]]:
    for path in folder.glob(f"*{SUFFIX}"):
        with suppress(OSError):
            found = path.stat()
            yield found.st_mtime, found.st_size, path
