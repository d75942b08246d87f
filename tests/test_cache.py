"""The cache: with it, without it, broken, stale or shared, a run reports the same."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from mldebt_lint import lint as lint_module
from mldebt_lint.analyse import FileResult
from mldebt_lint.analysis.project import Project
from mldebt_lint.cache import CACHE_FOLDER, Content, clean, database
from mldebt_lint.config import Flags, load_config
from mldebt_lint.engine import run
from mldebt_lint.errors import UserError
from mldebt_lint.model import Profile, Report
from mldebt_lint.request import Request
from mldebt_lint.sources import Sources

DEAD = "if False:\n    print(1)\n"
ALIVE = "if 12345:\n    print(1)\n"
DRAW = "import numpy as np\n\ndef draw(n):\n    return np.random.permutation(n)\n"
TRAIN = "from draw import draw\nimport pandas as pd\n\nif __name__ == '__main__':\n    rows = pd.read_csv('a.csv')\n    rows.iloc[draw(len(rows))].to_csv('b.csv')\n"
PROJECT = {
    "Untitled.ipynb": '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
    "pyproject.toml": "",
    "draw.py": DRAW,
    "train.py": TRAIN,
    "pkg/dead.py": DEAD,
    "README.md": "words\n",
}
RULE = """
from collections.abc import Iterator
from mldebt_lint.rule import Debt, FileRule, Finding, Severity, SourceFile

class Local(FileRule):
    code = "ACME001"
    name = "acme"
    debt = Debt.TOOL
    severity = Severity.WARNING

    def check(self, file: SourceFile) -> Iterator[Finding]:
        {body}
        yield self.found(file.at(file.index.modules[0].body[0]), "{message}")
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with findings of file rules and of project rules."""
    folder = tmp_path / "project"
    write(folder, PROJECT)
    return folder


def write(folder: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def lint(
    folder: Path, *paths: str, cache: bool = True, flags: Flags | None = None, rules: bool = False
) -> Report:
    """Run all rules of profile strict."""
    overrides = [f"local-rules = ['{folder / 'rules'}']"] if rules else []
    config = load_config(folder, isolated=True, overrides=overrides)
    config = config.with_flags(flags or Flags(profile=Profile.STRICT))
    sources = Sources(folder, config.packs, config.local_rules, trust_project=True)
    wanted = tuple(folder / path for path in paths) or (folder,)
    return run(Request(config, sources, wanted, cache=folder / CACHE_FOLDER if cache else None))


def summary(report: Report) -> object:
    """Everything that a report says."""
    return report.findings, report.suppressed, report.hidden, report.problems, report.notes, report.files


def fresh(folder: Path, *paths: str, flags: Flags | None = None, rules: bool = False) -> object:
    """What a run without a cache says."""
    return summary(lint(folder, *paths, cache=False, flags=flags, rules=rules))


def settled(folder: Path) -> None:
    """Date every file back, so that its times are to be trusted."""
    for path in folder.rglob("*"):
        if path.is_file() and CACHE_FOLDER not in path.parts:
            os.utime(path, ns=(1_000_000_000, 1_000_000_000))


@pytest.fixture
def analysed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are analysed from now on."""
    seen: list[str] = []
    original = lint_module.analyse_files

    def spy(*given: object) -> object:
        for result in original(*given):  # type: ignore[arg-type]
            assert isinstance(result, FileResult)
            seen.append(result.path)
            yield result

    monkeypatch.setattr(lint_module, "analyse_files", spy)
    return seen


def test_the_project_has_findings_of_both_kinds(project: Path) -> None:
    assert sorted(finding.code for finding in lint(project).findings) == ["MLD521", "MLD564", "MLD821"]


def test_a_second_run_analyses_nothing_and_says_the_same(project: Path, analysed: list[str]) -> None:
    first = lint(project)
    assert sorted(analysed) == ["Untitled.ipynb", "draw.py", "pkg/dead.py", "train.py"]
    second = lint(project)
    assert len(analysed) == 4
    assert summary(second) == summary(first) == fresh(project)
    assert second.sources == first.sources


def test_only_the_file_that_changed_is_analysed_again(project: Path, analysed: list[str]) -> None:
    lint(project)
    analysed.clear()
    write(project, {"draw.py": DRAW.replace("np.random", "np.random.default_rng(1)")})
    report = lint(project)
    assert analysed == ["draw.py"]
    assert summary(report) == fresh(project)


