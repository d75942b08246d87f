"""In which columns of a frame predictions stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mldebt_lint.analysis.flow.model import Mark, Predicted, Value


def in_column(value: Value, name: str) -> Value:
    """Return a value whose predictions stand in one column of the frame that it goes into."""
    marks = frozenset(_placed(mark, name) for mark in value.marks)
    if value.score is not None:
        marks |= {replace(value.score, column=name, whole=True)}
    return value if marks == value.marks else replace(value, marks=marks)


def _placed(mark: Mark, name: str) -> Mark:
    return replace(mark, column=name, whole=False) if isinstance(mark, Predicted) else mark


def score_in(value: Value, name: str) -> Predicted | None:
    """Return the prediction that one column of a frame is, unchanged."""
    found = [mark for mark in value.predictions if mark.column == name and mark.whole]
    return replace(found[0], column="", whole=False) if len(found) == 1 else None


def with_columns(value: Value, names: Iterable[str]) -> Value:
    """Return some columns of a frame: of predictions that stand in one, only those that stand in these."""
    chosen = {"", *names}
    marks = frozenset(m for m in value.marks if not isinstance(m, Predicted) or m.column in chosen)
    return value if marks == value.marks else replace(value, marks=marks)


def without_columns(value: Value, names: Iterable[str]) -> Value:
    """Return a frame without some columns, and without the predictions that stand in them."""
    gone = set(names)
    marks = frozenset(m for m in value.marks if not isinstance(m, Predicted) or m.column not in gone)
    return value if marks == value.marks else replace(value, marks=marks)
