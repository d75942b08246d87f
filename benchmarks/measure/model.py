"""What a measurement gives: samples, ratios of samples, bounds, and the section that holds them."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Sample:
    """One run: seconds on the clock and of the processors; bytes of the largest process and of the first one.

    Memory is 0 where it was not measured. `output` is a digest of what the run printed.
    """

    wall: float
    cpu: float
    peak: int = 0
    parent: int = 0
    output: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """The runs of one command; on a curve, over how many lines."""

    what: str
    samples: tuple[Sample, ...]
    lines: int = 0

    @property
    def walls(self) -> list[float]:
        """The seconds on the clock, run by run."""
        return [sample.wall for sample in self.samples]

    @property
    def cpus(self) -> list[float]:
        """The seconds of the processors, run by run."""
        return [sample.cpu for sample in self.samples]

    @property
    def parents(self) -> list[int]:
        """The peak memory of the first process; of the largest where the system tells no more."""
        return [sample.parent or sample.peak for sample in self.samples]


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times one measurement is another, round by round."""

    what: str
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.values)


@dataclass(frozen=True, slots=True)
class Bound:
    """What a measurement may at most be, or must at least be."""

    what: str
    value: float
    limit: float
    unit: str = "×"
    at_least: bool = False

    @property
    def holds(self) -> bool:
        """Whether the measurement is within it."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit


@dataclass(slots=True)
class Section:
    """All that one section found, and on what; `picture` is the name of the file that shows it."""

    name: str
    corpus: str
    series: list[Series] = field(default_factory=list)
    ratios: list[Ratio] = field(default_factory=list)
    bounds: list[Bound] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    versions: list[str] = field(default_factory=list)
    picture: str = ""


def ratio(what: str, over: Sequence[float], under: Sequence[float]) -> Ratio:
    """Return the ratios of two measurements, each of one round to that of the same round."""
    return Ratio(what, tuple(upper / lower for upper, lower in zip(over, under, strict=True)))


def same_output(what: str, *series: Series) -> list[str]:
    """Return a remark when not all runs printed the same."""
    outputs = {sample.output for one in series for sample in one.samples}
    return [f"the output differs: {what}"] if len(outputs) > 1 else []


def spaced(number: int) -> str:
    """Return a whole number with its thousands apart."""
    return f"{number:,}".replace(",", " ")
