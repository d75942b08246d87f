"""Several processes: the same results, whatever the number, the order and the accidents."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mldebt_lint import workers
from mldebt_lint.analyse import Analyst, FileResult, Task
from mldebt_lint.config import load_config
from mldebt_lint.reading.options import ReadOptions
from mldebt_lint.sources import Sources
from mldebt_lint.workers import Recipe, analyse_files

PARENT = os.getpid()
DEAD = "import random\n\nif False:\n    random.shuffle(rows)\n"


@pytest.fixture
def tasks(tmp_path: Path) -> list[Task]:
    """Files of different sizes, one of them broken."""
    found = []
    for number in range(30):
        path = tmp_path / f"m{number}.py"
        path.write_text("def f(:\n" if number == 7 else DEAD * (number % 5))
        found.append(Task(path, path.name, frozenset({"MLD000", "MLD521"})))
    return found


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    """The built-in rules."""
    return Recipe(load_config(tmp_path, isolated=True), Sources(tmp_path), ReadOptions())


@pytest.fixture(autouse=True)
def cheap_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start processes for next to no work."""
    monkeypatch.setattr(workers, "WORTH_A_FORK", 1)
    monkeypatch.setattr(workers, "WORTH_A_START", 1)


def analysed(tasks: list[Task], recipe: Recipe, jobs: int) -> list[tuple[object, ...]]:
    """What is found, by path; facts are compared by their kinds, for sets have no order when they are packed."""
    results = sorted(analyse_files(tasks, recipe.analyst(), recipe, jobs), key=lambda result: result.path)
    return [
        (r.path, r.digest, r.findings, r.directives, r.problems, r.notes, r.facts.keys()) for r in results
    ]


@pytest.mark.parametrize("jobs", [2, 3, 0])
def test_any_number_of_processes_gives_the_same(tasks: list[Task], recipe: Recipe, jobs: int) -> None:
    assert analysed(tasks, recipe, jobs) == analysed(tasks, recipe, 1)


def test_any_order_of_files_gives_the_same(tasks: list[Task], recipe: Recipe) -> None:
    shuffled = random.Random(5).sample(tasks, len(tasks))
    assert analysed(shuffled, recipe, 2) == analysed(tasks, recipe, 1)


def test_workers_that_share_nothing_with_their_parent_give_the_same(
    tasks: list[Task], recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = analysed(tasks, recipe, 1)
    monkeypatch.setattr(workers, "_context", lambda: multiprocessing.get_context("spawn"))
    assert analysed(tasks, recipe, 2) == expected


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux only, and so have the patch")
def test_what_a_killed_worker_had_to_do_is_done_by_the_parent(
    tasks: list[Task], recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = analysed(tasks, recipe, 1)
    original = Analyst.analyse

    def deadly(self: Analyst, task: Task) -> FileResult:
        if task.shown == "m11.py" and os.getpid() != PARENT:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(self, task)

    monkeypatch.setattr(Analyst, "analyse", deadly)
    assert analysed(tasks, recipe, 2) == expected


def test_every_file_is_in_one_chunk_and_chunks_are_small(tasks: list[Task]) -> None:
    sizes = {task.shown: task.path.stat().st_size + 1 for task in tasks}
    chunks = workers._chunks(tasks, sizes, 2)
    assert sorted(task.shown for chunk in chunks for task in chunk) == sorted(sizes)
    largest = max(sum(sizes[task.shown] for task in chunk) for chunk in chunks)
    assert largest <= sum(sizes.values()) / 2


@pytest.mark.skipif(sys.platform != "linux", reason="processes are told from /proc")
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_no_worker_outlives_the_run(tmp_path: Path, end: signal.Signals) -> None:
    for number in range(40):
        (tmp_path / f"m{number}.py").write_text(DEAD * 400)
    words = [sys.executable, "-m", "mldebt_lint", "--isolated", "--no-cache", "-j", "2", "."]
    run = subprocess.Popen(
        words, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    until(lambda: len(session(run.pid)) == 3)
    os.kill(run.pid, end)
    _, errors = run.communicate(timeout=20)
    until(lambda: not session(run.pid))
    assert b"Traceback" not in errors
    assert run.returncode == (130 if end is signal.SIGINT else -end)


def session(leader: int) -> list[int]:
    """Return the processes of a session that are alive."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            # The name, in brackets, may hold anything; behind it: state, parent, group, session.
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == leader and fields[0] != "Z":
            found.append(int(folder.name))
    return found


def until(reached: object, seconds: float = 20.0) -> None:
    """Wait for something to become true."""
    assert callable(reached)
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end
        time.sleep(0.02)
