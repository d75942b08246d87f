"""Where the characters of a notebook's cells stand in the `.ipynb` file itself."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from dataclasses import dataclass
from json.decoder import scanstring  # type: ignore[attr-defined]  # typeshed leaves it out

from mldebt_lint.model import Span
from mldebt_lint.reading.text import line_starts

_SPACE = re.compile(r"[ \t\r\n]*")
_ESCAPE = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)")
_DECODER = json.JSONDecoder(strict=False)


@dataclass(frozen=True, slots=True)
class _Literal:
    """A string of a cell's source: where its inside begins in the file, and what it says."""

    start: int
    end: int
    text: str


class PhysicalMap:
    """Translates spans of cells into spans of the file; made by `physical_spans`."""

    def __init__(self, text: str, cells: dict[int, list[_Literal]]) -> None:
        self._text = text
        self._cells = cells
        self._lines = line_starts(text)

    def span(self, cell_number: int, span: Span) -> Span:
        """Return where `span` of the cell stands in the file: 1-based lines and code-point columns.

        A span outside the cell is cut to it; a cell that the file does not have is its first character.
        """
        literals = self._cells.get(cell_number, [])
        if not literals:
            return Span(1, 1, 1, 1)
        source = "".join(literal.text for literal in literals)
        starts = line_starts(source)
        first = _offset(starts, len(source), span.line, span.column)
        last = max(first, _offset(starts, len(source), span.end_line, span.end_column))
        begin = self._locate(literals, first, is_end=False)
        end = begin if last == first else self._locate(literals, last, is_end=True)
        return Span(*self._position(begin), *self._position(end))

    def _locate(self, literals: list[_Literal], offset: int, *, is_end: bool) -> int:
        for literal in literals:
            length = len(literal.text)
            if offset < length or (is_end and offset == length):
                return _raw_offset(self._text, literal, offset)
            offset -= length
        return literals[-1].end

    def _position(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1


def physical_spans(raw: bytes) -> PhysicalMap:
    """Read where each cell's source stands in a notebook's bytes; raises ValueError where they break off."""
    text = raw.decode(json.detect_encoding(raw), "surrogatepass")
    top = _members(text, _skip_space(text, 0))
    if "cells" in top:
        cells = _items(text, top["cells"])
    else:
        sheets = [_members(text, sheet) for sheet in _items(text, top.get("worksheets", -1))]
        cells = [cell for sheet in sheets for cell in _items(text, sheet.get("cells", -1))]
    return PhysicalMap(text, {number: _source(text, cell) for number, cell in enumerate(cells, 1)})


def _source(text: str, cell: int) -> list[_Literal]:
    members = _members(text, cell)
    position = members.get("source", members.get("input", -1))
    strings = [position] if text[position : position + 1] == '"' else _items(text, position)
    return [_literal(text, string) for string in strings if text[string] == '"']


def _literal(text: str, position: int) -> _Literal:
    said, end = scanstring(text, position + 1, False)
    return _Literal(position + 1, end - 1, said)


def _raw_offset(text: str, literal: _Literal, count: int) -> int:
    """Return the offset in the file of the character number `count` (from 0) of a literal."""
    position = literal.start + count
    for escape in _ESCAPE.finditer(text, literal.start, literal.end):
        if escape.start() >= position:
            break
        position += len(escape.group()) - 1
    return position


def _offset(starts: list[int], length: int, line: int, column: int) -> int:
    """Return the offset of a 1-based line and column, cut to the text."""
    if line > len(starts):
        return length
    return min(starts[max(line, 1) - 1] + max(column, 1) - 1, length)


def _members(text: str, position: int) -> dict[str, int]:
    """Return where the value of each key of the object at `position` begins; empty if it is none."""
    found: dict[str, int] = {}
    if position < 0 or text[position : position + 1] != "{":
        return found
    position = _skip_space(text, position + 1)
    while text[position : position + 1] == '"':
        key, position = scanstring(text, position + 1, False)
        position = _skip_space(text, _skip_space(text, position) + 1)
        found[key] = position
        position = _next_value(text, position)
    return found


def _items(text: str, position: int) -> list[int]:
    """Return where each value of the array at `position` begins; empty if it is none."""
    found: list[int] = []
    if position < 0 or text[position : position + 1] != "[":
        return found
    position = _skip_space(text, position + 1)
    while position < len(text) and text[position] != "]":
        found.append(position)
        position = _next_value(text, position)
    return found


def _next_value(text: str, position: int) -> int:
    """Return where the next key, value or closing bracket stands after the value at `position`."""
    _, position = _DECODER.raw_decode(text, position)
    position = _skip_space(text, position)
    return _skip_space(text, position + 1) if text[position : position + 1] == "," else position


def _skip_space(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position
