"""What happens to values, in the order of the flow: the questions of most rules are about these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeAlias

from mldebt_lint.analysis.flow.model import (
    GIVEN,
    MOST_ROWS,
    NOTHING,
    NOWHERE,
    Column,
    Frame,
    Given,
    Learnt,
    Mark,
    Predicted,
    Resampled,
    Rows,
    RowSets,
    Value,
    few_marks,
    few_rows,
)

Passed: TypeAlias = Mapping[int, Value]


class Happens(StrEnum):
    """The kinds of events."""

    READ = "read"  # result
    WRITE = "write"  # data
    SAVE = "save"  # an artefact: data
    LOAD = "load"  # result
    SPLIT = "split"  # X, y, more by number; the rows of X are those that are divided
    FIT = "fit"  # model, X, y
    TRANSFORM = "transform"  # model, X
    PREDICT = "predict"  # model, X, result
    METRIC = "metric"  # its arguments by name
    CALL = "call"  # of a function of another file: its arguments by position and name
    COMPARE = "compare"  # left, right
    CHANGE = "change"  # a prediction and a constant in arithmetic, or stored over it: left, right


@dataclass(frozen=True, slots=True)
class Event:
    """One event: where, with which values, and through which calls of the file's own functions (`via`).

    `name` is the qualified name of what was called, `traits` what the library says of it; `path` the file or table.
    """

    kind: Happens
    at: int
    values: Mapping[str, Value] = field(default_factory=dict)
    name: str = ""
    traits: frozenset[str] = frozenset()
    path: str = ""
    via: tuple[int, ...] = ()

    def value(self, name: str) -> Value:
        """Return one of the values, NOTHING where it is not known."""
        return self.values.get(name, NOTHING)

    def passed(self, arguments: Passed, call: int) -> Event:
        """Return the same event as it happens when a function is called with these arguments."""
        values = {name: substituted(value, arguments) for name, value in self.values.items()}
        return replace(self, values=values, via=(call, *self.via))


def substituted(value: Value, arguments: Passed) -> Value:
    """Return a value in which what came in through parameters is what was passed for them."""
    if value.given in arguments:
        return arguments[value.given]
    if value is NOTHING or not arguments:
        return value
    frame, column = value.frame, value.column
    return Value(
        type=value.type,
        site=_site(value.site, arguments),
        marks=few_marks(frozenset(m for mark in value.marks for m in _mark(mark, arguments))),
        rows=_rows(value.rows, arguments),
        score=_prediction(value.score, arguments) if value.score is not None else None,
        column=Column(_site(column.frame, arguments), column.name) if column is not None else None,
        frame=_frame(frame, arguments) if frame is not None else None,
        parts=tuple(substituted(part, arguments) for part in value.parts),
        given=value.given,
        path=value.path,
        each=value.each,
    )


def _site(site: int, arguments: Passed) -> int:
    """The site of a parameter is that of what was passed; parameters and what is made have different ranks."""
    if site not in arguments:
        return site
    passed = arguments[site]
    return passed.frame.base if passed.frame is not None and passed.site == NOWHERE else passed.site


def _frame(frame: Frame, arguments: Passed) -> Frame | None:
    if frame.base not in arguments:
        return frame
    outer = arguments[frame.base].frame
    if outer is None:
        return None
    inner = ((name, m) for name, mark in frame.stored for m in _mark(mark, arguments))
    return replace(
        outer,
        dropped=outer.dropped | frame.dropped,
        selected=outer.selected if frame.selected is None else frame.selected,
        opaque=outer.opaque or frame.opaque,
        stored=outer.stored.union(inner),
    )


def _mark(mark: Mark, arguments: Passed) -> frozenset[Mark]:
    match mark:
        case Given():
            return arguments[mark.param].marks if mark.param in arguments else frozenset({mark})
        case Learnt():
            changed = replace(mark, rows=_rows(mark.rows, arguments), site=_site(mark.site, arguments))
            return frozenset({changed})
        case Resampled():
            return frozenset({replace(mark, rows=_rows(mark.rows, arguments))})
        case Predicted():
            return frozenset({_prediction(mark, arguments)})
    return frozenset({mark})


def _prediction(mark: Predicted, arguments: Passed) -> Predicted:
    if mark.model not in arguments:
        return mark
    return replace(mark, model=_site(mark.model, arguments), by=mark.by or arguments[mark.model].type)


def _rows(rows: RowSets, arguments: Passed) -> RowSets:
    found: set[Rows] = set()
    for path in rows:
        first, name = path[0]
        if name == GIVEN and first in arguments:
            found |= {(*outer, *path[1:]) for outer in arguments[first].rows}
        else:
            found.add(path)
        if len(found) > MOST_ROWS:
            return frozenset()
    return few_rows(found)