@pytest.mark.parametrize(("text", "judged"), [(f"{DRAW}\n# a word\n", 0), (f"# a word\n{DRAW}", 1)])
def test_the_project_is_judged_again_when_a_fact_changed(
    project: Path, text: str, judged: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    lint(project)
    projects: list[Project] = []
    original = Project.__init__
    monkeypatch.setattr(
        Project, "__init__", lambda self, *given: (projects.append(self), original(self, *given))[1]
    )
    write(project, {"draw.py": text})
    report = lint(project)
    assert len(projects) == judged
    assert summary(report) == fresh(project)


def test_a_seed_in_another_file_is_seen_by_a_run_on_one(project: Path) -> None:
    lint(project)
    write(project, {"draw.py": "import numpy as np\nnp.random.seed(1)\n" + DRAW})
    assert summary(lint(project, "train.py")) == fresh(project, "train.py")


def test_a_change_that_keeps_size_and_time_is_seen(project: Path) -> None:
    settled(project)
    lint(project)
    before = (project / "pkg/dead.py").stat()
    (project / "pkg/dead.py").write_text(ALIVE)
    os.utime(project / "pkg/dead.py", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (project / "pkg/dead.py").stat().st_size == before.st_size
    assert summary(lint(project)) == fresh(project)


def test_a_touched_file_is_not_analysed_again(project: Path, analysed: list[str]) -> None:
    lint(project)
    analysed.clear()
    settled(project)
    lint(project)
    assert analysed == []


@pytest.mark.parametrize(
    "change",
    [
        {"Makefile": "all:\n\tpython draw.py\n"},
        {"new.py": DEAD},
        {"README.md": "python draw.py\n"},
        {"pkg/dead.py": "if False:  # mldebt: ignore[MLD521]\n    print(1)\n"},
        {".gitignore": "pkg\n"},
    ],
)
def test_whatever_changes_in_the_project_is_seen(project: Path, change: Mapping[str, str]) -> None:
    lint(project)
    write(project, change)
    assert summary(lint(project)) == fresh(project)


def test_a_file_that_is_gone_or_moved_is_seen(project: Path) -> None:
    lint(project)
    (project / "pkg/dead.py").rename(project / "dead2.py")
    assert summary(lint(project)) == fresh(project)
    (project / "dead2.py").unlink()
    assert summary(lint(project)) == fresh(project)


@pytest.mark.parametrize(
    "flags",
    [
        Flags(),
        Flags(profile=Profile.DEFAULT),
        Flags(select=("MLD5",)),
        Flags(ignore=("MLD521",)),
        Flags(profile=Profile.AUDIT, extend_exclude=("pkg",)),
        Flags(extend_select=("MLD824",)),
    ],
)
def test_other_settings_have_other_findings(project: Path, flags: Flags) -> None:
    lint(project)
    assert summary(lint(project, flags=flags)) == fresh(project, flags=flags)
    assert summary(lint(project)) == fresh(project)


def test_what_was_only_read_for_its_facts_is_asked_later(project: Path) -> None:
    lint(project, "train.py")
    assert summary(lint(project)) == fresh(project)
    assert summary(lint(project, "pkg")) == fresh(project, "pkg")


def test_standard_input_is_not_kept(project: Path) -> None:
    lint(project)
    config = load_config(project, isolated=True)
    stdin = (project / "draw.py", DEAD.encode())
    request = Request(config, Sources(project), (), stdin, cache=project / CACHE_FOLDER)
    assert [f.code for f in run(request).findings] == ["MLD521"]
    assert summary(lint(project)) == fresh(project)


def test_a_local_rule_that_changes_is_asked_again(project: Path) -> None:
    for message in ("one", "two"):
        write(project, {"rules/acme.py": RULE.format(body="pass", message=message)})
        report = lint(project, "train.py", rules=True)
        assert message in {finding.message for finding in report.findings}


def test_a_rule_that_raised_is_asked_again(project: Path, analysed: list[str]) -> None:
    write(project, {"rules/acme.py": RULE.format(body="raise MemoryError", message="")})
    for _ in range(2):
        report = lint(project, "train.py", rules=True)
        assert [problem.rule for problem in report.problems] == ["ACME001"]
    assert analysed.count("train.py") == 2


# -- damage -------------------------------------------------------------------------------------------------


def cache_file(project: Path) -> Path:
    (file,) = (project / CACHE_FOLDER).glob("*.sqlite")
    return file


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.7, 0.999])
def test_a_truncated_cache_loses_no_finding(project: Path, share: float) -> None:
    lint(project)
    data = cache_file(project).read_bytes()
    cache_file(project).write_bytes(data[: int(len(data) * share)])
    assert summary(lint(project)) == fresh(project)
    assert summary(lint(project)) == fresh(project)


