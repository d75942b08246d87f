"""What `--show-settings` prints."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mldebt_lint.config import Config, Flags, Preset, load_config, resolve, show_settings
from mldebt_lint.model import Debt, Profile, Severity

DEFAULTS = """\
# configuration file: none
select = ["ALL"]  # default
extend-select = []  # default
ignore = []  # default
profile = "default"  # default
exclude = ["data"]  # default
extend-exclude = []  # default
packs = []  # default
local-rules = []  # default
plugins = []  # default
python-cell-magics = ["time"]  # default
fail-on = "warning"  # default
min-severity = "info"  # default
output-format = []  # default

[presets]
docs = ["docs/**"]  # default
"""
SMALL = Config(
    root=Path("/p"), exclude=("data",), presets=(Preset("docs", ("docs/**",)),), python_cell_magics=("time",)
)


@dataclass(frozen=True)
class Rule:
    """What selection knows of a rule."""

    code: str
    name: str
    debt: Debt = Debt.GLUE_CODE
    profile: Profile = Profile.DEFAULT


@dataclass(frozen=True)
class Options:
    """The options of a rule."""

    max_modules: int = 8
    names: tuple[str, ...] = ()
    strict: bool = True
    ratio: float = 0.5


def test_without_a_configuration_all_is_marked_as_default() -> None:
    assert show_settings(SMALL) == DEFAULTS


CONFIGURATION = """\
ignore = [
  "MLD523",
]
profile = "strict"
extend-exclude = ["legacy/"]
packs = ["lint/acme.yaml"]

[per-file-ignores]
"scripts/**" = ["MLD504"]

[presets]
docs = []

[severity]
"cat:glue-code" = "error"

[rules.scattered-package]
max-modules = 5
"""


def configured(tmp_path: Path) -> Config:
    (tmp_path / "mldebt-lint.toml").write_text(CONFIGURATION, encoding="utf-8")
    config = load_config(tmp_path, overrides=['severity.MLD8 = "info"', "rules.MLD503.strict = false"])
    return replace(config, exclude=("data",), presets=config.presets[1:2], python_cell_magics=("time",))


def test_each_setting_is_shown_with_its_origin(tmp_path: Path) -> None:
    flags = Flags(extend_select=("MLD8",), ignore=("MLD5",), extend_exclude=("old",), fail_on=Severity.ERROR)
    assert show_settings(configured(tmp_path).with_flags(flags)) == (
        "# configuration file: mldebt-lint.toml\n"
        'select = ["ALL"]  # default\n'
        'extend-select = ["MLD8"]  # --extend-select\n'
        'ignore = ["MLD523", "MLD5"]  # mldebt-lint.toml:1, --ignore\n'
        'profile = "strict"  # mldebt-lint.toml:4\n'
        'exclude = ["data"]  # default\n'
        'extend-exclude = ["legacy/", "old"]  # mldebt-lint.toml:5, --extend-exclude\n'
        'packs = ["lint/acme.yaml"]  # mldebt-lint.toml:6\n'
        "local-rules = []  # default\n"
        "plugins = []  # default\n"
        'python-cell-magics = ["time"]  # default\n'
        'fail-on = "error"  # --fail-on\n'
        'min-severity = "info"  # default\n'
        "output-format = []  # default\n"
        "\n"
        "[per-file-ignores]\n"
        '"scripts/**" = ["MLD504"]  # mldebt-lint.toml:9\n'
        "\n"
        "[presets]\n"
        "docs = []  # mldebt-lint.toml:12\n"
        "\n"
        "[severity]\n"
        '"cat:glue-code" = "error"  # mldebt-lint.toml:15\n'
        'MLD8 = "info"  # --config\n'
        "\n"
        "[rules.MLD503]\n"
        "strict = false  # --config\n"
        "\n"
        "[rules.scattered-package]\n"
        "max-modules = 5  # mldebt-lint.toml:18\n"
    )


def test_a_selection_on_the_command_line_is_shown_in_place_of_that_of_the_configuration() -> None:
    config = replace(SMALL, select=("MLD5",), extend_select=("MLD6",)).with_flags(Flags(select=("MLD8",)))
    lines = show_settings(config).splitlines()
    assert lines[1:3] == ['select = ["MLD8"]  # --select', "extend-select = []  # default"]


def test_the_options_of_rules_are_shown_with_their_defaults(tmp_path: Path) -> None:
    options = Options(max_modules=5, strict=False)
    text = show_settings(configured(tmp_path), [(Rule("MLD503", "scattered-package"), options)])
    assert text.partition("[rules.")[2] == (
        "scattered-package]\n"
        "max-modules = 5  # mldebt-lint.toml:18\n"
        "names = []  # default\n"
        "strict = false  # --config\n"
        "ratio = 0.5  # default\n"
    )


def test_a_rule_without_options_is_not_shown() -> None:
    @dataclass(frozen=True)
    class NoOptions:
        pass

    assert show_settings(SMALL, [(Rule("MLD503", "scattered-package"), NoOptions())]) == DEFAULTS


def test_a_long_list_has_one_item_in_a_line() -> None:
    names = tuple(f"directory-{number}" for number in range(10))
    items = "".join(f'    "{name}",\n' for name in names)
    assert f"exclude = [  # default\n{items}]\n" in show_settings(replace(SMALL, exclude=names))


def test_the_text_does_not_depend_on_where_the_project_is(tmp_path: Path) -> None:
    texts = set()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        texts.add(show_settings(configured(tmp_path / name)))
    assert len(texts) == 1


words = st.lists(st.text(max_size=5), max_size=3)
options = st.fixed_dictionaries({"number": st.integers(), "flag": st.booleans(), "words": words})


@given(words.map(tuple), st.text(max_size=8), options)
def test_what_is_shown_can_be_read_back(
    tmp_path_factory: pytest.TempPathFactory, texts: tuple[str, ...], key: str, raw: dict[str, object]
) -> None:
    root = tmp_path_factory.mktemp("project")
    config = Config(
        root=root,
        source=root / "mldebt-lint.toml",
        select=("ALL",),
        ignore=texts,
        exclude=texts,
        per_file_ignores=((key, texts),),
        rule_options={key: raw},
        severity={key: Severity.ERROR},
    )
    (root / "mldebt-lint.toml").write_bytes(show_settings(config).encode())
    assert load_config(root) == config


def test_reading_back_the_defaults_selects_the_same_rules(tmp_path: Path) -> None:
    rules = (Rule("MLD501", "a"), Rule("MLD502", "b", profile=Profile.AUDIT))
    (tmp_path / "mldebt-lint.toml").write_text(show_settings(Config(root=tmp_path)), encoding="utf-8")
    read = resolve(rules, load_config(tmp_path))
    assert [decision.shown for decision in read.values()] == [True, False]
