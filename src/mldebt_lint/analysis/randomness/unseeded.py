"""Judges each program of a project: which streams it draws from and never seeds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mldebt_lint.analysis.library import Library
from mldebt_lint.analysis.paths import folder, is_test_path
from mldebt_lint.analysis.project import Program, Project
from mldebt_lint.analysis.randomness.asides import words
from mldebt_lint.analysis.randomness.blocks import Block
from mldebt_lint.analysis.randomness.draws import Draw, Seeding, TrainingFact
from mldebt_lint.analysis.randomness.installed import installed_files, is_showing
from mldebt_lint.analysis.randomness.live import Live
from mldebt_lint.analysis.randomness.purpose import Purpose
from mldebt_lint.analysis.randomness.reach import Reach

SILENT, STRICT, DEFAULT = 0, 1, 2
# What a program calls itself whose draws are no training.
ASIDE_ENTRIES = frozenset(
    (
        "visualize visualise visualization plot plots figure figures benchmark benchmarks bench profile "
        "demo export predict prediction inference infer eval evaluate evaluation validate val detect "
        "detection serve app server submission flops metric metrics"
    ).split()
)
# What matters only to a program that trains.
IDLE = frozenset({Purpose.TRAINS, Purpose.BUILDS, Purpose.TOY})
# Streams whose layers and loaders matter only to a program that steps an optimizer or fits.
DEEP = frozenset({"torch", "torch-cuda", "tensorflow"})
ASIDE_FOLDERS = frozenset(
    {"serve", "serving", "inference", "evals", "evaluation", "visualization", "deployment"}
)
TRAINING_ENTRIES = frozenset({"train", "training", "trainer", "fit", "finetune", "pretrain", "learn"})

# How a function's name begins that trains by hand.
TRAINING_VERBS = frozenset({"train", "fit", "finetune", "pretrain", "learn"})


@dataclass(frozen=True, slots=True)
class Unseeded:
    """A stream that one program draws from without seeding it: its draws, the first one first.

    `others` are the seedings of other streams on the same program's way. `sure` is false where only a stricter
    profile should hear of it.
    """

    program: Program
    stream: str
    draws: tuple[Draw, ...]
    others: tuple[Seeding, ...]
    sure: bool


def unseeded(project: Project) -> Iterator[Unseeded]:
    """Yield every unseeded stream of every program, one per program and stream, programs by path.

    Files that belong to no program are silent: who imports them seeds. So are programs that `exec` text, which
    may seed.
    """
    judge = _Judge(project)
    for run in judge.runs:
        yield from judge.judge(run)


@dataclass(frozen=True, slots=True)
class Run:
    """A program with its bit among all, the streams it seeds and the (kind, library) ways it trains.

    `family` are the libraries that draw from or seed a stream, `near` the files that it imports itself or through
    packages. `is_aside`: it says that it plots, predicts or measures, or it is the self-test of a module and trains
    nothing.
    """

    program: Program
    bit: int
    seedings: tuple[Seeding, ...]
    trains: frozenset[tuple[str, str]]
    is_aside: bool
    family: Mapping[str, frozenset[str]]
    near: frozenset[str]


class _Judge:
    def __init__(self, project: Project) -> None:
        self._project = project
        self._family = _families(project.library)
        self._reach = Reach(project, project.facts(Block))
        self._draws: defaultdict[str, list[Draw]] = defaultdict(list)
        for draw in project.facts(Draw):
            if draw.purpose != Purpose.ASIDE:
                self._draws[draw.where.path].append(draw)
        self._seeding = sorted({seeding.where.path for seeding in project.facts(Seeding)})
        self._training = sorted({training.path for training in project.facts(TrainingFact)})
        drawing = project.file_set(draw.where.path for draw in project.facts(Draw))
        programs = [
            program
            for program in project.programs
            if not drawing.isdisjoint(program.files) and not project.modules[program.entry].executes
        ]
        self._live = Live(project, self._reach, programs)
        self._training_names = self._find_training_names()
        self.runs = [self._run(program, 1 << number) for number, program in enumerate(programs)]
        self._paths = frozenset(project.modules)
        self._installed = project.once(installed_files)
        self._entries = frozenset(run.program.entry for run in self.runs)

    def _find_training_names(self) -> int:
        """The programs that run something whose name says that it trains."""
        found = 0
        for (_, name), mask in self._live.places().items():
            if name.rpartition(".")[2].partition("_")[0] in TRAINING_VERBS:
                found |= mask
        return found

    def _run(self, program: Program, bit: int) -> Run:
        aside = _is_aside_entry(program.entry)
        live = self._live
        seedings = [
            seeding
            for path in _entry_first(program, self._seeding)
            for seeding in self._project.facts_of(path, Seeding)
            if live.mask((path, seeding.block)) & bit
        ]
        training = [
            fact
            for path in _entry_first(program, self._training)
            for fact in self._project.facts_of(path, TrainingFact)
            if live.mask((path, fact.block)) & bit
        ]
        if aside:
            training = [t for t in training if t.path == program.entry and "." not in t.block]
        trains = frozenset((t.kind, t.library) for t in training)
        counted = tuple(seeding for seeding in seedings if self._counts(seeding, program))
        aside = aside or (not trains and self._is_imported(program.entry))
        return Run(program, bit, counted, trains, aside, self._family, self._near(program.entry))

    def _near(self, entry: str) -> frozenset[str]:
        """Return what a program imports itself; what packages hand on counts as imported by who imports them."""
        near = {entry, *self._project.imports[entry]}
        for path in sorted(near):
            if path.endswith("__init__.py"):
                near |= self._project.imports[path]
        return frozenset(near)

    def _is_imported(self, path: str) -> bool:
        return any(not is_test_path(importer) for importer in self._project.importers.get(path, ()))

    def _counts(self, seeding: Seeding, program: Program) -> bool:
        """A helper that the program itself defines seeds by what it does, not by its name."""
        return not any(block.path in program.files for block in self._reach.named(seeding.helper))

    def judge(self, run: Run) -> Iterator[Unseeded]:
        """Yield the unseeded streams of one program."""
        seeded = {stream for seeding in run.seedings for stream in seeding.streams}
        drawn: defaultdict[str, list[tuple[int, Draw]]] = defaultdict(list)
        for draw in self._drawn(run):
            streams = set(draw.streams) - seeded
            is_remote = bool(streams) and (self._is_hook(draw) or self._is_far(run, draw))
            for stream in streams:
                weight = weigh(draw, stream, run, is_remote)
                if weight != SILENT:
                    drawn[stream].append((weight, draw))
        for stream in sorted(drawn):
            sure = [
                draw
                for weight, draw in drawn[stream]
                if weight == DEFAULT and not self._borrows(run.program.entry, draw.where.path)
            ]
            draws = sure or [draw for _, draw in drawn[stream]]
            yield Unseeded(run.program, stream, tuple(draws), run.seedings, bool(sure))

    def _borrows(self, entry: str, path: str) -> bool:
        """Whether a program only shows how a library is used that its users import, and the draw is the library's."""
        if path == entry or path not in self._installed:
            return False
        return is_showing(entry) or (
            entry in self._installed
            and self._is_imported(entry)
            and entry not in self._project.run_files
            and not TRAINING_ENTRIES & words(entry.rpartition("/")[2])
        )

    def _is_hook(self, draw: Draw) -> bool:
        block = self._reach.of(draw.where.path, draw.block)
        return block is not None and block.hook and "." in block.name

    def _is_far(self, run: Run, draw: Draw) -> bool:
        """Whether a draw is none of a program's concern: it trains nothing and does not import the draw's file."""
        return not self._training_names & run.bit and draw.where.path not in run.near

    def _drawn(self, run: Run) -> Iterator[Draw]:
        """The draws that a program reaches, and those it has about it that no program is known to reach."""
        for path in _entry_first(run.program, sorted(self._draws)):
            for draw in self._draws[path]:
                if draw.purpose in IDLE and not run.trains:
                    continue
                mask = self._live.mask((path, draw.block))
                if mask & run.bit or (not mask and self._is_spare(run, draw)):
                    yield draw

    def _is_spare(self, run: Run, draw: Draw) -> bool:
        """Whether a draw that no program reaches stands in a script's neighbour: a package's callers seed."""
        path, entry = draw.where.path, run.program.entry
        if path != entry:
            packaged = f"{folder(path)}/__init__.py".lstrip("/") in self._paths
            if packaged or path not in self._project.imports[entry] or path in self._entries:
                return False
        return self._reach.is_mentioned(run.program, path, draw.block)


