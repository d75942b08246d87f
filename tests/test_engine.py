"""The run as a whole: broken input loses nothing else, one project stays one project."""

from __future__ import annotations

import abc
import dataclasses
import gc
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import libcst as cst
import pytest

from mldebt_lint.config import Flags, load_config
from mldebt_lint.engine import run
from mldebt_lint.model import Debt, Finding, Profile, Report, Severity
from mldebt_lint.registry import Registry
from mldebt_lint.request import Request
from mldebt_lint.rule import FileRule, Project, ProjectRule, SourceFile

DEAD = "if False:\n    print(1)\n"


class Raises(FileRule):
    """A rule with a bug."""

    code = "XYZ001"
    name = "raises"
    debt = Debt.TOOL
    severity = Severity.WARNING

    def check(self, file: SourceFile) -> Iterator[Finding]:
        raise ZeroDivisionError("a bug")


class RaisesForProject(ProjectRule):
    """A project rule with a bug."""

    code = "XYZ002"
    name = "raises-for-project"
    debt = Debt.TOOL
    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Finding]:
        raise RecursionError("a bug")


def lint(folder: Path, registry: Registry, *paths: Path, flags: Flags | None = None) -> Report:
    """Run the built-in rules over a folder."""
    config = load_config(folder, isolated=True).with_flags(flags or Flags())
    return run(Request(config, registry, paths or (folder,)))


def codes(report: Report) -> list[str]:
    """Return the codes of the findings."""
    return [finding.code for finding in report.findings]


def test_a_rule_that_raises_is_a_problem_and_the_others_still_report(
    tmp_path: Path, registry: Registry
) -> None:
    (tmp_path / "a.py").write_text(DEAD)
    broken = replace(registry, rules=(*registry.rules, Raises, RaisesForProject))
    report = lint(tmp_path, broken)
    assert [(p.rule, p.path) for p in report.problems] == [("XYZ002", ""), ("XYZ001", "a.py")]
    assert codes(report) == ["MLD521"]


@pytest.mark.parametrize(
    "text",
    [
        "x = " + " + ".join(f"a{i}" for i in range(900)) + "\n",
        "x = " + "[" * 150 + "]" * 150 + "\n",
        "x = " + "f(" * 80 + ")" * 80 + "\n",
        "x" + ".a" * 900 + "\n",
        "x = (" + " if a else ".join(["b"] * 60) + ")\n",
        "",
        "\n",
        "\\\n",
        "\ufeffx = 1\n",
        "x = 1\r\ny = 2\r\n",
        "x = 1\n\f\ny = 2\n",
        "# -*- coding: latin-1 -*-\nx = 'é'\n",
    ],
    ids=str.__len__,
)
def test_odd_but_valid_python_is_read_without_problems(text: str, tmp_path: Path, registry: Registry) -> None:
    raw = text.encode("latin-1") if "latin-1" in text else text.encode("utf-8")
    (tmp_path / "a.py").write_bytes(raw + DEAD.encode())
    report = lint(tmp_path, registry, flags=Flags(select=("MLD521", "MLD000")))
    assert (report.problems, codes(report)) == ([], ["MLD521"])


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("b.ipynb", b"{"),
        ("b.ipynb", b'{"cells": 3}'),
        ("b.ipynb", b"\x00\x01"),
        ("b.ipynb", b'{"cells": [{"cell_type": "code"'),
        ("b.py", b"x = 1\x00\n"),
        ("b.py", b"\xff\xfe\x00"),
        ("b.py", b"# -*- coding: no-such-codec -*-\n"),
    ],
)
def test_what_cannot_be_read_is_one_problem_and_loses_nothing_else(
    name: str, raw: bytes, tmp_path: Path, registry: Registry
) -> None:
    (tmp_path / "a.py").write_text(DEAD)
    (tmp_path / name).write_bytes(raw)
    report = lint(tmp_path, registry, flags=Flags(select=("MLD521",)))
    assert [problem.path for problem in report.problems] == [name]
    assert codes(report) == ["MLD521"]


