"""Where a cell's characters stand in the notebook file."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mldebt_lint.model import Span
from mldebt_lint.reading.notebook import physical_spans
from mldebt_lint.reading.text import line_starts

LISTED = b"""{
 "cells": [
  {"cell_type": "markdown", "source": "# T"},
  {
   "cell_type": "code",
   "source": [
    "import os\\n",
    "print(\\"\\ud835\\udcb3 x\\", os)\\n",
    "y"
   ]
  }
 ], "nbformat": 4
}
"""


@pytest.mark.parametrize(
    ("span", "physical"),
    [
        (Span(1, 8, 1, 10), Span(7, 13, 7, 15)),
        (Span(2, 1, 2, 6), Span(8, 6, 8, 11)),
        (Span(2, 8, 2, 9), Span(8, 14, 8, 26)),
        (Span(2, 10, 2, 11), Span(8, 27, 8, 28)),
        (Span(2, 14, 2, 16), Span(8, 32, 8, 34)),
        (Span(3, 1, 3, 2), Span(9, 6, 9, 7)),
        (Span(1, 1, 3, 2), Span(7, 6, 9, 7)),
        (Span(3, 1, 3, 1), Span(9, 6, 9, 6)),
        (Span(9, 9, 10, 1), Span(9, 7, 9, 7)),
    ],
)
def test_a_span_in_a_list_of_lines(span: Span, physical: Span) -> None:
    assert physical_spans(LISTED).span(2, span) == physical


def test_a_span_in_a_minified_notebook() -> None:
    raw = b'{"cells":[{"cell_type":"code","source":"a = 1\\nb\\u00e9 = 2"}]}'
    assert physical_spans(raw).span(1, Span(2, 1, 2, 3)) == Span(1, 48, 1, 55)


def test_a_span_in_a_notebook_with_carriage_returns_and_a_mark() -> None:
    raw = b'\xef\xbb\xbf{\r\n"cells": [\r\n{"source": [\r\n"a\\r\\n",\r\n"bc"]}]}'
    assert physical_spans(raw).span(1, Span(2, 2, 2, 3)) == Span(5, 3, 5, 4)


def test_a_span_in_worksheets() -> None:
    sheet = '{"cells":[{"cell_type":"code","input":["x\\n","y"]}]}'
    raw = f'{{"worksheets":[{{"cells":[]}},{sheet}\n,{sheet}]}}'.encode()
    assert physical_spans(raw).span(2, Span(2, 1, 2, 2)) == Span(2, 48, 2, 49)


def test_of_a_key_that_is_there_twice_the_last_counts() -> None:
    raw = b'{"cells":[{"source":"x"}],\n"cells":[{"source":"no",\n"source":"y"}]}'
    assert physical_spans(raw).span(1, Span(1, 1, 1, 2)) == Span(3, 11, 3, 12)


@pytest.mark.parametrize("raw", [b'{"cells": [{"source": null}, 3]}', b'{"cells": 1}', b"{}", b"[]", b'"x"'])
def test_a_cell_that_is_not_there_is_the_beginning_of_the_file(raw: bytes) -> None:
    assert physical_spans(raw).span(1, Span(2, 3, 2, 4)) == Span(1, 1, 1, 1)


@pytest.mark.parametrize("raw", [b'{"cells": [', b'{"cells": [{"source": "x}', b'{"cells": nul'])
def test_what_is_no_json_raises(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        physical_spans(raw).span(1, Span(1, 1, 1, 2))


SOURCES = st.text(alphabet='ab\n\r\t "\\é𝒳/\u2028\x0c\ud800', max_size=25)
LISTS = st.lists(SOURCES, max_size=4)
CELLS = st.lists(
    st.fixed_dictionaries(
        {
            "cell_type": st.sampled_from(["code", "markdown"]),
            "metadata": st.just({"x": [{}, "]", "\\"]}),
            "source": SOURCES | LISTS,
        },
        optional={"outputs": st.just([{"text": ["}", 1.5e3, None, True]}]), "input": SOURCES},
    ),
    max_size=4,
)
STYLES = st.fixed_dictionaries(
    {
        "ensure_ascii": st.booleans(),
        "indent": st.sampled_from([None, 0, 1, "\t"]),
        "separators": st.sampled_from([(",", ":"), (", ", " : "), (" ,\n", ":\r\n")]),
        "sort_keys": st.booleans(),
    }
)


def joined(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)


@given(CELLS, STYLES, st.data())
def test_the_physical_span_of_a_character_holds_that_character(
    cells: list[dict[str, Any]], style: dict[str, Any], data: st.DataObject
) -> None:
    text = json.dumps({"metadata": {}, "cells": cells, "nbformat": 4}, **style)
    numbered = [(number, joined(cell["source"])) for number, cell in enumerate(cells, 1)]
    numbered = [(number, source) for number, source in numbered if source]
    if not numbered:
        return
    number, source = data.draw(st.sampled_from(numbered))
    offset = data.draw(st.integers(0, len(source) - 1))
    line, column = position(source, offset)
    spans = physical_spans(text.encode("utf-8", "surrogatepass"))
    span = spans.span(number, Span(line, column, line, column + 1))
    held = text[at(text, span.line, span.column) : at(text, span.end_line, span.end_column)]
    assert json.loads(f'"{held}"', strict=False) == source[offset]


def position(text: str, offset: int) -> tuple[int, int]:
    starts = [start for start in line_starts(text) if start <= offset]
    return len(starts), offset - starts[-1] + 1


def at(text: str, line: int, column: int) -> int:
    return line_starts(text)[line - 1] + column - 1
