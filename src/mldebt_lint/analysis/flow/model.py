"""What is known about a value: what it is, which rows it holds, and what went into it.

Everything is plain data. A node is named by its rank in the index of its file (`at`, `site`); `NOWHERE` is none. The law
of silence is built in: whatever is not known is empty, and a rule that asks is told nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

NOWHERE = -1


class Part(StrEnum):
    """One side of a split."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


class Score(StrEnum):
    """What a model's output is."""

    LABEL = "label"
    PROBABILITY = "probability"
    LOGIT = "logit"
    LOG_PROBABILITY = "log-probability"
    VALUE = "value"  # of a regressor
    NATIVE = "native"  # of a booster's own API: labels, probabilities or values, as its objective says
    CLUSTER = "cluster"
    UNKNOWN = "unknown"


# A set of rows is a path: where they were read or given, then every split and selection they went through. Rows of a
# path are among those of each of its beginnings.
Step: TypeAlias = tuple[int, str]
Rows: TypeAlias = tuple[Step, ...]
RowSets: TypeAlias = frozenset[Rows]
GIVEN = "given"  # the rows that a parameter holds
SUBSET = "subset"
# What is beyond these is not known any more: loops and calls would let it grow without end.
MOST_ROWS, LONGEST, MOST_MARKS = 16, 10, 64


@dataclass(frozen=True, slots=True)
class Read:
    """It was read from outside: `path` is the folded path, address or query, empty when it is not known."""

    at: int
    path: str = ""


@dataclass(frozen=True, slots=True)
class Learnt:
    """It was computed with what something learnt from rows: a fitted transformer, a mean, an encoder.

    `by` is the qualified name of what learnt, `site` the instance that did, NOWHERE for functions, `column` the one
    that it learnt from where it is known.
    """

    at: int
    by: str
    rows: RowSets
    site: int = NOWHERE
    column: str = ""


@dataclass(frozen=True, slots=True)
class Predicted:
    """It is, or was made of, what a model said. `model` is the instance's site, `by` its type.

    `column` is that of the frame which holds it, empty where it may be anywhere; `whole` where it is that column.
    """

    at: int
    model: int
    score: Score
    by: str = ""
    column: str = ""
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Resampled:
    """It holds rows that were drawn more than once, or made, from others."""

    at: int
    rows: RowSets


@dataclass(frozen=True, slots=True)
class Loaded:
    """It is an artefact that was loaded; `path` is empty when it is not known."""

    at: int
    path: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """It came in through a parameter."""

    param: int


Mark: TypeAlias = Read | Learnt | Predicted | Resampled | Loaded | Given
MarkClass: TypeAlias = type


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a frame; `frame` is where the frame came from."""

    frame: int
    name: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The columns of a table that came from `base`: all but those `dropped`, or only those `selected`.

    After branches `dropped` holds what any of them drops. `opaque` when columns were chosen in a way nobody sees.
    `stored` are the marks that came in through a column: they go when it goes.
    """

    base: int
    dropped: frozenset[str] = frozenset()
    selected: tuple[str, ...] | None = None
    opaque: bool = False
    stored: frozenset[tuple[str, Mark]] = frozenset()

    def left_out(self, others: Frame) -> frozenset[Mark]:
        """Return the marks that came in only through columns which `others`, a choice of these, no longer have."""
        kept = {mark for name, mark in self.stored if others.may_hold(name) or others.opaque}
        return frozenset(mark for _, mark in self.stored if mark not in kept)

    def may_hold(self, name: str) -> bool:
        """Whether a column is certainly among these, if the source had it."""
        chosen = self.selected is None or name in self.selected
        return chosen and not self.opaque and name not in self.dropped


