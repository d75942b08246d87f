"""Suppression comments: where they apply, what they name, and when they are stale."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mldebt_lint.config import Flags, load_config
from mldebt_lint.engine import run
from mldebt_lint.registry import Registry
from mldebt_lint.request import Request

SELECT = ("MLD521", "MLD504", "MLD562", "MLD001", "MLD003")


def findings(folder: Path, registry: Registry, text: str, name: str = "a.py") -> list[tuple[str, int]]:
    """Lint one file and return the codes with their lines."""
    (folder / name).write_text(text)
    config = load_config(folder, isolated=True).with_flags(Flags(select=SELECT))
    report = run(Request(config, registry, (folder,)))
    return [(finding.code, finding.where.span.line) for finding in report.findings]


PATH_HACK = "import sys\nsys.path.append(\n    '..',\n)"


@pytest.mark.parametrize(
    "text",
    [
        "import sys\nsys.path.append('..')  # mldebt: ignore[MLD504]",
        "import sys\nsys.path.append('..')  # mldebt: ignore[path-hack] until the package is installable",
        "import sys\nsys.path.append('..')  # mldebt: ignore[MLD521,MLD504]  # mldebt: ignore[MLD001]",
        "import sys\nsys.path.append('..')  # noqa: MLD504",
        "import sys\nsys.path.append('..')  # noqa: E402, MLD504",
        "import sys\n# mldebt: ignore[MLD504] why\nsys.path.append('..')",
        "import sys\n# mldebt: ignore[MLD504] why\n# and more of it\nsys.path.append('..')",
        PATH_HACK.replace("append(", "append(  # mldebt: ignore[MLD504]"),
        PATH_HACK.replace("'..',", "'..',  # mldebt: ignore[MLD504]"),
        PATH_HACK + "  # mldebt: ignore[MLD504]",
        "# mldebt: file-ignore[MLD504] a script\n" + PATH_HACK,
        PATH_HACK + "\n# mldebt: file-ignore[path-hack]",
    ],
)
def test_a_finding_is_suppressed_by(text: str, tmp_path: Path, registry: Registry) -> None:
    assert [c for c, _ in findings(tmp_path, registry, text + "\n") if c == "MLD504"] == []


@pytest.mark.parametrize(
    "text",
    [
        "import sys\nsys.path.append('..')  # noqa",
        "import sys\nsys.path.append('..')  # mldebt: ignore",
        "import sys\nsys.path.append('..')  # mldebt: ignore[MLD521]",
        "import sys\nsys.path.append('..')\n# mldebt: ignore[MLD504]",
        "import sys  # mldebt: ignore[MLD504]\nsys.path.append('..')",
        "import sys\nx = '# mldebt: file-ignore[MLD504]'\nsys.path.append('..')",
    ],
)
def test_a_finding_is_not_suppressed_by(text: str, tmp_path: Path, registry: Registry) -> None:
    assert "MLD504" in [code for code, _ in findings(tmp_path, registry, text + "\n")]


def test_a_compound_statement_is_suppressed_at_its_header_only(tmp_path: Path, registry: Registry) -> None:
    header = "if False:  # mldebt: ignore[MLD521]\n    x = 1\n"
    body = "if False:\n    x = 1  # mldebt: ignore[MLD521]\n"
    assert findings(tmp_path, registry, header) == []
    assert findings(tmp_path, registry, body) == [("MLD521", 1), ("MLD001", 2)]


def test_an_unused_suppression_is_a_finding(tmp_path: Path, registry: Registry) -> None:
    assert findings(tmp_path, registry, "x = 1  # mldebt: ignore[MLD504]\n") == [("MLD001", 1)]


def test_a_suppression_at_another_place_of_a_silenced_finding_is_used(
    tmp_path: Path, registry: Registry
) -> None:
    first, again = (f'{name} = open("/home/alice/{name}.csv")' for name in "xy")
    comment = "  # mldebt: ignore[MLD562]\n"
    assert findings(tmp_path, registry, first + comment + again + comment) == []
    assert findings(tmp_path, registry, f"{first}\n{again}{comment}") == [("MLD562", 1), ("MLD001", 2)]


def test_a_suppression_of_a_rule_that_did_not_run_is_not_unused(tmp_path: Path, registry: Registry) -> None:
    assert findings(tmp_path, registry, "x = 1  # mldebt: ignore[MLD821]\n") == []


def test_an_unknown_rule_in_a_suppression_is_a_finding(tmp_path: Path, registry: Registry) -> None:
    assert findings(tmp_path, registry, "x = 1  # mldebt: ignore[MLD5040]\n") == [("MLD003", 1)]


def notebook(*sources: str) -> str:
    """Return a notebook with these code cells."""
    cells = [{"cell_type": "code", "metadata": {}, "source": source} for source in sources]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


def test_a_comment_in_one_cell_does_not_reach_another(tmp_path: Path, registry: Registry) -> None:
    text = notebook("if False:  # mldebt: ignore[MLD521]\n    x = 1", "if False:\n    x = 1")
    assert findings(tmp_path, registry, text, "a.ipynb") == [("MLD521", 1)]


def test_a_cell_ignore_covers_its_cell(tmp_path: Path, registry: Registry) -> None:
    text = notebook("# mldebt: cell-ignore[MLD521]\nx = 1\nif False:\n    x = 1", "if False:\n    x = 1")
    assert findings(tmp_path, registry, text, "a.ipynb") == [("MLD521", 1)]


def test_a_file_ignore_in_any_cell_covers_the_notebook(tmp_path: Path, registry: Registry) -> None:
    text = notebook("if False:\n    x = 1", "# mldebt: file-ignore[MLD521]")
    assert findings(tmp_path, registry, text, "a.ipynb") == []
