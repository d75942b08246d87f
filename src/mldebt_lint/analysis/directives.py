"""Suppression comments: `# mldebt: ignore[CODE] reason`, its file and cell forms, and `# noqa: MLD…`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mldebt_lint.analysis.comments import Comment
from mldebt_lint.model import Location, Span

OWN = re.compile(
    r"#\s*mldebt:\s*(?P<scope>file-ignore|cell-ignore|ignore)\s*(?:\[(?P<rules>[^\]]*)\])?(?P<reason>.*)"
)
NOQA = re.compile(r"#\s*noqa:\s*(?P<rules>[A-Z]+[0-9]+(?:[\s,]+[A-Z]+[0-9]+)*)", re.IGNORECASE)


class Reach(StrEnum):
    """What a directive silences."""

    STATEMENT = "ignore"
    CELL = "cell-ignore"
    FILE = "file-ignore"


@dataclass(frozen=True, slots=True)
class Directive:
    """One suppression comment.

    `rules` are the words between its brackets, `lines` the lines at which it looks for findings. `unused` is
    filled in at the end: the words that silenced nothing although their rule ran.
    """

    where: Location
    reach: Reach
    rules: tuple[str, ...]
    lines: frozenset[int]
    reason: str = ""
    is_noqa: bool = False
    unused: tuple[str, ...] = ()


def find_directives(comments: Sequence[Comment], path: str) -> Iterator[Directive]:
    """Yield the directives among a file's comments."""
    alone = {(c.cell, c.line) for c in comments if c.alone}
    for comment in comments:
        if "mldebt" not in comment.text and "noqa" not in comment.text.lower():
            continue
        lines = _lines(comment, alone)
        if found := OWN.search(comment.text):
            where = _where(path, comment, found)
            yield Directive(
                where, Reach(found["scope"]), _words(found["rules"]), lines, found["reason"].strip()
            )
        elif found := NOQA.search(comment.text):
            words = tuple(word for word in _words(found["rules"]) if word.upper().startswith("MLD"))
            if words:
                yield Directive(_where(path, comment, found), Reach.STATEMENT, words, lines, is_noqa=True)


def _lines(comment: Comment, alone: set[tuple[int | None, int]]) -> frozenset[int]:
    """Its own line; a comment alone on its line also the next one, and the first below a run of such comments."""
    if not comment.alone:
        return frozenset({comment.line})
    below = comment.line + 1
    while (comment.cell, below) in alone:
        below += 1
    return frozenset({comment.line, comment.line + 1, below})


def _words(rules: str | None) -> tuple[str, ...]:
    return tuple(word for word in re.split(r"[\s,]+", rules or "") if word)


def _where(path: str, comment: Comment, found: re.Match[str]) -> Location:
    first = comment.column + found.start()
    end = comment.column + len(found.group().rstrip())
    return Location(
        path, Span(comment.line, first, comment.line, end), comment.cell, (comment.line, comment.line)
    )
