"""What a literal path, table or query names, so that a writer and a reader of the same thing can be told to be one."""

from __future__ import annotations

import posixpath
import re

from mldebt_lint.analysis.paths import folder

SELECT = re.compile(r"(?is)^\s*(?:select|with)\b.*?\bfrom\s+[\"'`\[]?([\w.]+)")
ADDRESS = re.compile(r"^\w+://")
# Places that are gone soon, or that another folder decides.
PASSING = ("..", "/dev/", "/tmp/")  # noqa: S108  # compared, not used
# A name that says nothing of what it holds: scripts that do not know of each other have it, too.
COMMON = frozenset({"out", "output", "data", "tmp", "temp", "test", "log", "result"})


def store_of(path: str, *, sql: bool = False) -> str:
    """Return the normalised name of a file, address or table; empty for what names nothing in particular."""
    text = path.strip()
    query = SELECT.match(text)
    if query is not None:
        return f"table {query[1].lower()}"
    if not text or "\n" in text or "{" in text or "*" in text or len(text) > 300:
        return ""
    if sql:
        return f"table {text.lower()}" if re.fullmatch(r"[\w.]+", text) else ""
    if ADDRESS.match(text):
        return text.rstrip("/")
    normal = posixpath.normpath(text.replace("\\", "/"))
    stem = posixpath.basename(normal).partition(".")[0].lower()
    if normal.startswith(PASSING) or stem in COMMON:
        return ""
    return normal if "." in posixpath.basename(normal) or "/" in normal else ""


def may_meet(one: str, other: str, store: str) -> bool:
    """Whether two files of a project may mean the same by a relative path: by where they stand.

    Scripts are run from their own folder or from one above it. Those of two folders beside each other mean the same only
    by a path that names folders.
    """
    if ADDRESS.match(store) or store.startswith(("table ", "/")):
        return True
    here, there = folder(one), folder(other)
    if here == there:
        return True
    near = f"{here}/".startswith(f"{there}/") or f"{there}/".startswith(f"{here}/") or not here or not there
    beside = folder(here) == folder(there) and "/" in store
    return ("/" in store and near) or beside
