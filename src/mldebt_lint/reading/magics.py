"""Turns a cell written for IPython into Python of equal length, and keeps its escapes as facts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mldebt_lint.reading.document import Magic, MagicKind
from mldebt_lint.reading.escapes import Escape, fact, find_escapes, stand_in
from mldebt_lint.reading.text import LINE_END, blank

_LEAD = r"(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n))*[ \t]*"
_CELL_MAGIC = re.compile(rf"{_LEAD}(?P<magic>%%(?P<name>[^\W\d][\w.-]*)(?![\w.?-])(?P<rest>[^\r\n]*))")
# Databricks: one sign, and the whole cell is in another language. `%sql` and `%r` with something behind them are
# line magics elsewhere.
_LANGUAGE_MAGIC = re.compile(
    rf"{_LEAD}(?P<magic>%(?P<name>md|sh|scala|fs|(?:sql|r)(?=[ \t]*(?:[\r\n]|\Z)))(?!\S)(?P<rest>[^\r\n]*))"
)
# What IPython, with automagic on, takes for a magic or a shell alias at the start of a cell.
_AUTOMAGIC = re.compile(
    r"(?P<name>cat|cd|conda|cp|env|less|ll|load_ext|ls|mamba|man|matplotlib|micromamba|mkdir|more|mv|pip|prun|pwd"
    r"|reload_ext|rm|rmdir|run|time|timeit|uv|who|whos|autoreload|lprun|memit|mprun|pylab|tensorboard|watermark)"
    r"(?P<rest>[ \t]+(?![=+*/%@&|^<>!(,;:\[]|-[= ]|(?:in|is|not|and|or|if)\b)[^\r\n]*)"
)
_SKIPPED = re.compile(_LEAD)
_SHIFT = re.compile(r"[ \t]+")


@dataclass(frozen=True, slots=True)
class Replaced:
    """A cell's text without escapes, of the same length and lines, and the escapes that stood there."""

    text: str
    magics: tuple[Magic, ...]


def replace_magics(text: str, python_cell_magics: tuple[str, ...]) -> Replaced:
    """Replace every escape of a cell; a cell magic not among `python_cell_magics` blanks the cell.

    A cell that is indented as a whole is moved to the left, as IPython does, with the spaces put at the ends
    of its lines: there, and only there, columns are less than in the notebook.
    """
    magics: list[Magic] = []
    while match := _CELL_MAGIC.match(text) or _LANGUAGE_MAGIC.match(text):
        magics.append(fact(MagicKind.CELL, text, match.start("magic"), match["name"], match["rest"]))
        if match["name"] not in python_cell_magics:
            return Replaced(blank(text), tuple(magics))
        text = _put(text, match.start("magic"), blank(match["magic"]))
    text = _automagic(_moved_left(text), magics)
    for escape in find_escapes(text):
        text = _put(text, escape.start, stand_in(text[escape.start : escape.end], escape))
        magics.append(escape.magic)
    return Replaced(text, tuple(magics))


def _put(text: str, start: int, piece: str) -> str:
    return text[:start] + piece + text[start + len(piece) :]


def _automagic(text: str, magics: list[Magic]) -> str:
    """Replace the lines at the start of a cell that are magics without a sign."""
    position = _end(_SKIPPED, text, 0)
    while match := _AUTOMAGIC.match(text, position):
        magic = fact(MagicKind.LINE, text, position, match["name"], match["rest"])
        magics.append(magic)
        text = _put(text, position, stand_in(match.group(), Escape(position, match.end(), magic)))
        position = _end(_SKIPPED, text, _end(LINE_END, text, match.end()))
    return text


def _moved_left(text: str) -> str:
    first = re.search(r"^[ \t]*(?=[^ \t\r\n])", text, re.MULTILINE)
    if first is None or not first.group():
        return text
    pieces = re.split(r"(\r\n|\r|\n)", text)
    return "".join(_line_moved_left(piece, first.group()) for piece in pieces)


def _line_moved_left(line: str, indent: str) -> str:
    """Put the indent at the end, but before a backslash that joins the line to the next."""
    if not line.startswith(indent):
        return line
    rest = line[len(indent) :]
    joins = "\\" if rest.endswith("\\") else ""
    return rest.removesuffix(joins) + " " * len(indent) + joins


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position
