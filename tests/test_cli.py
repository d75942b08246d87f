"""The command line at the user's edge: words in, output and exit code out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from mldebt_lint.cli import main

DEAD = "import numpy as np\n\nif False:\n    np.zeros(3)\n"


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str


Cli = Callable[..., Result]


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Cli:
    """Run the command line in an empty folder that is its own project."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text("[tool.mldebt-lint]\n")

    def run(*words: str) -> Result:
        monkeypatch.setattr(sys, "argv", ["mldebt-lint", *words])
        with pytest.raises(SystemExit) as stop:
            main()
        captured = capsys.readouterr()
        return Result(int(stop.value.code or 0), captured.out, captured.err)

    return run


def test_a_clean_folder_exits_with_0(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    assert cli().code == 0


def test_a_finding_exits_with_1_and_stands_on_its_line(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(DEAD)
    result = cli("--output-format", "concise")
    assert (result.code, result.out.split(" ")[0]) == (1, "a.py:3:1:")


def test_check_is_the_default_command(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(DEAD)
    assert cli("a.py").out == cli("check", "a.py").out


def test_a_folder_called_like_a_command_is_reached_with_a_dot(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a.py").write_text(DEAD)
    assert "MLD521" in cli("./rules").out


def test_exit_zero_reports_and_exits_with_0(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(DEAD)
    result = cli("--exit-zero")
    assert (result.code, "MLD521" in result.out) == (0, True)


def test_fail_on_error_lets_warnings_pass(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(DEAD)
    assert cli("--fail-on", "error").code == 0


def test_the_exit_code_does_not_depend_on_the_format(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(DEAD)
    assert [cli("--output-format", name).code for name in ("full", "concise", "json")] == [1, 1, 1]


def test_several_formats_are_written_in_one_run(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(DEAD)
    result = cli("--output-format", "concise", "--output-format", "json:out/report.json")
    report = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    assert [f["code"] for f in report["findings"]] == ["MLD521"]
    assert "MLD521" in result.out


def test_a_missing_path_is_one_line_and_exit_2(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("x = 1\n")
    result = cli("trian.py")
    assert (result.code, result.err.count("\n"), "train.py" in result.err) == (2, 1, True)


def test_an_unknown_selector_is_exit_2_with_a_suggestion(cli: Cli) -> None:
    result = cli("--select", "dead-brunch")
    assert result.code == 2
    assert "did you mean 'dead-branch'?" in result.err


def test_an_unknown_key_is_exit_2_with_file_and_line(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.mldebt-lint]\nselct = []\n")
    result = cli()
    assert result.code == 2
    assert "pyproject.toml:2" in result.err


def test_an_unknown_option_is_exit_2(cli: Cli) -> None:
    assert cli("--no-such-option").code == 2


def test_a_selected_rule_is_shown_whatever_its_profile(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "Untitled.ipynb").write_text(
        json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    )
    assert "MLD564" not in cli().out
    assert "MLD564" in cli("--select", "stray-notebook").out


def test_the_footer_counts_what_the_next_profile_shows(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "Untitled.ipynb").write_text(
        json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    )
    assert "1 more with --profile strict" in cli().out


def test_standard_input_is_linted_under_its_given_name(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stdin = tmp_path / "stdin.txt"
    stdin.write_text(DEAD)
    with stdin.open() as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        result = cli("-", "--stdin-filename", "pkg/model.py")
    assert result.out.startswith("pkg/model.py:3:1: MLD521")


def test_excluded_files_are_linted_when_named_unless_forced(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.mldebt-lint]\nexclude = ["gen"]\n')
    (tmp_path / "gen").mkdir()
    (tmp_path / "gen" / "a.py").write_text(DEAD)
    assert (cli("gen/a.py").code, cli("--force-exclude", "gen/a.py").code, cli().code) == (1, 0, 0)


def test_show_files_lists_what_would_be_linted(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "b.py").write_text("")
    (tmp_path / "a.ipynb").write_text("{}")
    assert cli("--show-files").out.split() == ["a.ipynb", "b.py"]


def test_show_settings_names_the_source_of_each_setting(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.mldebt-lint]\nprofile = "strict"\n')
    out = cli("--show-settings").out
    assert 'profile = "strict"' in out
    assert "pyproject.toml:2" in out


def test_statistics_count_by_rule(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(DEAD + DEAD)
    assert cli("--statistics", "--select", "MLD521").out.split("\n")[0] == "     2  MLD521  dead-branch"


def test_timings_go_to_standard_error(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    result = cli("--timings")
    assert " parse\n" in result.err
    assert "parse" not in result.out


def test_verbose_tells_what_is_read_on_standard_error(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    assert cli("-v").err.splitlines() == ["project .", "configuration pyproject.toml", "lints a.py"]


def test_rule_explains_by_code_and_by_name(cli: Cli) -> None:
    by_code, by_name = cli("rule", "MLD521"), cli("rule", "dead-branch")
    assert by_code.out == by_name.out
    assert "Why it is debt" in by_code.out


def test_an_unknown_rule_is_exit_2_with_a_suggestion(cli: Cli) -> None:
    result = cli("rule", "dead-branhc")
    assert (result.code, "did you mean 'dead-branch'?" in result.err) == (2, True)


def test_rules_says_what_is_on_and_why(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.mldebt-lint]\nignore = ["MLD521"]\n')
    rows = json.loads(cli("rules", "--output-format", "json").out)
    status = {row["code"]: row["status"] for row in rows}
    assert status["MLD521"] == "off: ignored by 'MLD521' (pyproject.toml:2)"


def test_a_finding_of_another_project_keeps_its_path_from_here(cli: Cli, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "mldebt-lint.toml").write_text("")
        (tmp_path / name / "a.py").write_text(DEAD)
    out = cli("one", "two", "--output-format", "concise").out
    assert [line.split(":")[0] for line in out.splitlines()[:2]] == ["one/a.py", "two/a.py"]


def test_a_broken_pipe_is_quiet(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(DEAD * 3000)
    command = f"'{sys.executable}' -m mldebt_lint '{tmp_path}' --output-format full | head -n 1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, env=os.environ, check=False)
    assert (done.stderr, done.stdout.count("\n")) == ("", 1)


def test_help_does_not_import_the_parser() -> None:
    code = "import sys; sys.argv=['mldebt-lint','--help']\nfrom mldebt_lint.cli import main\n"
    code += "try: main()\nexcept SystemExit: print('libcst' in sys.modules, 'yaml' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False False"
