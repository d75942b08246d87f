"""The comments of a cell, found by one regular expression that also knows strings."""

from __future__ import annotations

import re
from dataclasses import dataclass

# A string is matched so that a `#` inside it is not taken for a comment; an unterminated one ends at its line.
# Every way begins with a fixed sign and none can match in two ways: the engine then skips to the signs, and never back.
TOKEN = re.compile(
    r'"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*(?:"""|\Z)'
    r"|\'\'\'[^\'\\]*(?:(?:\\.|\'(?!\'\'))[^\'\\]*)*(?:\'\'\'|\Z)"
    r'|"[^"\\\n]*(?:\\.[^"\\\n]*)*["\n]?'
    r"|\'[^\'\\\n]*(?:\\.[^\'\\\n]*)*[\'\n]?"
    r"|#[^\n]*",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment: its text with the `#`, 1-based line and column, and whether it stands alone on its line."""

    text: str
    line: int
    column: int
    alone: bool
    cell: int | None


def find_comments(text: str, cell: int | None) -> list[Comment]:
    """Return the comments of one cell's text, in order."""
    comments: list[Comment] = []
    line, start_of_line, seen = 1, 0, 0
    for match in TOKEN.finditer(text) if "#" in text else ():
        start = match.start()
        if text[start] != "#":
            continue
        line += text.count("\n", seen, start)
        seen = start
        start_of_line = text.rfind("\n", 0, start) + 1
        alone = not text[start_of_line:start].strip()
        comments.append(Comment(match.group().rstrip("\r"), line, start - start_of_line + 1, alone, cell))
    return comments
