"""Reads notebooks (nbformat 1 to 4) from their raw JSON into documents of cells."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from mldebt_lint.model import Problem
from mldebt_lint.reading.document import Cell, Document
from mldebt_lint.reading.limits import too_deep
from mldebt_lint.reading.magics import replace_magics
from mldebt_lint.reading.options import ReadOptions
from mldebt_lint.reading.physical import PhysicalMap, physical_spans
from mldebt_lint.reading.text import blank, encodable, settle_form_feeds

__all__ = ["PhysicalMap", "notebook_document", "physical_spans"]

_PYTHON = ("python", "ipython", "pyspark")
# Kernels that say their language nowhere else.
_KERNEL_LANGUAGES = {
    "ir": "R",
    "julia": "Julia",
    "scala": "Scala",
    "bash": "bash",
    "matlab": "MATLAB",
    "sas": "SAS",
}


def notebook_document(raw: bytes, relative: str, options: ReadOptions) -> Document:
    """Read a notebook's bytes; what cannot be read is a problem of the document."""
    if not raw.strip():
        return Document(relative, is_notebook=True, skipped="empty")
    try:
        data: object = json.loads(raw)
    except json.JSONDecodeError as error:
        return _failed(relative, _json_message(raw, error), error.lineno)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return _failed(relative, f"notebook cannot be decoded as {error.encoding}", line)
    except (ValueError, RecursionError) as error:
        return _failed(relative, f"notebook cannot be read: {error}", None)
    if not isinstance(data, dict) or not (
        _as_list(data, "cells") or "nbformat" in data or "worksheets" in data
    ):
        return _failed(relative, "not a notebook: it has no cells", 1)
    if language := _foreign_language(_as_map(data, "metadata")):
        return Document(relative, is_notebook=True, skipped=f"kernel is {language}")
    return _cells(data, relative, options)


def _cells(data: Mapping[str, object], relative: str, options: ReadOptions) -> Document:
    cells: list[Cell] = []
    problems: list[Problem] = []
    lead = ""
    for number, raw_cell in enumerate(_all_cells(data), 1):
        if not isinstance(raw_cell, dict) or raw_cell.get("cell_type") != "code":
            lead = _last_paragraph(raw_cell)
            continue
        cell = replace(_cell(raw_cell, number, options), lead=lead)
        lead = ""
        if reason := _unfit(cell.text, options):
            problems.append(Problem(f"cell {number} is not analysed: {reason}", path=relative))
            cell = replace(cell, text=blank(cell.text))
        cells.append(cell)
    return Document(relative, tuple(cells), is_notebook=True, problems=tuple(problems))


def _last_paragraph(raw: object) -> str:
    text = encodable(_source(raw)) if isinstance(raw, dict) else ""
    return " ".join(text.rstrip().rpartition("\n\n")[2].split())


def _unfit(text: str, options: ReadOptions) -> str:
    if len(text) > options.max_python_bytes:
        return f"it is larger than {options.max_python_bytes / 1e6:g} MB"
    return too_deep(text)


def _cell(raw: Mapping[str, object], number: int, options: ReadOptions) -> Cell:
    original = encodable(_source(raw))
    metadata = _as_map(raw, "metadata")
    count = raw.get("execution_count", raw.get("prompt_number"))
    tags = tuple(tag for tag in _as_list(metadata, "tags") if isinstance(tag, str))
    executed = count if isinstance(count, int) and not isinstance(count, bool) else None
    if _is_foreign_cell(raw, metadata):
        return Cell(blank(original), original, number, executed, tags=tags)
    replaced = replace_magics(settle_form_feeds(original), options.python_cell_magics)
    return Cell(replaced.text, original, number, executed, replaced.magics, tags)


def _all_cells(data: Mapping[str, object]) -> Iterator[object]:
    if "cells" in data:
        yield from _as_list(data, "cells")
        return
    for sheet in _as_list(data, "worksheets"):
        if isinstance(sheet, dict):
            yield from _as_list(sheet, "cells")


def _source(cell: Mapping[str, object]) -> str:
    source = cell.get("source", cell.get("input"))
    if isinstance(source, list):
        return "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


def _foreign_language(metadata: Mapping[str, object]) -> str:
    """Return the language of the kernel where it is certainly not Python, else an empty string."""
    kernel = _as_map(metadata, "kernelspec")
    said = [_as_map(metadata, "language_info").get("name"), kernel.get("language"), metadata.get("language")]
    languages = [name for name in said if isinstance(name, str) and name]
    if any(_is_python(name) for name in languages):
        return ""
    if languages:
        return languages[0]
    name = kernel.get("name")
    base = name.partition("-")[0].lower() if isinstance(name, str) else ""
    return _KERNEL_LANGUAGES.get(base, "")


def _is_foreign_cell(cell: Mapping[str, object], metadata: Mapping[str, object]) -> bool:
    said = (_as_map(metadata, "vscode").get("languageId"), cell.get("language"))
    return any(isinstance(name, str) and name and not _is_python(name) for name in said)


def _is_python(name: str) -> bool:
    return name.lower().startswith(_PYTHON)


def _as_map(data: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _as_list(data: Mapping[str, object], key: str) -> Sequence[object]:
    value = data.get(key)
    return value if isinstance(value, list) else ()


def _json_message(raw: bytes, error: json.JSONDecodeError) -> str:
    if b"\n<<<<<<< " in raw and b"\n>>>>>>> " in raw:
        return "notebook is not valid JSON: it has unresolved merge conflicts"
    return f"notebook is not valid JSON: {error.msg}"


def _failed(relative: str, message: str, line: int | None) -> Document:
    return Document(relative, is_notebook=True, problems=(Problem(message, path=relative, line=line),))
