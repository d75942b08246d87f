"""The folder of the caches: one file for each set of rules and settings, the least recently used removed."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from mldebt_lint.cache.database import Cache, DamagedCacheError
from mldebt_lint.codec import GarbledError
from mldebt_lint.errors import UserError

CACHE_FOLDER = ".mldebt_lint_cache"
TAG = """Signature: 8a477f597d28d172789f06886806bc55
# This folder is a cache of mldebt-lint: it may be deleted at any time, and backups may leave it out.
"""
MARKS = {"CACHEDIR.TAG": TAG, ".gitignore": "# Made by mldebt-lint.\n*\n"}
SUFFIX = ".sqlite"
CACHE = re.compile(rf"[0-9a-f]{{32}}\{SUFFIX}(-journal)?")
FILES = 6
BYTES = 2_000_000_000
STALE_SECONDS = 3600.0


def open_cache(folder: Path, key: str) -> Cache:
    """Open the cache for a key, made where there is none; where that is impossible, one that keeps nothing.

    Raises UserError for a folder that holds other files.
    """
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
    """Delete a cache folder; return whether there was one. Files of others in it, and then the folder, are left.

    Raises OSError where it cannot be deleted.
    """
    if not _is_tagged(folder):
        return False
    for path in folder.iterdir():
        if path.name in MARKS or CACHE.fullmatch(path.name):
            path.unlink()
    if not os.listdir(folder):
        folder.rmdir()
    return True


def _is_tagged(folder: Path) -> bool:
    """Whether a folder was made by `open_cache`; a full disk may have cut its tag short."""
    try:
        return TAG.startswith((folder / "CACHEDIR.TAG").read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return False


def _prepare(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if os.listdir(folder) and not _is_tagged(folder):
        raise UserError(
            f"'{folder}' holds other files than a cache", hint="give --cache-dir a folder of its own"
        )
    for name, text in MARKS.items():
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
        if not CACHE.fullmatch(path.name):
            continue
        with suppress(OSError):
            found = path.stat()
            yield found.st_mtime, found.st_size, path
