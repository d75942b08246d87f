"""Rules, packs and plugins of a user's own: loaded by the same code, trusted only when the user says so."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from mldebt_lint.config import Flags, load_config
from mldebt_lint.engine import run
from mldebt_lint.errors import UserError
from mldebt_lint.registry import Registry, build_registry
from mldebt_lint.request import Request
from mldebt_lint.sources import Sources
from mldebt_lint.testing import run_example

GUIDE = (Path(__file__).resolve().parent.parent / "docs" / "writing-a-rule.md").read_text("utf-8")
PACK = """
library: acme.ml
packages: [acme]
apis:
  - names: [draw]
    in: acme.ml
    role: random-draw
    draws: [acme]
    seed: seed
    example: "from acme.ml import draw; draw()"
  - names: [set_seed]
    in: acme.ml
    role: seeder
    seeds: [acme]
    example: "from acme.ml import set_seed; set_seed(1)"
"""
DRAWS = "from acme.ml import draw\n\ntrain = draw(100)\nmodel.fit(train)\n"


def guide_block(name: str) -> str:
    """Return the code block of the guide whose first line names a file."""
    found = re.search(rf"```\w+\n# (lint/rules/{name})\n(.*?)```", GUIDE, re.DOTALL)
    assert found is not None
    return found[2]


def local(folder: Path, trust: bool = True) -> Registry:
    """Build a registry with the rules of the guide."""
    rules = folder / "lint" / "rules"
    rules.mkdir(parents=True)
    for name in ("unpinned_read.yaml", "seed_from_environment.py"):
        (rules / name).write_text(guide_block(name))
    return build_registry(Sources(folder, local_rules=(rules,), trust_project=trust))


def reported(folder: Path, registry: Registry) -> list[tuple[str, int]]:
    """Run MLD821 over a folder."""
    config = load_config(folder, isolated=True).with_flags(Flags(select=("MLD821",)))
    report = run(Request(config, registry, (folder,)))
    return [(finding.code, finding.where.span.line) for finding in report.findings]


@pytest.mark.parametrize("code", ["ACME001", "ACME002"])
def test_the_rules_of_the_guide_pass_their_own_examples(code: str, tmp_path: Path) -> None:
    registry = local(tmp_path / "project")
    rule = registry.find(code)
    assert rule is not None
    for number, example in enumerate(rule.examples):
        outcome = run_example(rule, example, registry, tmp_path / str(number))
        assert outcome.reported == outcome.expected


def test_python_rules_of_an_untrusted_project_are_left_out_with_a_note(tmp_path: Path) -> None:
    registry = local(tmp_path, trust=False)
    assert (registry.find("ACME001") is not None, registry.find("ACME002")) == (True, None)
    assert registry.notes == ("lint/rules: 1 Python rule file(s) not loaded; --trust-project runs them",)


def test_untrusted_python_is_not_executed(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "bomb.py").write_text("import sys\nsys.modules['bomb_went_off'] = sys\n")
    build_registry(Sources(tmp_path, local_rules=(tmp_path / "rules",)))
    assert "bomb_went_off" not in sys.modules


def test_a_pack_makes_the_randomness_rule_know_another_library(tmp_path: Path, registry: Registry) -> None:
    (tmp_path / "train.py").write_text(DRAWS)
    (tmp_path / "acme.yaml").write_text(PACK)
    with_pack = build_registry(Sources(tmp_path, packs=(tmp_path / "acme.yaml",)))
    assert reported(tmp_path, registry) == []
    assert reported(tmp_path, with_pack) == [("MLD821", 3)]


def test_the_seeder_of_a_pack_counts(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(f"from acme.ml import set_seed\nset_seed(7)\n{DRAWS}")
    (tmp_path / "acme.yaml").write_text(PACK)
    assert reported(tmp_path, build_registry(Sources(tmp_path, packs=(tmp_path / "acme.yaml",)))) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "library: x\napis:\n  - names: [a]\n    roll: seeder\n",
            "acme.yaml:4: unknown key 'roll' (did you mean 'role'?)",
        ),
        ("library: x\nlibrary: y\n", "acme.yaml:2: duplicate key 'library'"),
        ("library: x\napis:\n  - names: [a]\n    role: seedr\n    example: a()\n", "did you mean 'seeder'?"),
        ("library: [\n", "acme.yaml:2: not valid YAML"),
        ("- 1\n", "acme.yaml:1: the top of the file must be a mapping"),
        ("library: !!python/object:os.system x\n", "acme.yaml:1: tag"),
    ],
)
def test_a_wrong_pack_is_one_line_with_its_place(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "acme.yaml").write_text(text)
    with pytest.raises(UserError) as error:
        build_registry(Sources(tmp_path, packs=(tmp_path / "acme.yaml",)))
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("code: X1\nname: x\ndebt: tool\nseverity: warning\nsummary: s\nmessage: m\n", "'match' is missing"),
        ("code: X1\nname: x\ndebt: glue\n", "x.yaml:3: unknown debt 'glue'"),
        ("code: X1\nname: x\ndebt: tool\nseverity: fatal\n", "x.yaml:4: unknown severity 'fatal'"),
        ("cod: X1\n", "x.yaml:1: unknown key 'cod' (did you mean 'code'?)"),
    ],
)
def test_a_wrong_yaml_rule_is_one_line_with_its_place(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "x.yaml").write_text(text)
    with pytest.raises(UserError) as error:
        build_registry(Sources(tmp_path, local_rules=(tmp_path / "rules",)))
    assert message in str(error.value)


def test_a_python_rule_that_does_not_load_names_its_file(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "x.py").write_text("import no_such_module\n")
    with pytest.raises(UserError, match=r"rules/x\.py: the rule does not load: ModuleNotFoundError"):
        build_registry(Sources(tmp_path, local_rules=(tmp_path / "rules",), trust_project=True))


def test_two_rules_of_one_name_are_refused(tmp_path: Path) -> None:
    registry = tmp_path / "rules"
    registry.mkdir()
    text = guide_block("unpinned_read.yaml").replace("ACME001", "MLD000")
    (registry / "x.yaml").write_text(text)
    with pytest.raises(UserError, match="two rules are called 'MLD000'"):
        build_registry(Sources(tmp_path, local_rules=(registry,)))


def test_a_plugin_that_is_not_installed_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="the plugin 'acme' is not installed"):
        build_registry(Sources(tmp_path, plugins=("acme",)))


def test_an_installed_plugin_acts_only_when_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site" / "acme_lint"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "dates.yaml").write_text(guide_block("unpinned_read.yaml"))
    info = tmp_path / "site" / "acme_lint-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-lint\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[mldebt_lint.plugins]\nacme = acme_lint\n")
    monkeypatch.syspath_prepend(tmp_path / "site")
    assert build_registry(Sources(tmp_path)).find("ACME001") is None
    assert build_registry(Sources(tmp_path, plugins=("acme",))).find("ACME001") is not None
