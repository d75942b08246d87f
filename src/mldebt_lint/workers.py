"""Analyses many files, in this process or in several: whatever the number, the same results."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager
from dataclasses import dataclass
from multiprocessing.connection import wait as wait_for
from typing import ClassVar

from mldebt_lint.analyse import Analyst, FileResult, Task
from mldebt_lint.config import Config
from mldebt_lint.plan import make_plan
from mldebt_lint.reading.options import ReadOptions
from mldebt_lint.registry import Registry
from mldebt_lint.runtime import Sweep, ready
from mldebt_lint.sources import Sources

# Below this, starting a process costs more than it saves.
WORTH_A_FORK = 150_000  # bytes of source a worker
WORTH_A_START = 2_000_000  # where a worker has to load the rules anew
FILE_BYTES = 500
CHUNKS = 12  # for each process: the last ones to end wait for little
CHUNK_BYTES = 400_000
CHUNK_FILES = 400


@dataclass(frozen=True, slots=True)
class Recipe:
    """What makes an analyst in a process that shares nothing with this one."""

    config: Config
    rules: Registry | Sources
    options: ReadOptions

    def analyst(self) -> Analyst:
        """Return a new analyst."""
        plan = make_plan(self.config, self.rules)
        return Analyst(plan.rules, plan.registry.library, self.options)


def analyse_files(tasks: Sequence[Task], analyst: Analyst, recipe: Recipe, jobs: int) -> Iterator[FileResult]:
    """Yield the result of every task, in no fixed order; the seconds of each step are added to the analyst's.

    `jobs` is the greatest number of processes, 0 for as many as there are processors. A small task is done here.
    """
    sizes = {task.shown: _size(task) for task in tasks}
    count = _processes(jobs, sum(sizes.values()), recipe)
    if count == 1:
        yield from _here(tasks, analyst)
        return
    left = {task.shown: task for task in tasks}
    start = analyst if _forks() else recipe
    try:
        for results, seconds in _in_processes(_chunks(tasks, sizes, count), start, count):
            for step, more in seconds.items():
                analyst.timings[step] = analyst.timings.get(step, 0.0) + more
            for result in results:
                del left[result.path]
                yield result
    except BrokenProcessPool:  # a worker was killed: by the system for its memory, or by somebody
        yield from _here(list(left.values()), analyst)


def _here(tasks: Sequence[Task], analyst: Analyst) -> Iterator[FileResult]:
    with ready() as sweep:
        for task in tasks:
            yield _analysed(analyst, task, sweep)


def _analysed(analyst: Analyst, task: Task, sweep: Sweep) -> FileResult:
    result = analyst.analyse(task)
    sweep(result.size)
    return result


# -- how many, and who does what ----------------------------------------------------------------------------


def _processes(jobs: int, size: int, recipe: Recipe) -> int:
    if _forks():
        worth = WORTH_A_FORK
    elif isinstance(recipe.rules, Sources):
        worth = WORTH_A_START
    else:
        return 1  # rules that are there only as objects do not travel
    return max(1, min(jobs or _processors(), size // worth))


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _context() -> multiprocessing.context.BaseContext:
    """A forked worker has the rules already; elsewhere than on Linux forking is not safe."""
    return multiprocessing.get_context("fork" if sys.platform == "linux" else None)


def _forks() -> bool:
    return _context().get_start_method() == "fork"


def _size(task: Task) -> int:
    """Return what a file costs, in bytes of source: even an empty one costs something."""
    if task.raw is not None:
        return len(task.raw) + FILE_BYTES
    try:
        return task.path.stat().st_size + FILE_BYTES
    except OSError:
        return FILE_BYTES


def _chunks(tasks: Sequence[Task], sizes: dict[str, int], count: int) -> list[list[Task]]:
    """Divide the tasks, the largest files first, into pieces that are small beside the work of one process."""
    most = min(CHUNK_BYTES, sum(sizes.values()) // (count * CHUNKS) + 1)
    chunks: list[list[Task]] = []
    size = most
    for task in sorted(tasks, key=lambda task: (-sizes[task.shown], task.shown)):
        if size >= most or len(chunks[-1]) >= CHUNK_FILES:
            chunks.append([])
            size = 0
        chunks[-1].append(task)
        size += sizes[task.shown]
    return chunks


# -- processes ----------------------------------------------------------------------------------------------

Done = tuple[list[FileResult], dict[str, float]]


def _in_processes(chunks: Sequence[list[Task]], start: Analyst | Recipe, count: int) -> Iterator[Done]:
    gc.freeze()  # so that no collection in a forked worker touches, and thereby copies, what it shares with this process
    pool = ProcessPoolExecutor(count, _context(), _Worker.start, (start,))
    try:
        waiting: set[Future[Done]] = {pool.submit(_Worker.work, chunk) for chunk in chunks}
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
            del done
    except BaseException:
        for process in list((pool._processes or {}).values()):  # noqa: SLF001  # public as of Python 3.14
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
        gc.unfreeze()


class _Worker:
    """What a process of the pool holds. Ctrl-C is for the parent, without which no worker stays."""

    analyst: ClassVar[Analyst]
    sweep: ClassVar[Sweep]
    conditions: ClassVar[AbstractContextManager[Sweep]]

    @classmethod
    def start(cls, start: Analyst | Recipe) -> None:
        """Make this process a worker."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        threading.Thread(target=cls._leave_with_parent, daemon=True).start()
        cls.conditions = ready()
        cls.sweep = staticmethod(cls.conditions.__enter__())
        cls.analyst = start.analyst() if isinstance(start, Recipe) else start

    @classmethod
    def work(cls, tasks: list[Task]) -> Done:
        """Analyse some files."""
        cls.analyst.timings.clear()
        results = [_analysed(cls.analyst, task, cls.sweep) for task in tasks]
        return results, dict(cls.analyst.timings)

    @staticmethod
    def _leave_with_parent() -> None:
        parent = multiprocessing.parent_process()
        if parent is not None:
            wait_for([parent.sentinel])
            os._exit(1)
