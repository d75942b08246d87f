"""Runs with a filled cache: nothing changed, one file changed; and what starting alone costs."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

from measure.corpus import NEUTRAL, Source, size
from measure.model import Bound, Ratio, Sample, Section, Series, ratio, same_output, spaced
from measure.runs import Command, Taker, Takers, commands_in_turn, in_turn, prime
from measure.setup import Setup
from measure.tools import OURS, lint, ours

SMALL, LARGE, EMPTY = 150, 4000, 40_000
STARTS = 4  # starts are short: that many times as many runs


def warm(setup: Setup) -> Section:
    """Nothing changed in a small and a large project; one file changed in the large one."""
    small, large = setup.corpus.take(count=SMALL), setup.corpus.take(count=setup.files or LARGE)
    section = setup.section("warm", large)
    section.corpus += f"; the small project: {size(small)}"
    _small(setup, section, small)
    _large(setup, section, large)
    return section


def _small(setup: Setup, section: Section, sources: list[Source]) -> None:
    """The small project, and ruff on it: with its own rules, and with rules that find nothing.

    ruff keeps results only of files that have no findings: with rules that find some it reads the files again.
    """
    tree = setup.project("warm-small", sources)
    what = f"{OURS}, warm, {len(sources)} files"
    own = lint(tree, what, "-j", "1", "--cache-dir", str(setup.work / "cache-small"))
    commands = [own, *_ruff(setup, tree)]
    if len(commands) == 1:
        section.remarks.append("ruff is not installed and is left out")
    cold = Series("cold", tuple(filled(command) for command in commands)[:1])
    series = commands_in_turn(setup.runs * STARTS, commands)
    section.series += series
    section.remarks += same_output("cold and warm, small project", cold, series[0])
    _bound_seconds(section, series[0], 0.25)
    section.ratios += [ratio(f"{what} / {ruff.what}", series[0].walls, ruff.walls) for ruff in series[1:]]
    section.bounds += [Bound(one.what, one.median, 5) for one in section.ratios[:1]]


def _ruff(setup: Setup, tree: Path) -> list[Command]:
    """Return ruff's warm runs: with its default rules, and with one that finds nothing in files that parse."""
    ruff = setup.tools.find("ruff")
    if ruff is None:
        return []
    words = (
        ruff,
        "check",
        "--isolated",
        "--output-format",
        "concise",
        "--cache-dir",
        str(setup.work / "ruff"),
    )
    return [
        Command("ruff, warm", (*words, "."), tree),
        Command("ruff, warm, nothing to report", (*words, "--select", "E9", "."), tree),
    ]


def _large(setup: Setup, section: Section, sources: list[Source]) -> None:
    tree, changed = setup.project("warm-large", sources), sources[len(sources) // 2].name
    count, cache = f"{spaced(len(sources))} files", ("--cache-dir", str(setup.work / "cache-large"))
    same = lint(tree, f"{OURS}, warm, {count}", "-j", "1", *cache)
    cold = filled(lint(tree, f"the first runs over {count}", "-j", "2", *cache))
    one = f"{OURS}, one of {count} changed"
    named = f"{OURS}, one of {count} changed, only it named"
    only = Command(named, (*same.words[:-1], changed), tree)
    takers: Takers = {
        same.what: same,
        one: after_change(tree / changed, Command(one, same.words, tree)),
        named: after_change(tree / changed, only),
    }
    unchanged, *edited = in_turn(setup.runs, takers)
    section.series += [unchanged, *edited]
    first = Series("cold", (cold,))
    section.remarks += same_output("cold and warm, large project", first, Series("", unchanged.samples[:1]))
    _bound_seconds(section, unchanged, 1.2)
    for series in edited:
        _bound_seconds(section, series, 1.5)


def filled(command: Command) -> Sample:
    """Run a command twice to fill its cache, and return the first run: files just written are read once more."""
    cold = prime(command)
    prime(command)
    return cold


def after_change(path: Path, command: Command) -> Taker:
    """Return a taker that changes a file, each time to something new, before it runs the command."""
    numbers: Iterator[int] = itertools.count()
    text = path.read_text("utf-8")

    def take() -> Sample:
        path.write_text(f"{text}\nchanged_{next(numbers)} = 1\n", "utf-8")
        return command()

    return take


def start(setup: Setup) -> Section:
    """Telling the version against importing click; a cold run over empty files."""
    section = Section("start", f"no files, and {spaced(setup.files or EMPTY)} empty ones")
    tree = _empty_files(setup.work / "empty", setup.files or EMPTY)
    version = Command(f"{OURS} --version", (ours(), "--version"), tree)
    click = Command('python -c "import click"', (sys.executable, "-c", "import click"), tree)
    prime(version)
    own, other = commands_in_turn(setup.runs * STARTS, [version, click])
    section.ratios = [ratio("--version / import click", own.walls, other.walls)]
    commands = [
        lint(tree, f"empty files, -j {count}", "-j", str(count), "--no-cache", cores=count)
        for count in (1, 2)
    ]
    empty = commands_in_turn(setup.runs, commands)
    section.series = [own, other, *empty]
    _bound_seconds(section, own, 0.08)
    section.bounds.append(Bound("--version against import click", section.ratios[0].median, 4))
    for series in empty:
        _bound_seconds(section, series, 8)
    return section


def _bound_seconds(section: Section, series: Series, limit: float) -> None:
    median = Ratio(series.what, tuple(series.walls)).median
    section.bounds.append(Bound(series.what, median, limit, "s"))


def _empty_files(folder: Path, count: int) -> Path:
    """Make a project of empty files, a hundred to a folder."""
    for number in range(count):
        path = folder / f"package_{number // 100:03}" / f"module_{number:05}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (folder / "pyproject.toml").write_text(NEUTRAL, "utf-8")
    return folder
