"""Runs without a cache: against bare parsing, two processes against one, against the neighbours."""

from __future__ import annotations

from measure.floor import engine, parse
from measure.model import Bound, Section, Series, ratio, same_output
from measure.runs import CrashError, Takers, commands_in_turn, in_turn
from measure.setup import Setup
from measure.tools import NEIGHBOURS, OURS, lint

PARSE, IN_PROCESS, COMMAND = "bare parse, in one process", "full run, in the same process", "whole command"


def floor(setup: Setup, *, timings: bool = False) -> Section:
    """A full run in one process against parsing the same files, and the whole command beside it."""
    sources = setup.corpus.take(lines=setup.lines or 100_000)
    tree, section = setup.project("floor", sources), setup.section("floor", sources)
    full = engine(tree)
    command = lint(tree, COMMAND, "-j", "1", "--no-cache", cores=1)
    takers: Takers = {PARSE: lambda: parse(tree), IN_PROCESS: full, COMMAND: command}
    section.series = in_turn(setup.runs, takers)
    bare, inside, whole = section.series
    section.ratios = [
        ratio(f"{IN_PROCESS} / {PARSE} (CPU seconds)", inside.cpus, bare.cpus),
        ratio(f"{COMMAND} / {PARSE} (clock)", whole.walls, bare.walls),
    ]
    section.bounds = [Bound("cold, one process, against bare parsing", section.ratios[0].median, 1.5)]
    if timings:
        steps = sorted(full.timings.items(), key=lambda item: -item[1])
        print("\n".join(f"{spent:8.2f} s  {step}" for step, spent in steps))
    return section


def processes(setup: Setup) -> Section:
    """Two processes against one; both print the same."""
    sources = setup.corpus.take(lines=setup.lines or 100_000)
    tree, section = setup.project("processes", sources), setup.section("processes", sources)
    commands = [lint(tree, f"-j {count}", "-j", str(count), "--no-cache", cores=count) for count in (1, 2)]
    one, two = section.series = commands_in_turn(setup.runs, commands)
    section.ratios = [ratio("-j 1 / -j 2 (clock)", one.walls, two.walls)]
    section.bounds = [Bound("two processes against one", section.ratios[0].median, 1.7, at_least=True)]
    section.remarks += same_output("one process, two processes", one, two)
    return section


def neighbours(setup: Setup) -> Section:
    """Other linters on the same files and cores, on one core and on two."""
    sources = setup.corpus.take(lines=setup.lines or 50_000)
    tree, section = setup.project("neighbours", sources), setup.section("neighbours", sources)
    section.versions = setup.tools.versions()
    for cores, on in ((1, "one core"), (2, "two cores")):
        own = lint(tree, OURS, "-j", str(cores), "--no-cache", cores=cores)
        commands = [own, *setup.tools.neighbours(tree, cores, section.remarks)]
        takers: Takers = {command.what: command for command in commands}
        found = in_turn(setup.runs, takers, section.remarks)
        section.series += [Series(f"{one.what}, {on}", one.samples) for one in found]
        _compare(section, {one.what: one for one in found}, on)
    section.remarks = list(dict.fromkeys(section.remarks))
    return section


def _compare(section: Section, found: dict[str, Series], on: str) -> None:
    """Add how many times as long as ours each neighbour takes."""
    own = found.get(OURS)
    if own is None:
        raise CrashError(section.remarks[-1])
    for tool in NEIGHBOURS:
        if tool.name in found:
            times = ratio(f"{tool.name} / {OURS}, {on}", found[tool.name].walls, own.walls)
            section.ratios.append(times)
            if tool.at_least is not None:
                section.bounds.append(Bound(f"{tool.name}, {on}", times.median, tool.at_least, at_least=True))
