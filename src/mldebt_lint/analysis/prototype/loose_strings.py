"""The strings of a cell that does not parse, found by one regular expression that also knows comments."""

from __future__ import annotations

import re
from dataclasses import dataclass

TOKEN = re.compile(
    r'(?P<prefix>[rRuUbB]{0,2})(?P<quote>"""|\'\'\'|"|\')'
    r"(?P<body>(?:\\.|(?!(?P=quote))[^\\])*?)(?P=quote)|#[^\n]*|(?P<open>[(\[{])|(?P<close>[)\]}])",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class LooseString:
    """One string: its text without quotes, 1-based line and column, its length, and what stands before it.

    `before` is the text between the start of its line and the string, stripped. `alone` is true for a string that is
    a statement of its own, such as a docstring. Escapes are not evaluated.
    """

    text: str
    line: int
    column: int
    length: int
    before: str
    alone: bool
    cell: int | None


def find_strings(text: str, cell: int | None) -> list[LooseString]:
    """Return the strings of one cell's text, in order; those over several lines are left out."""
    found: list[LooseString] = []
    depth, line, seen = 0, 1, 0
    for match in TOKEN.finditer(text):
        if match["open"] or match["close"]:
            depth = max(depth + (1 if match["open"] else -1), 0)
        if match["quote"] is None or "\n" in match["body"]:
            continue
        start = match.start()
        line += text.count("\n", seen, start)
        seen = start
        begin = text.rfind("\n", 0, start) + 1
        before = text[begin:start].strip()
        place = (line, start - begin + 1, match.end() - start)
        found.append(LooseString(match["body"], *place, before, not before and depth == 0, cell))
    return found