def test_a_bad_cell_loses_only_itself(tmp_path: Path, registry: Registry) -> None:
    cells = [
        {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None}
        for source in (DEAD, "for in x", DEAD)
    ]
    notebook = {
        "cells": cells,
        "metadata": {"kernelspec": {"language": "python"}},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    (tmp_path / "a.ipynb").write_text(json.dumps(notebook))
    report = lint(tmp_path, registry, flags=Flags(select=("MLD521", "MLD000")))
    assert [(f.code, f.where.cell) for f in report.findings] == [("MLD521", 1), ("MLD000", 2), ("MLD521", 3)]


def test_a_finding_in_a_notebook_carries_its_place_in_the_file(tmp_path: Path, registry: Registry) -> None:
    cell = {"cell_type": "code", "metadata": {}, "source": ["x = 1\n", *DEAD.splitlines(keepends=True)]}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    text = json.dumps(notebook, indent=1)
    (tmp_path / "a.ipynb").write_text(text)
    report = lint(tmp_path, registry, flags=Flags(select=("MLD521",)))
    where = report.findings[0].where
    assert where.physical is not None
    line = text.split("\n")[where.physical.line - 1]
    assert line[where.physical.column - 1 :].startswith("if False:")


def test_only_the_requested_files_are_reported_but_the_project_is_whole(
    tmp_path: Path, registry: Registry
) -> None:
    draw = "import numpy as np\nfrom seeds import fix\nfix()\nx = np.random.permutation(9)\nmodel.fit(x)\n"
    (tmp_path / "train.py").write_text(draw)
    (tmp_path / "seeds.py").write_text("import numpy as np\ndef fix():\n    np.random.seed(0)\n" + DEAD)
    report = lint(tmp_path, registry, tmp_path / "train.py")
    assert (codes(report), report.files) == ([], 1)


def test_without_the_seeding_file_the_same_draw_is_reported(tmp_path: Path, registry: Registry) -> None:
    text = "import numpy as np\nfrom sklearn.model_selection import train_test_split\n"
    (tmp_path / "train.py").write_text(text + "a, b = train_test_split(load())\nmodel.fit(a)\n")
    assert "MLD821" in codes(lint(tmp_path, registry))


def test_findings_come_in_the_order_of_their_places(tmp_path: Path, registry: Registry) -> None:
    for name in ("b.py", "a.py"):
        (tmp_path / name).write_text(DEAD + DEAD)
    places = [(f.where.path, f.where.span.line) for f in lint(tmp_path, registry).findings]
    assert places == [("a.py", 1), ("a.py", 3), ("b.py", 1), ("b.py", 3)]


def test_two_runs_give_the_same_report(tmp_path: Path, registry: Registry) -> None:
    (tmp_path / "a.py").write_text(DEAD * 3)
    assert lint(tmp_path, registry).findings == lint(tmp_path, registry).findings


def test_tests_and_docs_are_quiet_by_default(tmp_path: Path, registry: Registry) -> None:
    for name in ("tests/test_a.py", "docs/a.py", "third_party/a.py", "src/a.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(DEAD)
    assert [f.where.path for f in lint(tmp_path, registry).findings] == ["src/a.py"]


def test_hidden_findings_are_counted_by_the_profile_that_shows_them(
    tmp_path: Path, registry: Registry
) -> None:
    (tmp_path / "Untitled.ipynb").write_text(
        '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    )
    assert lint(tmp_path, registry).hidden == {Profile.STRICT: 1}


def test_a_severity_can_be_overridden(tmp_path: Path, registry: Registry) -> None:
    (tmp_path / "a.py").write_text(DEAD)
    config = load_config(tmp_path, isolated=True, overrides=['severity.MLD5 = "error"'])
    report = run(Request(config, registry, (tmp_path,)))
    assert [f.severity for f in report.findings] == [Severity.ERROR]


def test_after_a_run_libcst_and_the_collector_are_as_before(tmp_path: Path, registry: Registry) -> None:
    (tmp_path / "a.py").write_text(DEAD)
    lint(tmp_path, registry)
    with pytest.raises(cst.CSTValidationError):
        cst.Name("")
    assert {type(kind) for kind in (cst.CSTNode, cst.Name, cst.Call)} == {abc.ABCMeta}
    assert isinstance(cst.SimpleWhitespace, type)
    with pytest.raises(dataclasses.FrozenInstanceError):
        cst.Name("x").value = "y"  # type: ignore[misc]  # that is what must fail
    assert gc.isenabled()
