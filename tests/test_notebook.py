"""How notebooks are read: versions, kernels, broken and odd ones."""

from __future__ import annotations

import json
from pathlib import Path

import libcst.native
import pytest

from mldebt_lint.model import Span
from mldebt_lint.reading.document import Cell, Document, Magic, MagicKind
from mldebt_lint.reading.notebook import physical_spans
from mldebt_lint.reading.source import ReadOptions, document_from_bytes, read_document


def code(source: object, **more: object) -> dict[str, object]:
    return {
        "cell_type": "code",
        "metadata": {},
        "source": source,
        "outputs": [],
        "execution_count": None,
        **more,
    }


def notebook(*cells: object, **more: object) -> bytes:
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more}).encode()


def read(raw: bytes, options: ReadOptions | None = None) -> Document:
    return document_from_bytes(raw, "nb.ipynb", options or ReadOptions())


def only(raw: bytes) -> Cell:
    document = read(raw)
    assert document.problems == ()
    (cell,) = document.cells
    return cell


def problem_of(raw: bytes) -> tuple[str, int | None]:
    document = read(raw)
    assert document.cells == ()
    assert document.is_notebook
    (problem,) = document.problems
    assert problem.path == "nb.ipynb"
    return problem.message, problem.line


def test_code_cells_are_numbered_over_all_cells() -> None:
    raw = notebook(
        {"cell_type": "markdown", "source": "x = 1"}, code("a"), {"cell_type": "raw"}, 3, code(["b\n", "c"])
    )
    assert read(raw) == Document("nb.ipynb", (Cell("a", "a", 2), Cell("b\nc", "b\nc", 5)), is_notebook=True)


def test_a_notebook_on_disk_is_read_by_its_suffix(tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_bytes(notebook(code("x = 1")))
    document = read_document(tmp_path / "a.ipynb", "a.ipynb", ReadOptions())
    assert [cell.text for cell in document.cells] == ["x = 1"]


def test_a_cell_keeps_its_execution_count_and_tags() -> None:
    cell = only(notebook(code("x", execution_count=7, metadata={"tags": ["parameters", 3, "slow"]})))
    assert (cell.execution_count, cell.tags) == (7, ("parameters", "slow"))


@pytest.mark.parametrize("count", [None, "7", True, 1.5, []])
def test_an_odd_execution_count_is_none(count: object) -> None:
    assert only(notebook(code("x", execution_count=count))).execution_count is None


def test_worksheets_are_read_as_one_notebook() -> None:
    old = {"cell_type": "code", "input": ["x = 1\n", "y"], "prompt_number": 3, "language": "python"}
    sheets = [{"cells": [{"cell_type": "heading"}, old]}, {"cells": [{"cell_type": "code", "input": "z"}]}]
    raw = json.dumps({"nbformat": 3, "metadata": {"name": ""}, "worksheets": sheets}).encode()
    assert read(raw).cells == (Cell("x = 1\ny", "x = 1\ny", 2, 3), Cell("z", "z", 3))


@pytest.mark.parametrize(
    ("metadata", "skipped"),
    [
        ({"language_info": {"name": "R"}}, "kernel is R"),
        ({"kernelspec": {"language": "julia", "name": "julia-1.9"}}, "kernel is julia"),
        ({"kernelspec": {"name": "ir", "display_name": "R"}}, "kernel is R"),
        ({"kernelspec": {"name": "julia-1.6"}}, "kernel is Julia"),
        ({"language": "haskell"}, "kernel is haskell"),
        ({"kernelspec": {"language": "sagemath"}, "language_info": {"name": "sage"}}, "kernel is sage"),
    ],
)
def test_a_notebook_for_another_kernel_is_skipped(metadata: dict[str, object], skipped: str) -> None:
    document = read(notebook(code("x <- 1"), metadata=metadata))
    assert (document.skipped, document.cells, document.problems) == (skipped, (), ())


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"kernelspec": {"name": "my-env", "display_name": "R and D"}},
        {"kernelspec": {"name": "conda-env-ir-py"}},
        {"language_info": {"name": "python", "version": "2.7"}, "kernelspec": {"language": ""}},
        {"language_info": {"name": "pyspark"}},
        {"language_info": {"name": "scala"}, "kernelspec": {"language": "Python 3"}},
        {"language_info": "R", "kernelspec": ["R"]},
        {"language_info": None, "kernelspec": {"language": 3, "name": None}},
        None,
        "R",
    ],
)
def test_a_notebook_is_for_python_unless_it_says_otherwise(metadata: object) -> None:
    assert read(notebook(code("x"), metadata=metadata)).cells == (Cell("x", "x", 1),)


def test_a_cell_in_another_language_is_blanked() -> None:
    raw = notebook(code("SELECT *\nFROM x", metadata={"vscode": {"languageId": "sql"}}), code("x"))
    assert read(raw).cells == (Cell("        \n      ", "SELECT *\nFROM x", 1), Cell("x", "x", 2))


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ({"cell_type": "code"}, ""),
        ({"cell_type": "code", "source": None}, ""),
        ({"cell_type": "code", "source": {"a": 1}}, ""),
        ({"cell_type": "code", "source": ["x", 3, None, " = 1"]}, "x = 1"),
        ({"cell_type": "code", "source": [], "metadata": []}, ""),
        ({"cell_type": "code", "source": "", "metadata": {"tags": "x", "vscode": 3}}, ""),
    ],
)
def test_a_cell_with_missing_or_odd_parts_is_read(cell: dict[str, object], text: str) -> None:
    assert only(notebook(cell)) == Cell(text, text, 1)


