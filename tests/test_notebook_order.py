"""In which order cells ran, and which names they read too early."""

from __future__ import annotations

import textwrap

import libcst as cst
import pytest

from mldebt_lint.analysis.file import Failure, ParsedCell, SourceFile
from mldebt_lint.analysis.library import build_library
from mldebt_lint.analysis.notebook_order import back_steps, early_reads
from mldebt_lint.reading.document import Document
from mldebt_lint.reading.notebook import notebook_document
from mldebt_lint.reading.options import ReadOptions
from mldebt_lint.testing import notebook_from_text


def notebook(text: str) -> SourceFile:
    raw = notebook_from_text(textwrap.dedent(text).lstrip("\n")).encode()
    document: Document = notebook_document(raw, "a.ipynb", ReadOptions())
    cells, failures = [], []
    for cell in document.cells:
        try:
            cells.append(ParsedCell(cell, cst.parse_module(cell.text)))
        except cst.ParserSyntaxError:
            failures.append(Failure(cell.number, 1, 1, "", ""))
    return SourceFile(document, cells, build_library([]), failures)


def steps(*counts: int | None) -> list[int]:
    """Return the counts that go back in a notebook of cells with these counts."""
    cells = [f"# %% In[{count}]\nx = 1" if count is not None else "# %%\nx = 1" for count in counts]
    return [step.cell.execution_count or 0 for step in back_steps(notebook("\n".join(cells)))]


@pytest.mark.parametrize("counts", [(1, 2, 3), (2, 5, 9), (0, 0, 0), (None, None), (1, None, 2), (4, 4)])
def test_order_gaps_zeros_and_missing_counts_are_no_step_back(counts: tuple[int | None, ...]) -> None:
    assert steps(*counts) == []


def test_a_lower_count_below_a_higher_one_is_a_step_back() -> None:
    assert steps(1, 5, 3, 4, 2) == [3, 2]


def test_a_cell_that_did_not_run_does_not_hide_the_step() -> None:
    assert steps(7, None, 2) == [2]


def test_a_notebook_that_mostly_did_not_run_is_silent() -> None:
    assert steps(7, 2, None, None, None) == []


def reads(text: str) -> list[tuple[str, bool]]:
    """Return the names that are read too early, and whether a later cell defines them."""
    return [(read.name.value, read.later is not None) for read in early_reads(notebook(text))]


EARLY = {
    "a name of a later cell": ("# %%\nprint(x)\n# %%\nx = 1", [("x", True)]),
    "a name of no cell": ("# %%\nprint(x)", [("x", False)]),
    "a value that reads its own name": ("# %%\nx = x + 1\n# %%\nx = 2", [("x", True)]),
    "a default value": ("# %%\ndef f(a=x):\n    return a", [("x", False)]),
    "a comprehension": ("# %%\n[y + n for y in range(3)]", [("n", False)]),
    "a package that was only installed": (
        "# %%\n!pip install torch\n# %%\ntorch.ones(1)",
        [("torch", False)],
    ),
}


@pytest.mark.parametrize(("text", "expected"), EARLY.values(), ids=EARLY)
def test_early_reads_are_found(text: str, expected: list[tuple[str, bool]]) -> None:
    assert reads(text) == expected


SILENT = {
    "a function that is called later": "# %%\ndef f():\n    return x\n# %%\nx = 1\nf()",
    "targets of every kind": "# %%\na, (b, *c) = 1, (2, 3)\nwith open('a') as d:\n    print(a, b, c, d)",
    "a global that a function sets": "# %%\ndef f():\n    global x\n    x = 1\nf()\n# %%\nprint(x)",
    "names of IPython": "# %%\ndisplay(In, Out, _, _1, get_ipython())",
    "a star import": "# %%\nfrom math import *\n# %%\nprint(pi)",
    "another notebook": "# %%\n%run other.ipynb\n# %%\nprint(x)",
    "a timed assignment": "# %%\n%time x = sorted([])\n# %%\nprint(x)",
    "a captured output": "# %%\n%%capture out\nprint(1)\n# %%\nout.show()",
    "a query": "# %%\n%%bigquery frame\nselect 1\n# %%\nframe.head()",
    "the lines of a shell": "# %%\nfiles = !ls\n# %%\nprint(files)",
    "a cell that does not parse": "# %%\nx = = 1\n# %%\nprint(x)",
    "a name that is asked for": "# %%\nif 'x' in globals():\n    print(x)",
    "a name that may be missing": "# %%\ntry:\n    x\nexcept NameError:\n    x = 1",
    "written names": "# %%\nglobals()['x'] = 1\n# %%\nprint(x)",
    "a class body": "# %%\nclass A:\n    x = 1\n    y = x",
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_what_may_define_a_name_keeps_silent(text: str) -> None:
    assert reads(text) == []
