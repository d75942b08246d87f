"""One cache: an SQLite file that several processes may read and write at once.

Every row carries a checksum over all of it. A row that does not agree, and whatever else SQLite finds broken, raises
DamagedCacheError: the run then starts again without a cache. What cannot be written is not kept; nobody is told, for
nothing is lost but time.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias
from zlib import crc32

from mldebt_lint.cache.contents import Content
from mldebt_lint.codec import GarbledError

TABLES = """
CREATE TABLE IF NOT EXISTS contents (
    path TEXT PRIMARY KEY, size INT, modified INT, changed INT, digest TEXT, seen INT, crc INT);
CREATE TABLE IF NOT EXISTS entries (
    path TEXT PRIMARY KEY, digest TEXT, codes TEXT, kinds TEXT, result BLOB, crc INT);
CREATE TABLE IF NOT EXISTS facts (
    kind TEXT, path TEXT, digest TEXT, packed BLOB, crc INT, PRIMARY KEY (kind, path));
CREATE INDEX IF NOT EXISTS facts_of_path ON facts (path);
CREATE TABLE IF NOT EXISTS verdicts (code TEXT PRIMARY KEY, kinds TEXT, key TEXT, packed BLOB, crc INT);
CREATE TABLE IF NOT EXISTS reports (key TEXT PRIMARY KEY, packed BLOB, crc INT);
"""
PUT = {
    "contents": "INSERT OR REPLACE INTO contents VALUES (?, ?, ?, ?, ?, ?, ?)",
    "entries": "INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?, ?)",
    "facts": "INSERT OR REPLACE INTO facts VALUES (?, ?, ?, ?, ?)",
    "verdicts": "INSERT OR REPLACE INTO verdicts VALUES (?, ?, ?, ?, ?)",
    "reports": "INSERT OR REPLACE INTO reports VALUES (?, ?, ?)",
}
FORGET = (
    "DELETE FROM contents WHERE path = ?",
    "DELETE FROM entries WHERE path = ?",
    "DELETE FROM facts WHERE path = ?",
)
BROKEN = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR})
WAIT_SECONDS = 10.0  # for another process to finish writing
# Files that are written in one transaction; what a killed run had finished is there for the next one.
BATCH = 256
REPORTS = 32

Kept: TypeAlias = tuple[dict[str, str], bytes]


class DamagedCacheError(GarbledError):
    """The cache cannot be used; `broken` when it has to be deleted."""

    def __init__(self, reason: str, *, broken: bool = True) -> None:
        super().__init__(reason)
        self.broken = broken


@dataclass(frozen=True, slots=True)
class Entry:
    """What is kept of one analysed file.

    `digest` is that of the bytes that were analysed, `codes` are the rules that were asked about them. `result` is
    packed, empty where there is nothing to tell; so are the `facts`, by kind. `kinds` holds the digests of these.
    """

    path: str
    digest: str
    codes: frozenset[str]
    result: bytes
    facts: Mapping[str, bytes]
    kinds: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule found in a whole project: the kinds of facts that it read, the key of their state, the findings."""

    code: str
    kinds: frozenset[str]
    key: str
    packed: bytes


