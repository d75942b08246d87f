"""`mldebt-lint explain-value`: what the analysis knows of an expression, and why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from mldebt_lint.analyse import parse
from mldebt_lint.analysis.flow import flow
from mldebt_lint.analysis.flow.telling import Told, told_at
from mldebt_lint.config import find_root, load_config
from mldebt_lint.errors import UserError
from mldebt_lint.reading.options import ReadOptions
from mldebt_lint.reading.source import read_document
from mldebt_lint.registry import build_registry
from mldebt_lint.sources import Sources

PLACE = re.compile(r"(?P<file>.+?\.\w+)(?::cell (?P<cell>\d+))?:(?P<line>\d+)(?::(?P<column>\d+))?")
HINT = "write FILE:LINE, FILE:LINE:COLUMN, or for a notebook 'FILE:cell N:LINE'"


def explain_value(place: str) -> Iterator[str]:
    """Yield lines that tell what is known of the expressions at a place.

    Raises UserError for a place that is none, or a file that cannot be read.
    """
    found = PLACE.fullmatch(place)
    if found is None:
        raise UserError(f"'{place}' is no place in a file", hint=HINT)
    path = Path(found["file"])
    if not path.is_file():
        raise UserError(f"there is no file '{path}'", hint=HINT)
    config = load_config(find_root(path))
    document = read_document(path, path.as_posix(), ReadOptions(config.python_cell_magics))
    for problem in document.problems:
        raise UserError(problem.message, place=problem.path)
    line, column, cell = (int(found[name]) if found[name] else None for name in ("line", "column", "cell"))
    if document.is_notebook and cell is None:
        raise UserError(f"'{place}' does not say which cell", hint=HINT)
    file = parse(document, build_registry(Sources(config.root, config.packs)).library)
    told = told_at(file, file.once(flow), line or 1, column, cell)
    if not told:
        yield f"{place}: nothing is known of what stands here"
    for item in told:
        yield from _lines(item)


def _lines(item: Told) -> Iterator[str]:
    where = item.where
    cell = f":cell {where.cell}" if where.cell is not None else ""
    text = " ".join(item.text.split())
    yield f"{where.path}{cell}:{where.span.line}:{where.span.column}  {text}"
    for heading, words in item.facts:
        yield f"    {heading:<8} {words}"