@dataclass(frozen=True, slots=True)
class Value:
    """What is known of one value.

    `type` is its qualified type; `site` where the instance was made; `marks` all that went into it; `rows` whose rows
    it holds; `score` the prediction that it is, unchanged; `parts` its elements; `given` the parameter that it is,
    unchanged; `path` the file that a handle or path names; `each` is true of what gives its parts at every step of a loop.
    """

    type: str = ""
    site: int = NOWHERE
    marks: frozenset[Mark] = frozenset()
    rows: RowSets = frozenset()
    score: Predicted | None = None
    column: Column | None = None
    frame: Frame | None = None
    parts: tuple[Value, ...] = ()
    given: int = NOWHERE
    path: str = ""
    each: bool = False

    def of(self, kind: MarkClass) -> list[Mark]:
        """Return the marks of one class, by where they were made."""
        found = [mark for mark in self.marks if mark.__class__ is kind]
        return sorted(found, key=lambda mark: mark.param if isinstance(mark, Given) else mark.at)

    @property
    def predictions(self) -> list[Predicted]:
        """The predictions that went into it."""
        return [mark for mark in self.of(Predicted) if isinstance(mark, Predicted)]

    @property
    def learnt(self) -> list[Learnt]:
        """What was learnt from rows and went into it."""
        return [mark for mark in self.of(Learnt) if isinstance(mark, Learnt)]

    @property
    def parts_of_split(self) -> frozenset[Part]:
        """The sides of splits that its rows are known to be on."""
        return frozenset(part for rows in self.rows for part in _parts(rows))


NOTHING = Value()


def _parts(rows: Rows) -> Iterable[Part]:
    return [Part(name) for _, name in rows if name in _PART_NAMES]


_PART_NAMES = frozenset(Part)


def unknown(at: int, kind: str = "") -> Value:
    """Return a value of which only its identity is known: of a parameter, or of what a call gives."""
    return Value(
        type=kind,
        site=at,
        marks=frozenset({Given(at)}),
        rows=frozenset({((at, GIVEN),)}),
        frame=Frame(at),
        given=at,
    )


def join(one: Value, other: Value) -> Value:
    """Return what is known where either value may be: marks and rows of both, and else only what both agree on."""
    if one is other or other is NOTHING or one == other:
        return one
    if one is NOTHING:
        return other
    parts: tuple[Value, ...] = ()
    if len(one.parts) == len(other.parts):
        parts = tuple(map(join, one.parts, other.parts))
    return Value(
        type=one.type if one.type == other.type else "",
        site=one.site if one.site == other.site else NOWHERE,
        marks=few_marks(one.marks | other.marks),
        rows=few_rows(one.rows | other.rows),
        score=one.score if one.score == other.score else None,
        column=one.column if one.column == other.column else None,
        frame=_joined_frame(one.frame, other.frame),
        parts=parts,
        given=one.given if one.given == other.given else NOWHERE,
        path=one.path if one.path == other.path else "",
        each=one.each and other.each,
    )


def _joined_frame(one: Frame | None, other: Frame | None) -> Frame | None:
    if one is None or other is None or one.base != other.base:
        return None
    same = one.selected == other.selected
    return Frame(
        base=one.base,
        dropped=one.dropped | other.dropped,
        selected=one.selected,
        opaque=one.opaque or other.opaque or not same,
        stored=one.stored | other.stored,
    )


def made_of(values: Iterable[Value]) -> Value:
    """Return what is known of something that was computed from values, in a way that keeps or joins their rows."""
    marks: frozenset[Mark] = frozenset()
    rows: RowSets = frozenset()
    for value in values:
        marks |= value.marks
        rows |= value.rows
    return Value(marks=few_marks(marks), rows=few_rows(rows)) if marks or rows else NOTHING


def narrowed(value: Value, step: Step) -> Value:
    """Return a selection of the rows of a value."""
    rows = frozenset((*rows, step) for rows in value.rows)
    return replace(value, rows=few_rows(rows), site=NOWHERE, given=NOWHERE, parts=())


def few_rows(rows: Iterable[Rows]) -> RowSets:
    """Return sets of rows, none where they are too many, or went through too much, to be worth following."""
    found = frozenset(rows)
    known = len(found) <= MOST_ROWS and all(len(path) <= LONGEST for path in found)
    return found if known else frozenset()


def few_marks(marks: frozenset[Mark]) -> frozenset[Mark]:
    """Return marks, none where there are too many to be worth following."""
    return marks if len(marks) <= MOST_MARKS else frozenset()


def holds(outer: RowSets, inner: RowSets) -> bool:
    """Whether some rows of `inner` are all among those of `outer`, with more beside them or not."""
    return any(inside[: len(rows)] == rows for rows in outer for inside in inner)
