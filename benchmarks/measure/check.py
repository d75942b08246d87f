"""A check by ratios that runs in under a minute, offline, on packages that are installed here anyway."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from measure.corpus import Corpus, Tree
from measure.floor import engine, parse
from measure.model import Bound, Section, ratio, same_output
from measure.runs import Takers, available_cores, in_turn, prime
from measure.setup import Setup
from measure.tools import lint

INSTALLED = ("click", "libcst", "pip", "rich")
LINES = 20_000
ROUNDS = 3


def check(setup: Setup) -> Section:
    """Compare runs of one round, and take the best round: what got slower is slower in all of them.

    The bounds leave head room for other machines, and for what else they do: what breaks one is no noise.
    """
    setup = replace(setup, corpus=installed())
    sources = setup.corpus.take(lines=setup.lines or LINES, spread=True)
    tree, section = setup.project("check", sources), setup.section("check", sources)
    cold = [lint(tree, f"-j {count}", "-j", str(count), "--no-cache") for count in (1, 2)]
    stored = lint(tree, "warm", "-j", "1", "--cache-dir", str(setup.work / "cache"))
    prime(stored)
    takers: Takers = {"parse": lambda: parse(tree), "full": engine(tree)}
    takers |= {command.what: command for command in (*cold, stored)}
    series = in_turn(ROUNDS, takers)
    section.series = series
    bare, full, one, two, warm = series
    section.bounds = [
        Bound("full run against bare parsing", best(full.cpus, bare.cpus), 2),
        Bound("a warm run against a cold one", best(warm.walls, one.walls), 0.5),
    ]
    if available_cores() > 1:
        section.bounds.append(Bound("two processes against one", best(two.walls, one.walls), 1.4))
    section.remarks = same_output("one process, two processes, warm", one, two, warm)
    return section


def best(over: Sequence[float], under: Sequence[float]) -> float:
    """Return the smallest ratio of two measurements of one round."""
    return min(ratio("", over, under).values)


def installed() -> Corpus:
    """Return the sources of packages that every development environment holds."""
    specs = [find_spec(name) for name in INSTALLED]
    found = [Path(spec.origin).parent for spec in specs if spec is not None and spec.origin is not None]
    return Corpus([Tree(folder, folder.parent, folder.name) for folder in found])
