"""How the configuration of a project is read."""

from __future__ import annotations

import pickle
from pathlib import Path

from mldebt_lint.config import (
    DEFAULT_PRESETS,
    Config,
    Flags,
    Preset,
    load_config,
    shown_path,
)
from mldebt_lint.model import Note, Profile, Severity
from mldebt_lint.reading.options import DEFAULT_EXCLUDE, PYTHON_CELL_MAGICS


def write(directory: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return directory


def test_without_a_configuration_all_is_default(tmp_path: Path) -> None:
    config = load_config(tmp_path)
    assert config == Config(
        root=tmp_path,
        source=None,
        select=None,
        extend_select=(),
        ignore=(),
        profile=Profile.DEFAULT,
        exclude=DEFAULT_EXCLUDE,
        extend_exclude=(),
        per_file_ignores=(),
        presets=DEFAULT_PRESETS,
        severity={},
        rule_options={},
        packs=(),
        local_rules=(),
        plugins=(),
        python_cell_magics=PYTHON_CELL_MAGICS,
        fail_on=Severity.WARNING,
        min_severity=Severity.INFO,
        output_format=(),
        flags=Flags(),
    )


EVERY_KEY = """
select = ["MLD5", "MLD8"]
extend-select = ["path-hack"]
ignore = ["MLD523"]
profile = "strict"
exclude = ["data"]
extend-exclude = ["legacy/"]
packs = ["lint/acme.yaml", "/opt/pack.yaml"]
local-rules = ["lint/rules"]
plugins = ["acme"]
python-cell-magics = ["%%acme", "time"]
fail-on = "error"
min-severity = "warning"
output-format = ["concise", "json:report.json"]
per-file-ignores = { "scripts/**" = ["MLD504"] }

[presets]
docs = []
tests = ["qa/**"]

[severity]
MLD8 = "error"
"cat:glue-code" = "info"

[rules.scattered-package]
max-modules = 5
"""


def every_key(root: Path, source: Path) -> Config:
    return Config(
        root=root,
        source=source,
        select=("MLD5", "MLD8"),
        extend_select=("path-hack",),
        ignore=("MLD523",),
        profile=Profile.STRICT,
        exclude=("data",),
        extend_exclude=("legacy/",),
        per_file_ignores=(("scripts/**", ("MLD504",)),),
        presets=(Preset("tests", ("qa/**",)), Preset("docs", ()), *DEFAULT_PRESETS[2:]),
        severity={"MLD8": Severity.ERROR, "cat:glue-code": Severity.INFO},
        rule_options={"scattered-package": {"max-modules": 5}},
        packs=(root / "lint/acme.yaml", Path("/opt/pack.yaml")),
        local_rules=(root / "lint/rules",),
        plugins=("acme",),
        python_cell_magics=(*PYTHON_CELL_MAGICS, "acme"),
        fail_on=Severity.ERROR,
        min_severity=Severity.WARNING,
        output_format=("concise", "json:report.json"),
    )


def test_every_key_is_read_from_the_tools_own_file(tmp_path: Path) -> None:
    write(tmp_path, {"mldebt-lint.toml": EVERY_KEY})
    assert load_config(tmp_path) == every_key(tmp_path, tmp_path / "mldebt-lint.toml")


def test_every_key_is_read_from_pyproject(tmp_path: Path) -> None:
    text = "[tool.mldebt-lint]" + EVERY_KEY.replace("\n[", "\n[tool.mldebt-lint.")
    write(tmp_path, {"pyproject.toml": text})
    assert load_config(tmp_path) == every_key(tmp_path, tmp_path / "pyproject.toml")


def test_a_byte_order_mark_and_windows_line_ends_are_understood(tmp_path: Path) -> None:
    content = '\ufeff# ours\r\nignore = [\r\n  "MLD5",\r\n]\r\n'
    (tmp_path / "mldebt-lint.toml").write_bytes(content.encode())
    config = load_config(tmp_path)
    assert (config.ignore, config.place("ignore", 0)) == (("MLD5",), "mldebt-lint.toml:3")


def test_one_output_format_may_stand_without_a_list(tmp_path: Path) -> None:
    write(tmp_path, {"mldebt-lint.toml": 'output-format = "json"'})
    assert load_config(tmp_path).output_format == ("json",)


def test_the_hidden_file_wins_over_the_others_of_its_directory_and_a_note_says_so(tmp_path: Path) -> None:
    names = [".mldebt-lint.toml", "mldebt-lint.toml", "pyproject.toml"]
    write(tmp_path, {names[0]: 'profile = "audit"', names[1]: "", names[2]: "[tool.mldebt-lint]"})
    config = load_config(tmp_path)
    message = ".mldebt-lint.toml is the configuration; not read beside it: mldebt-lint.toml, pyproject.toml"
    assert config.profile is Profile.AUDIT
    assert config.notes == (Note(message, path=".mldebt-lint.toml"),)


def test_the_own_file_wins_over_pyproject(tmp_path: Path) -> None:
    write(tmp_path, {"mldebt-lint.toml": "", "pyproject.toml": "[tool.mldebt-lint]"})
    message = "mldebt-lint.toml is the configuration; not read beside it: pyproject.toml"
    assert load_config(tmp_path).notes == (Note(message, path="mldebt-lint.toml"),)


def test_one_configuration_needs_no_note(tmp_path: Path) -> None:
    write(tmp_path, {"mldebt-lint.toml": "", "pyproject.toml": "[project]"})
    assert load_config(tmp_path).notes == ()


def test_an_isolated_run_reads_no_file(tmp_path: Path) -> None:
    write(tmp_path, {"mldebt-lint.toml": "this is not read"})
    config = load_config(tmp_path, overrides=['profile = "audit"'], isolated=True)
    assert config == Config(root=tmp_path, profile=Profile.AUDIT)


def test_a_file_given_is_read_instead_of_the_one_found(tmp_path: Path) -> None:
    write(tmp_path, {"project/mldebt-lint.toml": 'ignore = ["MLD5"]', "shared/ci.toml": 'packs = ["a.yaml"]'})
    config = load_config(tmp_path / "project", file=tmp_path / "shared/ci.toml")
    assert (config.ignore, config.packs) == ((), (tmp_path / "shared/a.yaml",))


def test_a_file_given_may_hold_the_section_of_a_pyproject(tmp_path: Path) -> None:
    write(tmp_path, {"ci.toml": '[tool.mldebt-lint]\nignore = ["MLD5"]'})
    assert load_config(tmp_path, file=tmp_path / "ci.toml").ignore == ("MLD5",)


def test_an_override_replaces_a_value_and_keeps_its_neighbours(tmp_path: Path) -> None:
    write(tmp_path, {"mldebt-lint.toml": 'ignore = ["MLD5", "MLD6"]\nrules.path-hack = { a = 1, b = 2 }'})
    config = load_config(tmp_path, overrides=['ignore = ["MLD8"]', "rules.path-hack.b = 3", "rules.x.c = 4"])
    assert config.ignore == ("MLD8",)
    assert config.rule_options == {"path-hack": {"a": 1, "b": 3}, "x": {"c": 4}}
    assert config.place("rules", "path-hack", "a") == "mldebt-lint.toml:2"
    assert config.place("rules", "path-hack", "b") == "--config"
    assert (config.place("ignore", 0), config.place("ignore", 1)) == ("--config", "--config")


def test_the_last_of_two_overrides_wins(tmp_path: Path) -> None:
    overrides = ['profile = "strict"', 'profile = "audit"']
    assert load_config(tmp_path, overrides=overrides).profile is Profile.AUDIT


def test_flags_replace_single_values_and_add_to_excludes() -> None:
    config = Config(root=Path("/p"), extend_exclude=("a",), output_format=("full",), fail_on=Severity.ERROR)
    flags = Flags(
        extend_exclude=("b",),
        profile=Profile.AUDIT,
        min_severity=Severity.WARNING,
        fail_on=Severity.INFO,
        output_format=("json",),
    )
    flagged = config.with_flags(flags)
    assert flagged.extend_exclude == ("a", "b")
    assert (flagged.profile, flagged.min_severity) == (Profile.AUDIT, Severity.WARNING)
    assert (flagged.fail_on, flagged.output_format) == (Severity.INFO, ("json",))
    assert (flagged.place("extend-exclude", 1), flagged.place("fail-on")) == ("--extend-exclude", "--fail-on")


def test_empty_flags_change_nothing() -> None:
    config = Config(root=Path("/p"), extend_exclude=("a",), output_format=("full",), fail_on=Severity.ERROR)
    assert config.with_flags(Flags()) == config


def test_a_path_is_shown_relative_to_the_root_where_it_lies_inside() -> None:
    assert shown_path(Path("/p/a/b.toml"), Path("/p")) == "a/b.toml"
    assert shown_path(Path("/q/b.toml"), Path("/p")) == "/q/b.toml"


def test_settings_can_be_sent_to_another_process(tmp_path: Path) -> None:
    write(tmp_path, {"mldebt-lint.toml": EVERY_KEY})
    config = load_config(tmp_path)
    assert pickle.loads(pickle.dumps(config)) == config
