"""Text for a terminal: colours, cell widths, and control characters made visible."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from mldebt_lint.model import Severity

TAB = "    "

# C0, DEL and C1 drive terminals; bidirectional controls reorder what is read; line and paragraph separators
# break lines; lone surrogates cannot be encoded.
UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


class Ink(StrEnum):
    """The looks that reporters use, as SGR parameters."""

    PLAIN = ""
    BOLD = "1"
    DIM = "2"
    RED = "1;31"
    GREEN = "1;32"
    YELLOW = "1;33"
    CYAN = "1;36"
    BLUE = "1;94"


def severity_ink(severity: Severity) -> Ink:
    """Return the look of a severity."""
    match severity:
        case Severity.ERROR:
            return Ink.RED
        case Severity.WARNING:
            return Ink.YELLOW
        case Severity.INFO:
            return Ink.CYAN


def paint(text: str, ink: Ink, *, color: bool) -> str:
    """Return the text in that look, or as it is when there is no colour or nothing to colour."""
    return f"\x1b[{ink.value}m{text}\x1b[0m" if color and ink.value and text else text


def link(text: str, url: str) -> str:
    """Return the text as an OSC 8 hyperlink."""
    return f"\x1b]8;;{url}\x1b\\{text}\x1b]8;;\x1b\\"


def visible(text: str) -> str:
    """Return the text in one line, with everything that could drive a terminal written as an escape."""
    return UNSAFE.sub(lambda match: _escaped(match.group()), text)


def shown(char: str) -> tuple[str, int]:
    """Return what to print for one character of source and how many terminal cells that takes."""
    if char.isascii() and char.isprintable():
        return char, 1
    if char == "\t":
        return TAB, len(TAB)
    if UNSAFE.match(char):
        text = _escaped(char)
        return text, len(text)
    if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return char, 0
    return char, 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cells(text: str) -> int:
    """Return the width of a text in terminal cells, as `shown` prints it."""
    return len(text) if text.isascii() and text.isprintable() else sum(shown(char)[1] for char in text)


def count(number: int, noun: str) -> str:
    """Return `1 file`, `2 files`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