@pytest.mark.parametrize("raw", [b"", b" \n\n"])
def test_an_empty_file_is_skipped(raw: bytes) -> None:
    assert read(raw) == Document("nb.ipynb", is_notebook=True, skipped="empty")


@pytest.mark.parametrize(
    "raw", [notebook(), b'{"nbformat": 4}', b'{"worksheets": []}', b'{"nbformat": 4, "cells": null}']
)
def test_a_notebook_without_cells_is_read(raw: bytes) -> None:
    assert read(raw) == Document("nb.ipynb", is_notebook=True)


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b'{\n "cells": [\n', ("notebook is not valid JSON: Expecting value", 3)),
        (
            b'{"cells": [\n<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> x\n]}',
            ("notebook is not valid JSON: it has unresolved merge conflicts", 2),
        ),
        (b'{"cells":\n "\xff"}', ("notebook cannot be decoded as utf-8", 2)),
        (b"[1, 2]", ("not a notebook: it has no cells", 1)),
        (b'{"a": 1}', ("not a notebook: it has no cells", 1)),
        (b"3", ("not a notebook: it has no cells", 1)),
        (b"\0\0\0\0", ("notebook is not valid JSON: Expecting value", 1)),
    ],
)
def test_what_is_no_notebook_is_a_problem_with_its_line(raw: bytes, problem: tuple[str, int]) -> None:
    assert problem_of(raw) == problem


def test_json_that_is_nested_too_deeply_is_a_problem() -> None:
    message, line = problem_of(b"[" * 200_000)
    assert message.startswith("notebook cannot be read: ")
    assert line is None


def test_null_bytes_in_a_cell_lose_only_that_cell() -> None:
    raw = notebook(code("x = 1\0"), code("y"))
    first, second = read(raw).cells
    with pytest.raises(Exception, match="is not a valid character"):
        libcst.native.parse_module(first.text)
    assert second.text == "y"


def test_a_byte_order_mark_and_carriage_returns_are_read() -> None:
    raw = b"\xef\xbb\xbf" + notebook(code("x = 1\r\ny")).replace(b", ", b",\r\n")
    assert only(raw).text == "x = 1\r\ny"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32-be"])
def test_other_encodings_of_json_are_read(encoding: str) -> None:
    assert only(notebook(code("é")).decode().encode(encoding)).text == "é"


def test_characters_beyond_the_basic_plane_are_one_column_each() -> None:
    raw = notebook(code("s = '𝒳'; t"))
    assert only(raw).text == "s = '𝒳'; t"
    span = physical_spans(raw).span(1, Span(1, 10, 1, 11))
    assert raw.decode()[span.column - 1 : span.end_column - 1] == "t"


def test_a_lone_surrogate_is_replaced_so_that_the_cell_can_be_parsed() -> None:
    cell = only(b'{"cells": [{"cell_type": "code", "source": "x = \'\\ud800\'"}]}')
    assert (cell.text, cell.original) == ("x = '\ufffd'", "x = '\ufffd'")
    assert libcst.native.parse_module(cell.text).code == "x = '\ufffd'"


def test_a_cell_of_magics_alone_parses_and_keeps_its_facts() -> None:
    cell = only(notebook(code(["%load_ext autoreload\n", "!pip install x"])))
    assert cell.text == "pass                \npass          "
    assert cell.original == "%load_ext autoreload\n!pip install x"
    assert cell.magics == (
        Magic(MagicKind.LINE, 1, 1, "load_ext", "autoreload"),
        Magic(MagicKind.SHELL, 2, 1, "", "pip install x"),
    )


def test_a_cell_that_would_overflow_the_parser_is_blanked_with_a_problem() -> None:
    document = read(notebook(code("x = 1"), code("(" * 300)))
    assert [cell.text for cell in document.cells] == ["x = 1", " " * 300]
    assert [problem.message for problem in document.problems] == [
        "cell 2 is not analysed: brackets are nested deeper than 200"
    ]


def test_a_cell_of_pasted_data_is_blanked_with_a_problem() -> None:
    document = read(notebook(code("x = '" + "a" * 600 + "'"), code("y")), ReadOptions(max_python_bytes=500))
    assert [cell.text.strip() for cell in document.cells] == ["", "y"]
    assert [problem.message for problem in document.problems] == [
        "cell 1 is not analysed: it is larger than 0.0005 MB"
    ]


def test_a_large_notebook_is_read_and_mapped() -> None:
    output = {"output_type": "display_data", "data": {"image/png": "A" * 5_000_000}}
    raw = notebook(*(code(f"x = {number}", outputs=[output]) for number in range(9)), code("last"))
    assert len(raw) > 45_000_000
    assert [cell.text for cell in read(raw).cells][-2:] == ["x = 8", "last"]
    span = physical_spans(raw).span(10, Span(1, 1, 1, 5))
    assert raw[span.column - 1 : span.end_column - 1] == b"last"


def test_a_notebook_over_the_limit_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_bytes(notebook(code("x" * 1000)))
    document = read_document(tmp_path / "a.ipynb", "a.ipynb", ReadOptions(max_bytes=1000))
    assert (document.cells, document.is_notebook) == ((), True)
    assert [problem.message for problem in document.problems] == ["larger than 0.001 MB"]


def test_a_cell_keeps_the_last_paragraph_of_the_prose_above() -> None:
    raw = notebook(
        {"cell_type": "markdown", "source": ["# Load\n", "\n", "Or from\n", "a file:"]}, code("a"), code("b")
    )
    assert [cell.lead for cell in read(raw).cells] == ["Or from a file:", ""]
