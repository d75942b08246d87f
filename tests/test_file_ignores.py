"""Which rules are quiet in which files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from mldebt_lint.config import Config, FileIgnores, Preset, load_config
from mldebt_lint.errors import UserError
from mldebt_lint.model import Debt, Profile


@dataclass(frozen=True)
class Rule:
    """What selection knows of a rule."""

    code: str
    name: str
    debt: Debt
    profile: Profile = Profile.DEFAULT


RULES = (
    Rule("MLD000", "syntax-error", Debt.TOOL),
    Rule("MLD001", "unused-suppression", Debt.TOOL),
    Rule("MLD504", "path-hack", Debt.GLUE_CODE),
    Rule("MLD821", "unseeded-randomness", Debt.RANDOMNESS),
    Rule("MLD822", "unseeded-split", Debt.RANDOMNESS),
)
OTHERS = {"MLD504", "MLD821", "MLD822"}


def ignores(*per_file: tuple[str, tuple[str, ...]], presets: tuple[Preset, ...] = ()) -> FileIgnores:
    return FileIgnores(Config(root=Path("/p"), per_file_ignores=per_file, presets=presets), RULES)


@pytest.mark.parametrize(
    ("path", "preset"),
    [
        ("tests/test_train.py", "tests"),
        ("tests/helpers/data.py", "tests"),
        ("pkg/tests/data.ipynb", "tests"),
        ("pkg/test_train.py", "tests"),
        ("pkg/train_test.py", "tests"),
        ("conftest.py", "tests"),
        ("docs/conf.py", "docs"),
        ("doc/tutorial/intro.ipynb", "docs"),
        ("third_party/lib/a.py", "vendored"),
        ("src/vendor/a.py", "vendored"),
        ("vendored/a.py", "vendored"),
        ("external/a.py", "vendored"),
        ("proto/model_pb2.py", "generated"),
        ("proto/model_pb2_grpc.py", "generated"),
        ("app/migrations/0001_initial.py", "generated"),
        ("generated/client.py", "generated"),
        ("train.py", ""),
        ("test.py", ""),
        ("src/latest_model.py", ""),
        ("src/contest.py", ""),
        ("src/docs/a.py", ""),
        ("data/external/load.py", ""),
        ("testsuite/run.py", ""),
    ],
)
def test_the_presets_know_the_usual_folders(path: str, preset: str) -> None:
    assert FileIgnores(Config(root=Path("/p")), RULES).preset_for(path) == preset


def test_a_preset_quiets_all_rules_but_those_about_the_tool_itself() -> None:
    assert ignores(presets=(Preset("tests", ("qa/**",)),)).codes_for("qa/a.py") == OTHERS


def test_outside_of_presets_and_patterns_nothing_is_quiet() -> None:
    assert (
        ignores(("a.py", ("MLD8",)), presets=(Preset("tests", ("qa/**",)),)).codes_for("b.py") == frozenset()
    )


def test_a_preset_without_patterns_is_off() -> None:
    quiet = ignores(presets=(Preset("tests", ()),))
    assert (quiet.preset_for("tests/a.py"), quiet.codes_for("tests/a.py")) == ("", frozenset())


@pytest.mark.parametrize(
    ("pattern", "path", "is_quiet"),
    [
        ("scripts/**", "scripts/deep/a.py", True),
        ("scripts", "pkg/scripts/a.py", True),
        ("/scripts", "pkg/scripts/a.py", False),
        ("*.ipynb", "deep/a.ipynb", True),
        ("a.py", "deep/a.py", True),
        ("/a.py", "deep/a.py", False),
        ("!src/**", "scripts/a.py", True),
        ("!src/**", "src/a.py", False),
        ("[ab].py", "a.py", True),
        ("A.py", "a.py", False),
    ],
)
def test_patterns_are_those_of_gitignore_and_may_be_negated(pattern: str, path: str, is_quiet: bool) -> None:
    expected = {"MLD504"} if is_quiet else set()
    assert ignores((pattern, ("path-hack",))).codes_for(path) == expected


def test_all_patterns_that_match_a_file_add_up() -> None:
    quiet = ignores(("*.py", ("MLD504",)), ("scripts/**", ("cat:unseeded-randomness",)), ("b.py", ("ALL",)))
    assert quiet.codes_for("scripts/a.py") == OTHERS
    assert quiet.codes_for("a.py") == {"MLD504"}
    assert quiet.codes_for("b.py") == {"MLD000", "MLD001", *OTHERS}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('\n[per-file-ignores]\n"[z-a]" = []', "mldebt-lint.toml:3: '[z-a]' is no file pattern"),
        ('[per-file-ignores]\n"!" = []\n"a\\\\" = []', "mldebt-lint.toml:3: 'a\\' is no file pattern"),
        ('[presets]\ntests = [\n "qa",\n "!",\n]', "mldebt-lint.toml:4: '!' is no file pattern"),
    ],
)
def test_what_is_no_pattern_is_an_error_with_its_line(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "mldebt-lint.toml").write_text(text, encoding="utf-8")
    config = load_config(tmp_path)
    with pytest.raises(UserError) as raised:
        FileIgnores(config, RULES)
    assert str(raised.value) == message