@pytest.mark.parametrize("warm", [True, False], ids=["nothing changed", "one file changed"])
def test_flipped_bits_lose_no_finding(project: Path, warm: bool) -> None:
    lint(project)
    data = cache_file(project).read_bytes()
    name = cache_file(project)
    if not warm:
        write(project, {"draw.py": DRAW + "\n"})
    expected = fresh(project)
    for offset in range(16, len(data), 499):
        name.write_bytes(data[:offset] + bytes([data[offset] ^ 0x10]) + data[offset + 1 :])
        assert summary(lint(project)) == expected, offset


@pytest.mark.parametrize("content", [b"", b"not a database", b"SQLite format 3\0" + b"\0" * 4096])
def test_a_foreign_file_in_the_place_of_the_cache_is_replaced(project: Path, content: bytes) -> None:
    lint(project)
    cache_file(project).write_bytes(content)
    assert summary(lint(project)) == fresh(project)


def test_a_database_with_other_tables_is_replaced(project: Path) -> None:
    lint(project)
    cache_file(project).unlink()
    name = next(iter((project / CACHE_FOLDER).glob("*")), project)
    assert name != project
    lint(project)
    file = cache_file(project)
    file.unlink()
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE contents (x)")
        connection.execute("INSERT INTO contents VALUES (1)")
    connection.close()
    assert summary(lint(project)) == fresh(project)


def test_rows_that_are_gone_lose_no_finding(project: Path) -> None:
    lint(project)
    connection = sqlite3.connect(cache_file(project))
    with connection:
        connection.execute("DELETE FROM facts WHERE path = 'train.py'")
        connection.execute("DELETE FROM reports")
    connection.close()
    assert summary(lint(project)) == fresh(project)


def test_a_folder_that_cannot_be_made_is_no_obstacle(project: Path) -> None:
    (project / CACHE_FOLDER).write_text("a file")
    assert summary(lint(project)) == fresh(project)


