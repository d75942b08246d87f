"""A progress bar on standard error, for runs that a person at a terminal waits for."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

PATIENCE = 1.0  # seconds without a bar
REFRESH = 0.1  # seconds between two pictures


def wants_progress() -> bool:
    """Whether somebody watches: standard error is a terminal that can move its cursor, and this is no CI."""
    environ = os.environ
    return sys.stderr.isatty() and environ.get("TERM") != "dumb" and not environ.get("CI")


class ProgressBar:
    """Shows files done of all and files per second, once a run has lasted longer than `PATIENCE`."""

    def __init__(self, clock: Callable[[], float] = perf_counter) -> None:
        self._clock = clock
        self._started = self._shown = clock()
        self._bar: Progress | None = None

    def __call__(self, done: int, total: int) -> None:
        """Take note that so many files of all are done."""
        now = self._clock()
        if now - self._started < PATIENCE or now - self._shown < REFRESH:
            return
        self._shown = now
        if self._bar is None:
            self._bar = _new_bar()
            self._bar.start()
            self._bar.add_task("", total=total, speed=0.0)
        speed = done / (now - self._started)
        self._bar.update(self._bar.task_ids[0], completed=done, total=total, speed=speed)
        self._bar.refresh()

    def close(self) -> None:
        """Remove the bar."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def _new_bar() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    return Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("files, {task.fields[speed]:.0f}/s"),
        console=Console(stderr=True),
        transient=True,
        auto_refresh=False,  # no thread of its own: worker processes may be forked after it
    )
