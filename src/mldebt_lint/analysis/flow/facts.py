"""What one file's flow tells the project: plain data, from which values and events can be made again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mldebt_lint.analysis.facts import Fact
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.flow import Flow, flow
from mldebt_lint.analysis.flow.events import Event, Happens
from mldebt_lint.analysis.flow.model import (
    NOTHING,
    NOWHERE,
    Column,
    Frame,
    Given,
    Learnt,
    Loaded,
    Mark,
    Predicted,
    Read,
    Resampled,
    RowSets,
    Score,
    Step,
    Value,
)
from mldebt_lint.model import Location

# What the project is told of: the rest is a matter of one file.
TOLD = frozenset(
    {
        *(Happens.READ, Happens.WRITE, Happens.SAVE, Happens.LOAD),
        *(Happens.FIT, Happens.TRANSFORM, Happens.PREDICT, Happens.CALL),
    }
)
PlainRows = tuple[tuple[Step, ...], ...]


@dataclass(frozen=True, slots=True)
class PlainMark(Fact):
    """Any mark: which one, where, and what else it holds."""

    kind: str
    at: int
    text: str = ""
    site: int = NOWHERE
    score: str = ""
    rows: PlainRows = ()
    column: str = ""
    whole: bool = False


@dataclass(frozen=True, slots=True)
class PlainFrame(Fact):
    """The columns of a table."""

    base: int
    dropped: frozenset[str]
    selected: tuple[str, ...] | None
    opaque: bool


@dataclass(frozen=True, slots=True)
class PlainValue(Fact):
    """A value, without what only its own file can use."""

    type: str = ""
    site: int = NOWHERE
    marks: tuple[PlainMark, ...] = ()
    rows: PlainRows = ()
    score: PlainMark | None = None
    column: Column | None = None
    frame: PlainFrame | None = None
    parts: tuple[PlainValue, ...] = ()
    given: int = NOWHERE
    path: str = ""


@dataclass(frozen=True, slots=True)
class PlainEvent(Fact):
    """An event."""

    kind: Happens
    at: int
    values: tuple[tuple[str, PlainValue], ...]
    name: str
    traits: tuple[str, ...]
    path: str
    via: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FlowFunction(Fact):
    """What a function does to its callers; `name` is qualified by its class, not by its module."""

    name: str
    params: tuple[tuple[str, int], ...]
    result: PlainValue
    events: tuple[PlainEvent, ...]


@dataclass(frozen=True, slots=True)
class FlowFact(Fact):
    """The flow of a file: what happens when it runs, what its functions do, and where all that stands."""

    path: str
    events: tuple[PlainEvent, ...]
    functions: tuple[FlowFunction, ...]
    places: tuple[tuple[int, Location], ...]


def flow_facts(file: SourceFile) -> list[FlowFact]:
    """Return what the flow of a file tells the project, at most one fact; ask for it by `file.once(flow_facts)`."""
    found = file.once(flow)
    events = tuple(map(plain_event, _told(found.own)))
    functions = tuple(_functions(found))
    if not events and not functions:
        return []
    ranks = {event.at for event in events} | {e.at for function in functions for e in function.events}
    places = tuple((at, file.at(found.node(at))) for at in sorted(ranks))
    return [FlowFact(file.path, events, functions, places)]


def _told(events: list[Event]) -> Iterator[Event]:
    return (event for event in events if event.kind in TOLD)


def _functions(found: Flow) -> Iterator[FlowFunction]:
    for name, summary in found.functions.items():
        events = tuple(map(plain_event, _told(list(summary.events))))
        if events or summary.result is not NOTHING:
            yield FlowFunction(name, tuple(summary.params), plain(summary.result), events)


# -- to plain data --------------------------------------------------------------------------------------------


def plain_event(event: Event) -> PlainEvent:
    """Return an event as plain data."""
    values = tuple((name, plain(value)) for name, value in event.values.items() if value is not NOTHING)
    return PlainEvent(
        event.kind, event.at, values, event.name, tuple(sorted(event.traits)), event.path, event.via
    )


def plain(value: Value) -> PlainValue:
    """Return a value as plain data."""
    return PlainValue(
        type=value.type,
        site=value.site,
        marks=tuple(sorted(map(_plain_mark, value.marks), key=lambda m: (m.at, m.kind, m.text, m.rows))),
        rows=_sorted(value.rows),
        score=_plain_mark(value.score) if value.score is not None else None,
        column=value.column,
        frame=_plain_frame(value.frame) if value.frame is not None else None,
        parts=tuple(map(plain, value.parts)),
        given=value.given,
        path=value.path,
    )


def _plain_frame(frame: Frame) -> PlainFrame:
    return PlainFrame(frame.base, frame.dropped, frame.selected, frame.opaque)


def _sorted(rows: RowSets) -> PlainRows:
    return tuple(sorted(tuple((at, str(name)) for at, name in path) for path in rows))


def _plain_mark(mark: Mark) -> PlainMark:
    match mark:
        case Read() | Loaded():
            return PlainMark(mark.__class__.__name__, mark.at, mark.path)
        case Learnt():
            return PlainMark("Learnt", mark.at, mark.by, mark.site, "", _sorted(mark.rows), mark.column)
        case Predicted():
            score = str(mark.score)
            return PlainMark("Predicted", mark.at, mark.by, mark.model, score, (), mark.column, mark.whole)
        case Resampled():
            return PlainMark("Resampled", mark.at, rows=_sorted(mark.rows))
    return PlainMark("Given", mark.param)


# -- and back, with ranks that are unique in the project ------------------------------------------------------


class Rebuilt:
    """Makes values and events again; `base` is added to every rank of a file."""

    def __init__(self, base: int) -> None:
        self._base = base

    def event(self, event: PlainEvent) -> Event:
        """Return an event again."""
        values: Mapping[str, Value] = {name: self.value(value) for name, value in event.values}
        via = tuple(map(self._rank, event.via))
        return Event(
            event.kind, self._rank(event.at), values, event.name, frozenset(event.traits), event.path, via
        )

    def value(self, value: PlainValue) -> Value:
        """Return a value again."""
        frame, column = value.frame, value.column
        score = self._mark(value.score) if value.score is not None else None
        return Value(
            type=value.type,
            site=self._rank(value.site),
            marks=frozenset(map(self._mark, value.marks)),
            rows=self._rows(value.rows),
            score=score if isinstance(score, Predicted) else None,
            column=Column(self._rank(column.frame), column.name) if column is not None else None,
            frame=_moved(frame, self._rank(frame.base)) if frame is not None else None,
            parts=tuple(map(self.value, value.parts)),
            given=self._rank(value.given),
            path=value.path,
        )

    def _rank(self, at: int) -> int:
        return at + self._base if at >= 0 else at

    def _rows(self, rows: PlainRows) -> RowSets:
        return frozenset(tuple((self._rank(at), name) for at, name in path) for path in rows)

    def _mark(self, mark: PlainMark) -> Mark:
        at = self._rank(mark.at)
        match mark.kind:
            case "Read":
                return Read(at, mark.text)
            case "Loaded":
                return Loaded(at, mark.text)
            case "Learnt":
                return Learnt(at, mark.text, self._rows(mark.rows), self._rank(mark.site), mark.column)
            case "Predicted":
                score = Score(mark.score)
                return Predicted(at, self._rank(mark.site), score, mark.text, mark.column, mark.whole)
            case "Resampled":
                return Resampled(at, self._rows(mark.rows))
        return Given(at)


def _moved(frame: PlainFrame, base: int) -> Frame:
    return Frame(base, frame.dropped, frame.selected, frame.opaque)
