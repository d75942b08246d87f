"""`mldebt-lint clean`: delete the caches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from mldebt_lint.cache import CACHE_FOLDER, clean
from mldebt_lint.config import find_root, shown_path
from mldebt_lint.errors import UserError


def clean_caches(paths: Iterable[str], cache_dir: str | None) -> Iterator[str]:
    """Delete the cache of each project that a path belongs to, or the one given; yield what was done.

    Raises UserError for a folder that is no cache of this tool, and for one that cannot be deleted.
    """
    folders = [Path(cache_dir)] if cache_dir else [find_root(Path(path)) / CACHE_FOLDER for path in paths]
    for folder in dict.fromkeys(folders):
        shown = shown_path(folder, Path.cwd())
        try:
            deleted = clean(folder)
        except OSError as error:
            raise UserError(f"cannot delete '{shown}': {error.strerror or error}") from error
        if not deleted and folder.exists():
            raise UserError(f"'{shown}' is no cache of mldebt-lint", hint="delete it yourself if it can go")
        yield f"{'deleted' if deleted else 'there is no'} {shown}"
