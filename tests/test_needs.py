"""The prefilter: files that no rule can be concerned with are not parsed, and nothing is lost by it."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import click
import pytest
import rich
import yaml
from support import source_file

from mldebt_lint import analyse
from mldebt_lint.analyse import Analyst, FileResult, Task
from mldebt_lint.analysis.facts import empty_module, module_fact, vocabulary
from mldebt_lint.analysis.library import Role
from mldebt_lint.analysis.needs import Needs, Wanted
from mldebt_lint.config import Flags, load_config
from mldebt_lint.engine import run
from mldebt_lint.model import Profile, Report
from mldebt_lint.reading.options import ReadOptions
from mldebt_lint.registry import Registry, build_registry
from mldebt_lint.request import Request
from mldebt_lint.rule import Rule
from mldebt_lint.sources import Sources
from mldebt_lint.testing import write_example

RULES = build_registry(Sources(root=Path.cwd())).rules
PACKAGES = (click, rich, yaml)


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are parsed from now on."""
    seen: list[str] = []
    original = analyse.parse

    def spy(*given: object) -> object:
        seen.append(given[0].path)  # type: ignore[attr-defined]
        return original(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(analyse, "parse", spy)
    return seen


def analysed(folder: Path, registry: Registry, *codes: str) -> FileResult:
    """Analyse a file with some rules only."""
    rules = [rule() for rule in registry.rules if rule.code in codes]
    analyst = Analyst(rules, registry.library, ReadOptions())
    return analyst.analyse(Task(folder / "a.py", "a.py", frozenset(codes)))


def report(folder: Path, registry: Registry, select: Sequence[str] | None = None) -> tuple[object, ...]:
    """Everything that is said of a folder at profile audit."""
    config = load_config(folder, isolated=True, overrides=["presets.tests = []"])
    flags = Flags(profile=Profile.AUDIT, select=tuple(select) if select else None)
    found: Report = run(Request(config.with_flags(flags), registry, (folder,)))
    return found.findings, found.suppressed, found.problems, found.notes


def same_without_prefilter(
    folder: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch, select: Sequence[str] | None = None
) -> None:
    with_it = report(folder, registry, select)
    with monkeypatch.context() as patch:
        patch.setattr(Wanted, "is_in", lambda *_: True)
        assert report(folder, registry, select) == with_it


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_prefilter_loses_nothing_of_any_rule_in_its_examples(
    rule: type[Rule], registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, example in enumerate(rule.examples):
        write_example(example, tmp_path / f"e{number}")
    same_without_prefilter(tmp_path, registry, monkeypatch, [rule.code])


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_the_prefilter_loses_nothing_in_real_packages(
    package: object, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(Path(package.__file__).parent, tmp_path / "code")  # type: ignore[attr-defined]
    (tmp_path / "code" / "nothing.py").write_text("\n\n")
    same_without_prefilter(tmp_path, registry, monkeypatch)


def test_a_file_without_the_words_of_the_only_rule_is_not_parsed(
    registry: Registry, tmp_path: Path, parsed: list[str]
) -> None:
    (tmp_path / "a.py").write_text("import numpy\nif True:\n    print(1)\n")
    assert analysed(tmp_path, registry, "MLD504").findings == []
    assert parsed == []
    (tmp_path / "a.py").write_text("import sys\nsys.path.append('..')\n")
    assert [finding.code for finding in analysed(tmp_path, registry, "MLD504").findings] == ["MLD504"]
    assert parsed == ["a.py"]


def test_an_empty_file_is_not_parsed_and_still_part_of_the_project(
    registry: Registry, tmp_path: Path, parsed: list[str]
) -> None:
    (tmp_path / "a.py").write_text(" \n\n")
    result = analysed(tmp_path, registry, *(rule.code for rule in registry.rules))
    assert parsed == []
    assert [kind.rpartition(":")[2] for kind in result.facts] == ["ModuleFact"]


@pytest.mark.parametrize("path", ["a.py", "pkg/__init__.py", "src/pkg/b.py"])
@pytest.mark.parametrize("text", ["", "\n", "  \n\t\n"])
def test_the_fact_of_an_empty_file_is_that_of_its_tree(text: str, path: str, registry: Registry) -> None:
    file = source_file(text, registry.library, path)
    assert empty_module(path) == module_fact(file)
    assert not vocabulary(file).references


def test_a_suppression_in_a_file_that_no_rule_needs_is_known(
    registry: Registry, tmp_path: Path, parsed: list[str]
) -> None:
    (tmp_path / "a.py").write_text("x = 1  # mldebt: ignore[MLD504]\n")
    result = analysed(tmp_path, registry, "MLD504")
    assert [directive.rules for directive in result.directives] == [("MLD504",)]
    assert parsed == []


def test_roles_are_looked_for_by_the_names_of_their_apis(registry: Registry) -> None:
    wanted = Needs(roles=frozenset({Role.ENVIRONMENT})).in_text(registry.library)
    assert wanted.is_in("from os import getenv as g")
    assert not wanted.is_in("from os import path")


def test_every_built_in_rule_says_what_it_needs() -> None:
    assert [rule.code for rule in RULES if hasattr(rule, "check") and not rule.needs.text] == [
        "MLD001",
        "MLD003",
    ]
