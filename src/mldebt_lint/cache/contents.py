"""Tells whether files are what they were: by size and times where these can be trusted, else by their content."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from mldebt_lint.reading.document import content_digest

# A file that was written so shortly before it was looked at may be written again within the same tick of the clock
# (FAT counts in two seconds): its times say nothing.
RACY_NANOSECONDS = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Content:
    """What a file was when it was looked at: size in bytes, times in nanoseconds, the digest of its bytes.

    The digest is empty while nobody has read the file.
    """

    size: int
    modified: int
    changed: int
    digest: str = ""

    def must_be(self, now: Content, seen: int) -> bool:
        """Whether the file, as it is `now`, must be the same bytes as this one, looked at at the time `seen`."""
        same = (self.size, self.modified, self.changed) == (now.size, now.modified, now.changed)
        return same and max(self.modified, self.changed) < seen - RACY_NANOSECONDS


class Contents:
    """The files of a run as they are now, with the digests of those that earlier runs have met.

    `kept` is what a cache knows: for each path what it was, and when that was seen. Files are read only to confirm
    what their times leave open.
    """

    def __init__(self, files: Mapping[str, Path], kept: Mapping[str, tuple[Content, int]]) -> None:
        self._files = files
        self._now: dict[str, Content] = {}
        self._unsaved: set[str] = set()
        self.gone = kept.keys() - files.keys()
        for path, file in files.items():
            now = _look(file)
            if now is not None:
                self._now[path] = self._recognised(path, now, kept.get(path))

    @property
    def digests(self) -> dict[str, str]:
        """The digests that are known, by path."""
        return {path: content.digest for path, content in self._now.items() if content.digest}

    @property
    def are_known(self) -> bool:
        """Whether the digest of every file is known."""
        return len(self.digests) == len(self._files)

    @property
    def unsaved(self) -> dict[str, Content]:
        """What a cache does not know yet."""
        return {path: self._now[path] for path in self._unsaved if self._now[path].digest}

    def learn(self, path: str, digest: str) -> None:
        """Take the digest of a file that was read."""
        if path in self._now and digest != self._now[path].digest:
            self._now[path] = replace(self._now[path], digest=digest)
            self._unsaved.add(path)

    def read(self, path: str) -> None:
        """Read a file for its digest, if that is not known."""
        if path in self._now and not self._now[path].digest:
            self.learn(path, _digest(self._files[path]))

    def _recognised(self, path: str, now: Content, kept: tuple[Content, int] | None) -> Content:
        if kept is None:
            return now
        before, seen = kept
        if before.must_be(now, seen):
            return before
        self._unsaved.add(path)
        return replace(now, digest=_digest(self._files[path]))


def _look(file: Path) -> Content | None:
    try:
        found = os.stat(file)
    except OSError:
        return None
    return Content(found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _digest(file: Path) -> str:
    try:
        return content_digest(file.read_bytes())
    except OSError:
        return ""
