"""Runs commands in turn: A, B, A, B, so that whatever the machine is busy with meets all of them."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from measure.model import Sample, Series

CHILD = Path(__file__).with_name("child.py")
TRACEBACK = "Traceback (most recent call last)"

Taker = Callable[[], Sample]
Takers = dict[str, Taker]
"""What is run in turn, by name."""


class CrashError(Exception):
    """A command ended in a way that findings do not explain."""


@dataclass(frozen=True, slots=True)
class Command:
    """What to run, where, on how many cores, and which exit codes are no failure.

    With 0 cores it runs on all there are.
    """

    what: str
    words: tuple[str, ...]
    folder: Path
    cores: int = 0
    fine: frozenset[int] = frozenset({0, 1})

    def __call__(self) -> Sample:
        """Run it once. Raises CrashError."""
        with tempfile.TemporaryDirectory() as name:
            home = Path(name)
            result, output, errors = home / "result", home / "output", home / "errors"
            wrapper: list[str | Path] = [
                sys.executable,
                "-I",
                "-S",
                CHILD,
                result,
                output,
                errors,
                str(self.cores),
            ]
            subprocess.run([*wrapper, *self.words], cwd=self.folder, env=quiet(home), check=True)
            took = json.loads(result.read_text("utf-8"))
            said = errors.read_text("utf-8", "replace")
            # A Python program that dies of an exception ends with 1, as one does that has findings.
            if took["code"] not in self.fine or (took["code"] and TRACEBACK in said):
                last = said.strip().splitlines()[-1:] or [""]
                raise CrashError(f"{self.what} ended with {took['code']}: {last[0][:200]}")
            digest = hashlib.sha256(output.read_bytes()).hexdigest()[:16]
        return Sample(took["wall"], took["cpu"], took["peak"], took["parent"], digest)


def available_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def quiet(home: Path) -> dict[str, str]:
    """Return an environment in which no tool meets settings or caches of the user."""
    return os.environ | {"HOME": str(home), "XDG_CONFIG_HOME": str(home), "XDG_CACHE_HOME": str(home)}


def prime(command: Command) -> Sample:
    """Run a command once before anything is measured, and return what it took."""
    return told(command.what, command())


def in_turn(runs: int, takers: Takers, crashes: list[str] | None = None) -> list[Series]:
    """Run all of them `runs` times in turn.

    One that crashes is left out from then on when there is a list for what crashed. Raises CrashError otherwise.
    """
    samples: dict[str, list[Sample]] = {what: [] for what in takers}
    for _ in range(runs):
        for what in list(samples):
            try:
                samples[what].append(told(what, takers[what]()))
            except CrashError as crash:
                if crashes is None:
                    raise
                crashes.append(str(crash))
                del samples[what]
    return [Series(what, tuple(found)) for what, found in samples.items()]


def commands_in_turn(runs: int, commands: Sequence[Command]) -> list[Series]:
    """Run commands in turn. Raises CrashError."""
    return in_turn(runs, {command.what: command for command in commands})


def told(what: str, sample: Sample) -> Sample:
    """Say on standard error what a run took."""
    memory = f", {sample.peak / 1e6:.0f} MB" if sample.peak else ""
    print(f"{sample.wall:8.3f} s  {sample.cpu:8.3f} s CPU{memory}  {what}", file=sys.stderr, flush=True)
    return sample
