"""Time and memory from ten thousand lines to a million and beyond."""

from __future__ import annotations

import shutil
import statistics
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from measure.corpus import Source
from measure.floor import parse
from measure.model import Bound, Ratio, Sample, Section, Series, ratio, spaced
from measure.runs import Command, Takers, in_turn, told
from measure.setup import Setup
from measure.tools import lint

SIZES = (10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000)
SMALL, BIG = SIZES[2], SIZES[-1]
LARGEST = 1_700_000
MEGABYTE = 1e6


def growth(setup: Setup) -> Section:
    """Seconds and memory at each size in one process."""
    sizes = [size for size in SIZES if size <= (setup.lines or BIG)]
    cuts = {size: setup.corpus.take(lines=size, spread=True) for size in sizes}
    section = setup.section("growth", cuts[sizes[-1]])
    commands = {size: _command(setup, size, cut, 1) for size, cut in cuts.items()}
    takers: Takers = {command.what: command for command in commands.values()}
    curve = in_turn(setup.runs, takers)
    lines = [sum(source.lines for source in cuts[size]) for size in sizes]
    curve = [replace(one, lines=count) for one, count in zip(curve, lines, strict=True)]
    section.series = curve
    by_size = dict(zip(sizes, curve, strict=True))
    if BIG in by_size:
        _straight(section, by_size[BIG], by_size[SMALL])
    _against_parsing(section, curve, [commands[size].folder for size in sizes])
    return section


def memory(setup: Setup) -> Section:
    """The memory of the parent of two processes, with a cache as by default and without."""
    size = setup.lines or LARGEST
    cut = setup.corpus.take(lines=size, spread=True)
    section = setup.section("memory", cut)
    tree = setup.project("memory", cut)
    what = f"{spaced(size)} lines, -j 2"
    cold = lint(tree, what, "-j", "2", cores=2)
    bare = lint(tree, f"{what}, --no-cache", "-j", "2", "--no-cache", cores=2)

    def emptied() -> Sample:
        shutil.rmtree(tree / ".mldebt_lint_cache", ignore_errors=True)
        return cold()

    section.series = in_turn(setup.runs, {cold.what: emptied, bare.what: bare})
    for series in section.series:
        parent = statistics.median(series.parents) / MEGABYTE
        section.bounds.append(Bound(f"peak memory of the parent, {series.what}", parent, 400, "MB"))
    return section


def _command(setup: Setup, size: int, cut: list[Source], processes: int) -> Command:
    what = f"{spaced(size)} lines, -j {processes}"
    tree = setup.project(f"growth-{size}", cut)
    return lint(tree, what, "-j", str(processes), "--no-cache", cores=processes)


def _straight(section: Section, big: Series, small: Series) -> None:
    """Compare the seconds per line of a big run with those of a small one."""
    what = f"seconds per line, {spaced(BIG)} lines / {spaced(SMALL)} lines"
    times = ratio(what, *([wall / one.lines for wall in one.walls] for one in (big, small)))
    section.ratios.append(times)
    section.bounds.append(Bound(what, times.median, 1.15))


def _against_parsing(section: Section, curve: Sequence[Series], trees: Sequence[Path]) -> None:
    """Say how many times each size costs what its files take to parse, measured once: no two cuts are alike."""
    for series, tree in zip(curve, trees, strict=True):
        bare = told(f"bare parse, {series.what}", parse(tree))
        times = tuple(cpu / bare.cpu for cpu in series.cpus)
        section.ratios.append(Ratio(f"{series.what} / bare parse (CPU seconds)", times))