def test_a_full_disk_is_no_obstacle(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = database.connect

    def small(file: Path) -> sqlite3.Connection:
        connection = original(file)
        connection.execute("PRAGMA max_page_count = 12")
        return connection

    monkeypatch.setattr(database, "connect", small)
    monkeypatch.setattr(database, "BATCH", 1)
    for _ in range(3):
        assert summary(lint(project)) == fresh(project)


def test_a_cache_that_may_only_be_read_is_used_and_not_changed(
    project: Path, monkeypatch: pytest.MonkeyPatch, analysed: list[str]
) -> None:
    lint(project)
    original = database.connect

    def read_only(file: Path) -> sqlite3.Connection:
        connection = original(file)
        connection.execute("PRAGMA query_only = ON")
        return connection

    monkeypatch.setattr(database, "connect", read_only)
    analysed.clear()
    before = cache_file(project).read_bytes()
    write(project, {"draw.py": "x = 1\n"})
    report = lint(project)
    assert analysed == ["draw.py"]
    assert cache_file(project).read_bytes() == before
    assert summary(report) == fresh(project)


def test_a_cache_that_another_process_holds_is_no_obstacle(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lint(project)
    monkeypatch.setattr(database, "WAIT_SECONDS", 0.05)
    holder = sqlite3.connect(cache_file(project), isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    assert summary(lint(project)) == fresh(project)
    holder.execute("ROLLBACK")
    holder.close()
    assert cache_file(project).stat().st_size > 0


# -- whole processes ----------------------------------------------------------------------------------------


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "mldebt_lint", "--isolated", "--profile", "strict", "-j", "1", *words]


def crowd(folder: Path, number: int = 60) -> Path:
    """A project that takes a moment."""
    write(folder, {f"part{n}.py": DRAW + DEAD * (n % 7) for n in range(number)} | PROJECT)
    return folder


def said(folder: Path, *words: str) -> str:
    done = subprocess.run(command(*words, "."), cwd=folder, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.stdout


def test_runs_at_the_same_time_say_the_same(tmp_path: Path) -> None:
    folder = crowd(tmp_path)
    runs = [subprocess.Popen(command("."), cwd=folder, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    outputs = {each.communicate()[0] for each in runs}
    assert outputs == {said(folder, "--no-cache")}
    assert said(folder) == said(folder, "--no-cache")


def test_a_run_that_was_killed_leaves_a_usable_cache(
    tmp_path: Path,
) -> None:
    folder = crowd(tmp_path)
    for seconds in (0.05, 0.2, 0.4):
        each = subprocess.Popen(command("."), cwd=folder, stdout=subprocess.DEVNULL)
        while not (folder / CACHE_FOLDER).is_dir() and each.poll() is None:
            time.sleep(0.005)
        time.sleep(seconds)
        os.kill(each.pid, signal.SIGKILL)
        each.wait()
    assert said(folder) == said(folder, "--no-cache")
    assert said(folder) == said(folder, "--no-cache")


@pytest.mark.parametrize("words", [(".",), ("--version",), ("--help",), ("rules",)], ids=" ".join)
def test_what_needs_no_rule_imports_none(tmp_path: Path, words: tuple[str, ...]) -> None:
    folder = crowd(tmp_path, 3)
    said(folder)
    given = command(*words)[3:] if words == (".",) else words
    script = (
        "import sys, json\nfrom mldebt_lint.cli import main\nsys.argv = ['mldebt-lint', *json.loads(sys.argv[1])]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, json.dumps(given)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    modules = set(json.loads(done.stdout.splitlines()[-1]))
    assert not modules & {"libcst", "yaml", "rich", "mldebt_lint.rule", "mldebt_lint.registry"}
    assert not [name for name in modules if name.startswith("_mldebt_rules")]


# -- the folder ---------------------------------------------------------------------------------------------


def test_the_folder_says_that_it_is_a_cache_and_ignores_itself(project: Path) -> None:
    lint(project)
    folder = project / CACHE_FOLDER
    assert (folder / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55\n")
    assert "*" in (folder / ".gitignore").read_text().splitlines()


def test_the_number_of_caches_is_bounded(project: Path) -> None:
    codes = [f"MLD{number}" for number in (501, 502, 503, 504, 505, 521, 522, 523, 524, 541)]
    for code in codes:
        lint(project, flags=Flags(select=(code,)))
    assert len(list((project / CACHE_FOLDER).glob("*.sqlite"))) == 6


def test_a_folder_with_other_files_is_no_cache_and_stays_as_it_is(project: Path) -> None:
    other = project / "data"
    write(other, {f"{number}.sqlite": "mine" for number in range(9)})
    config = load_config(project, isolated=True)
    with pytest.raises(UserError, match="holds other files"):
        run(Request(config, Sources(project), (project,), cache=other))
    assert not clean(other)
    assert sorted(path.name for path in other.iterdir()) == [f"{number}.sqlite" for number in range(9)]


def test_a_file_that_somebody_put_into_a_cache_is_no_obstacle_and_is_left(project: Path) -> None:
    lint(project)
    note = project / CACHE_FOLDER / ".DS_Store"
    note.write_text("mine")
    lint(project, flags=Flags(ignore=("MLD501",)))
    assert len(list(note.parent.glob("*.sqlite"))) == 2
    assert clean(project / CACHE_FOLDER)
    assert os.listdir(note.parent) == [".DS_Store"]


def test_clean_deletes_the_folder_of_a_cache(project: Path) -> None:
    lint(project)
    assert clean(project / CACHE_FOLDER)
    assert not (project / CACHE_FOLDER).exists()
    assert not clean(project / CACHE_FOLDER)


def test_projects_that_share_a_folder_do_not_push_each_other_out(tmp_path: Path, analysed: list[str]) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    for _ in range(2):
        for folder in folders:
            write(folder, {"a.py": DEAD, "pyproject.toml": ""})
            config = load_config(folder, isolated=True)
            run(Request(config, Sources(folder), (folder,), cache=tmp_path / "cache"))
    assert analysed == ["a.py", "a.py"]


def test_a_time_that_no_integer_of_the_database_holds_is_no_obstacle(tmp_path: Path) -> None:
    cache = database.Cache(tmp_path / "x.sqlite")
    cache.keep_contents({"a.py": Content(1, 2**63, 2**63, "0")}, ())
    assert cache.contents() == {}
    cache.close()


def test_a_report_is_the_same_object_whatever_made_it(project: Path) -> None:
    cold, warm = (lint(project, flags=Flags(profile=Profile.DEFAULT)) for _ in range(2))
    assert cold.hidden == {Profile.STRICT: 1}
    assert replace(warm, timings={}) == replace(cold, timings={})
