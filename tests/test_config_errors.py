"""What is wrong with a configuration is said in one line, with its place and a suggestion."""

from __future__ import annotations

from pathlib import Path

import pytest

from mldebt_lint.config import Config, find_root, load_config
from mldebt_lint.errors import UserError


def write(directory: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return directory


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A version-controlled folder, so that no search leaves it."""
    return write(tmp_path / "repository", {".git/HEAD": "", "src/models/train.py": ""})


def error_of(root: Path, **arguments: object) -> str:
    with pytest.raises(UserError) as raised:
        load_config(root, **arguments)  # type: ignore[arg-type]  # the names of its arguments
    return str(raised.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\n\nselekt = []", "3: unknown key 'selekt' (did you mean 'select'?)"),
        ("per_file_ignores = {}", "1: unknown key 'per_file_ignores' (did you mean 'per-file-ignores'?)"),
        ("extend-ignore = []", "1: unknown key 'extend-ignore' (did you mean 'ignore'?)"),
        ("disable = []", "1: unknown key 'disable' (did you mean 'ignore'?)"),
        ("xyzzy = 1", "1: unknown key 'xyzzy'"),
        (
            'select = "MLD5"',
            """1: select must be a list of strings, not the string "MLD5" (write ["MLD5"])""",
        ),
        ('ignore = [\n "MLD5",\n 6]', "3: ignore[1] must be a string, not the number 6"),
        ("packs = [1]", "1: packs[0] must be a string, not the number 1"),
        ("profile = 2", '1: profile must be "default", "strict" or "audit", not the number 2'),
        (
            'fail-on = "eror"',
            '1: fail-on must be "info", "warning" or "error", not the string "eror" '
            "(did you mean 'error'?)",
        ),
        (
            '[severity]\nMLD5 = "off"',
            '2: severity.MLD5 must be "info", "warning" or "error", not the string "off" '
            "(a rule is turned off by 'ignore')",
        ),
        ("severity = true", "1: severity must be a table, not true"),
        ("rules.path-hack = 1", "1: rules.path-hack must be a table, not the number 1"),
        ("[presets]\ntest = []", "2: unknown preset 'test' (did you mean 'tests'?)"),
        (
            "[presets]\nxyzzy = []",
            "2: unknown preset 'xyzzy' (the presets are tests, docs, vendored, generated)",
        ),
        (
            'per-file-ignores."a b.py" = {}',
            '1: per-file-ignores."a b.py" must be a list of strings, not a table',
        ),
        ("plugins = 1979-05-27", "1: plugins must be a list of strings, not the date or time 1979-05-27"),
        ('a = 1\nb = "', "2: not valid TOML: Unterminated string"),
        ("[tool.mldebt-lint]", "1: unknown key 'tool' (leave out 'tool.mldebt-lint' here)"),
    ],
)
def test_a_wrong_configuration_is_an_error_with_its_line(text: str, message: str, tmp_path: Path) -> None:
    write(tmp_path, {"mldebt-lint.toml": text})
    assert error_of(tmp_path) == f"mldebt-lint.toml:{message}"


@pytest.mark.parametrize("name", ["mldebt_lint", "mldebtlint", "mldebt"])
def test_a_misspelt_section_is_not_silently_left_unread(name: str, repository: Path) -> None:
    write(repository, {"pyproject.toml": f"[project]\n\n[tool.{name}]\nselect = []"})
    expected = f"pyproject.toml:3: [tool.{name}] is not read (did you mean [tool.mldebt-lint]?)"
    assert find_root(repository / "src") == repository
    assert error_of(repository) == expected


def test_a_section_that_is_no_table_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": "[tool]\nmldebt-lint = 1"})
    assert error_of(tmp_path) == "pyproject.toml:2: tool.mldebt-lint must be a table, not the number 1"


def test_a_pyproject_given_must_have_the_section(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": "[tool.black]"})
    message = "pyproject.toml: there is no [tool.mldebt-lint] in this file"
    assert error_of(tmp_path, file=tmp_path / "pyproject.toml") == message


def test_a_file_that_is_missing_is_an_error(tmp_path: Path) -> None:
    message = "ci.toml: cannot read this configuration: No such file or directory"
    assert error_of(tmp_path, file=tmp_path / "ci.toml") == message


def test_a_configuration_that_is_not_utf_8_is_an_error_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "mldebt-lint.toml").write_bytes(b"# ours\nignore = ['\xe9']\n")
    assert error_of(tmp_path) == "mldebt-lint.toml:2: a configuration must be UTF-8"


def test_a_file_and_isolation_exclude_each_other(tmp_path: Path) -> None:
    message = "an isolated run reads no configuration file (leave out --isolated or ci.toml)"
    assert error_of(tmp_path, file=Path("ci.toml"), isolated=True) == message


@pytest.mark.parametrize(
    ("override", "message"),
    [
        (
            "ignore=MLD5",
            "'ignore=MLD5' is no file and no TOML pair "
            """(write "key = value" with quotes around strings, as in 'ignore = ["MLD5"]')""",
        ),
        ("ignor = []", "unknown key 'ignor' (did you mean 'ignore'?)"),
        ("tool.mldebt-lint.ignore = []", "unknown key 'tool' (leave out 'tool.mldebt-lint' here)"),
        ("fail-on = 3", 'fail-on must be "info", "warning" or "error", not the number 3'),
    ],
)
def test_a_wrong_override_is_an_error(override: str, message: str, tmp_path: Path) -> None:
    assert error_of(tmp_path, overrides=[override]) == f"--config: {message}"


def test_a_broken_pyproject_that_does_not_name_the_tool_is_no_configuration(repository: Path) -> None:
    write(repository, {"pyproject.toml": "[project\n"})
    assert load_config(repository) == Config(root=repository)


def test_a_broken_pyproject_that_configures_the_tool_is_an_error_with_its_line(repository: Path) -> None:
    write(repository, {"pyproject.toml": "[tool.mldebt-lint]\nselect = \n"})
    assert find_root(repository / "src") == repository
    assert error_of(repository) == "pyproject.toml:2: not valid TOML: Invalid value"


def test_a_broken_pyproject_that_only_mentions_the_tool_is_no_configuration(repository: Path) -> None:
    write(repository, {"pyproject.toml": '[project\ndependencies = ["mldebt-lint"]\n'})
    assert load_config(repository).source is None