def _entry_first(program: Program, paths: Sequence[str]) -> Iterator[str]:
    """Yield those of sorted paths that belong to a program, its entry first."""
    if program.entry in paths:
        yield program.entry
    yield from (path for path in paths if path != program.entry and path in program.files)


def _is_aside_entry(entry: str) -> bool:
    *folders, name = entry.rpartition(".")[0].split("/")
    if TRAINING_ENTRIES & words(name):
        return False
    return bool(ASIDE_ENTRIES & words(name)) or any(ASIDE_FOLDERS & words(part) for part in folders)


def _families(library: Library) -> dict[str, frozenset[str]]:
    """For each stream, the libraries that draw from it or seed it."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for api in library.apis.values():
        for stream in (*api.draws, *api.seeds):
            found[stream].add(api.library)
    return {stream: frozenset(found[stream]) for stream in DEEP}


def weigh(draw: Draw, stream: str, run: Run, is_remote: bool) -> int:
    """Return how sure it is that a draw decides something in this program.

    `is_remote`: it stands in a method that a framework calls (`__getitem__`, `forward`) or in a helper's helper, so
    that it matters only to those who train.
    """
    looks_on = run.is_aside and draw.where.path != run.program.entry
    trains = not looks_on and _trains(run, draw, stream)
    match draw.purpose:
        case Purpose.DECIDES:
            return DEFAULT
        case Purpose.STARTS:
            idle = not run.trains and _is_aside_entry(run.program.entry)
            return STRICT if looks_on or idle else DEFAULT
        case Purpose.CHOOSES:
            return DEFAULT if trains or not (is_remote or run.is_aside) else STRICT
        case Purpose.FEEDS:
            return DEFAULT if trains else STRICT
        case Purpose.TRAINS | Purpose.BUILDS:
            return DEFAULT if trains else SILENT
        case Purpose.TOY:
            return STRICT if trains else SILENT
    return SILENT


def _trains(run: Run, draw: Draw, stream: str) -> bool:
    """Whether the program trains what a draw is for: fitting a scaler or a forest beside a network does not."""
    if stream not in DEEP:
        return bool(run.trains)
    kinds = {kind for kind, library in run.trains if library in run.family[stream] | {draw.library, "duck"}}
    if draw.purpose != Purpose.BUILDS and any(kind == "step" for kind, _ in run.trains):
        return True
    return (
        "step" in kinds
        or "fit" in kinds
        or ("trainer" in kinds and not any(kind == "plan" for kind, _ in run.trains))
    )