class Cache:
    """What earlier runs kept. Without a file it knows nothing and keeps nothing."""

    def __init__(self, file: Path | None = None) -> None:
        self.file = file
        self._waiting: list[Entry] = []
        self._connection: sqlite3.Connection | None = None
        self._writes = False
        if file is not None:
            with _damage():
                self._connection = connect(file)
                self._writes = not self._connection.execute("PRAGMA query_only").fetchone()[0]

    def close(self) -> None:
        """Write what waits, and let go of the file."""
        self.flush()
        self.abandon()

    def abandon(self) -> None:
        """Let go of the file as it is; from now on nothing is known and nothing kept."""
        self._waiting.clear()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    # -- reading ------------------------------------------------------------------------------------------

    def contents(self) -> dict[str, tuple[Content, int]]:
        """Return what every known file was, and the time in nanoseconds at which that was seen."""
        query = "SELECT path, size, modified, changed, digest, seen, crc FROM contents"
        return {row[0]: (Content(*row[1:5]), row[5]) for row in self._read(query)}

    def entries(self, wanted: Mapping[str, tuple[str, frozenset[str]]]) -> dict[str, Kept]:
        """Return, by path, what is kept of files: the kinds of their facts with digests, and the packed result.

        `wanted` holds the digest that a file must have and the codes that must have been asked about it.
        """
        found = {}
        query = "SELECT path, digest, codes, kinds, result, crc FROM entries"
        for path, digest, codes, kinds, result in self._read(query):
            asked = wanted.get(path)
            if asked is not None and asked[0] == digest and asked[1] <= _words(codes):
                words = kinds.split(" ") if kinds else []
                found[path] = (dict(zip(words[::2], words[1::2], strict=True)), result)
        return found

    def facts(self, kind: str, digests: Mapping[str, str]) -> dict[str, bytes]:
        """Return the packed facts of one kind by path, of the files that still have the digest given."""
        rows = self._read("SELECT kind, path, digest, packed, crc FROM facts WHERE kind = ?", kind)
        return {path: packed for _, path, digest, packed in rows if digests.get(path) == digest}

    def verdicts(self) -> dict[str, Verdict]:
        """Return what rules found in the project when they last judged it, by code."""
        rows = self._read("SELECT code, kinds, key, packed, crc FROM verdicts")
        return {code: Verdict(code, _words(kinds), key, packed) for code, kinds, key, packed in rows}

    def report(self, key: str) -> bytes | None:
        """Return the packed report that was kept under a key."""
        rows = self._read("SELECT key, packed, crc FROM reports WHERE key = ?", key)
        return next((packed for _, packed in rows), None)

    def _read(self, query: str, *values: str) -> Iterator[tuple[Any, ...]]:
        if self._connection is None:
            return
        with _damage():
            for *row, crc in self._connection.execute(query, values):
                if crc != _checksum(row):
                    raise DamagedCacheError("a row does not agree with its checksum")
                yield tuple(row)

    # -- writing ------------------------------------------------------------------------------------------

    def add(self, entry: Entry) -> Sequence[Entry]:
        """Keep what one file gave; it may be written later. Return what is written by now and was not before."""
        if self._writes and _is_text(entry.path):
            self._waiting.append(entry)
            if len(self._waiting) >= BATCH:
                return self.flush()
        return ()

    def flush(self) -> Sequence[Entry]:
        """Write what waits, and return what of it is written."""
        entries, self._waiting = self._waiting, []
        with self._writing() as connection:
            if connection is None or not entries:
                return ()
            connection.executemany(FORGET[-1], [(entry.path,) for entry in entries])
            _put(connection, "entries", (_entry_row(entry) for entry in entries))
            facts = ((kind, e.path, e.digest, packed) for e in entries for kind, packed in e.facts.items())
            _put(connection, "facts", facts)
        return entries if self._writes else ()

    def keep_contents(self, contents: Mapping[str, Content], gone: Iterable[str]) -> None:
        """Keep what files are now, and forget all about those that are gone."""
        seen = time.time_ns()
        with self._writing() as connection:
            if connection is None:
                return
            for statement in FORGET:
                connection.executemany(statement, [(path,) for path in gone])
            named = ((p, c) for p, c in contents.items() if _is_text(p))
            rows = ((p, c.size, c.modified, c.changed, c.digest, seen) for p, c in named)
            _put(connection, "contents", rows)

    def keep_verdicts(self, verdicts: Iterable[Verdict]) -> None:
        """Keep what rules found in the project, in the place of what they found before."""
        with self._writing() as connection:
            if connection is not None:
                rows = ((v.code, " ".join(sorted(v.kinds)), v.key, v.packed) for v in verdicts)
                _put(connection, "verdicts", rows)

    def keep_report(self, key: str, packed: bytes) -> None:
        """Keep a report; the oldest make room."""
        with self._writing() as connection:
            if connection is None:
                return
            _put(connection, "reports", [(key, packed)])
            connection.execute(
                "DELETE FROM reports WHERE rowid <= (SELECT max(rowid) FROM reports) - ?", (REPORTS,)
            )

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection | None]:
        """Run one transaction; when it cannot be written (full disk, read-only, locked) nothing more will be."""
        if self._connection is None or not self._writes:
            yield None
            return
        try:
            with self._connection:
                yield self._connection
        except (sqlite3.Error, OverflowError):  # the times of a file may be beyond all integers of SQLite
            self._writes = False


def connect(file: Path) -> sqlite3.Connection:
    """Open a cache for reading and writing, or only for reading where nothing else is allowed."""
    try:
        # A killed process loses nothing that the system has taken; a crash of the system may break the file, which
        # the checksums then tell.
        return _connected(file, "PRAGMA synchronous = OFF;" + TABLES)
    except sqlite3.OperationalError:
        return _connected(f"{file.absolute().as_uri()}?mode=ro", "PRAGMA query_only = ON;")


def _connected(place: Path | str, script: str) -> sqlite3.Connection:
    connection = sqlite3.connect(place, uri=isinstance(place, str), timeout=WAIT_SECONDS)
    try:
        # The file may be somebody else's: what its own tables define runs no function.
        connection.executescript("PRAGMA trusted_schema = OFF;" + script)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _put(connection: sqlite3.Connection, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
    connection.executemany(PUT[table], ((*row, _checksum(row)) for row in rows))


def _entry_row(entry: Entry) -> tuple[Any, ...]:
    codes = " ".join(sorted(entry.codes))
    kinds = " ".join(word for pair in entry.kinds.items() for word in pair)
    return (entry.path, entry.digest, codes, kinds, entry.result)


@cache
def _words(text: str) -> frozenset[str]:
    """Divide a column of words, of which there are few that differ."""
    return frozenset(text.split())


def _is_text(path: str) -> bool:
    """Whether SQLite can hold a path; the name of a file may be no text."""
    return path.isascii() or path == path.encode("utf-8", "replace").decode()


def _checksum(row: Iterable[object]) -> int:
    """Return the checksum of all columns; what is long, and bytes, is not copied for it."""
    found = 0
    for value in row:
        found = crc32(value if isinstance(value, bytes) else repr(value).encode(), crc32(b"\0", found))
    return found


@contextmanager
def _damage() -> Iterator[None]:
    """Turn whatever a broken file makes SQLite or the reader raise into DamagedCacheError."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        raise DamagedCacheError(str(error), broken=code & 0xFF in BROKEN) from error
    except (GarbledError, TypeError, ValueError, OverflowError) as error:
        raise DamagedCacheError(str(error)) from error
