"""Bare parsing, the floor of this design, and a full run of the engine, both in this process."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter, process_time

import libcst.native

from measure.model import Sample
from mldebt_lint.config import Config, Flags, load_config
from mldebt_lint.engine import run
from mldebt_lint.model import Profile
from mldebt_lint.registry import Registry, build_registry
from mldebt_lint.request import Request
from mldebt_lint.sources import Sources


def parse(folder: Path) -> Sample:
    """Parse every file once and keep nothing."""
    files = [path for path in sorted(folder.rglob("*.py")) if path.is_file()]

    def work() -> None:
        for path in files:
            libcst.native.parse_module(path.read_text("utf-8"))

    return timed(work)


@dataclass(slots=True)
class Engine:
    """The engine with all rules of profile strict, built once; starting Python is no part of its runs."""

    folder: Path
    registry: Registry
    config: Config
    timings: dict[str, float] = field(default_factory=dict)

    def __call__(self) -> Sample:
        """Run once, without a cache, in this process."""
        return timed(self._work)

    def _work(self) -> None:
        report = run(Request(self.config, self.registry, (self.folder,), timings=True, jobs=1))
        self.timings = dict(report.timings)


def engine(folder: Path) -> Engine:
    """Return the engine for one project."""
    config = load_config(folder, isolated=True).with_flags(Flags(profile=Profile.STRICT))
    return Engine(folder, build_registry(Sources(folder)), config)


def timed(work: Callable[[], None]) -> Sample:
    """Return what a piece of work takes in this process."""
    gc.collect()
    wall, cpu = perf_counter(), process_time()
    work()
    return Sample(perf_counter() - wall, process_time() - cpu)
