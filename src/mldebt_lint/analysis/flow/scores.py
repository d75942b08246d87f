"""What calls and operators make of a prediction: the same one in another shape, a decision, or something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import libcst as cst

from mldebt_lint.analysis.flow.model import NOTHING, NOWHERE, Score, Value, join, made_of
from mldebt_lint.analysis.library import Library

# What these give is the same prediction, whoever offers them by that name.
SHAPING = frozenset(
    """array asarray asanyarray ascontiguousarray squeeze ravel reshape flatten expand_dims transpose atleast_1d
    atleast_2d concatenate concat cat vstack hstack stack column_stack append nan_to_num clip copy float int float32 float64
    list tuple sorted reversed tensor as_tensor from_numpy convert_to_tensor Series swapaxes astype cast""".split()
)
# The greatest of a row's scores is what a model is sure of.
UNSCALING = frozenset({"exp", "expm1"})  # of a target that was learnt as a logarithm
VALUES = frozenset({Score.VALUE, Score.NATIVE, Score.UNKNOWN})
GREATEST = frozenset("max amax nanmax reduce_max top".split())
DECIDING = frozenset("argmax nanargmax idxmax".split())
ROUNDING = frozenset("round around rint round_".split())
COMPARING = frozenset("greater greater_equal less less_equal gt ge lt le".split())
CHOOSING = frozenset("where select".split())
KINDS = {
    "classifier": Score.LABEL,
    "regressor": Score.VALUE,
    "clustering": Score.CLUSTER,
    "clusterer": Score.CLUSTER,
    "outlier": Score.CLUSTER,
}
NESTING = frozenset({"pipeline", "search"})
SOFT = frozenset({Score.PROBABILITY, Score.UNKNOWN, Score.NATIVE})
ORDERS = (cst.GreaterThan, cst.GreaterThanEqual, cst.LessThan, cst.LessThanEqual)


def kind_of(library: Library, model: Value) -> Score:
    """Return what an estimator predicts; a pipeline or a search predicts what the last of its parts does."""
    known = library.find(model.type) if model.type else None
    traits = known.traits if known is not None else frozenset()
    for trait, score in KINDS.items():
        if trait in traits:
            return score
    if traits & NESTING and model.parts:
        return kind_of(library, model.parts[-1] if "pipeline" in traits else model.parts[0])
    kinds = {kind_of(library, part) for part in model.parts} if not model.type else set()
    return kinds.pop() if len(kinds) == 1 else Score.UNKNOWN


def decided(value: Value) -> Value:
    """Return the labels that a decision makes of a score."""
    if value.score is None:
        return value
    return replace(value, score=replace(value.score, score=Score.LABEL), site=NOWHERE, given=NOWHERE, type="")


def after(name: str, values: Sequence[Value], found: Value, more: int = 0) -> Value:
    """Return what a function or method called `name` makes of values, of which `found` is known already.

    `more` is the number of arguments beside the first, known or not: `round(p, 2)` decides nothing.
    """
    taken = values[0] if values else NOTHING
    scored = [value for value in _flat(values) if value.score is not None]
    if not scored:
        return found
    if name in CHOOSING:
        return _chosen(values, found)
    if taken.score is None and taken.parts == ():
        return found
    first = replace(found, score=scored[0].score)
    if name in DECIDING:
        return decided(first)
    if name in UNSCALING:
        return first if first.score is not None and first.score.score in VALUES else found
    if name in ROUNDING:
        soft = scored[0].score is not None and scored[0].score.score in SOFT
        return decided(first) if soft and not more else first
    if name in SHAPING:
        return first if all(value.score == scored[0].score for value in scored) else found
    return first if name in GREATEST else found


def greatest(value: Value) -> Value:
    """Return what `scores.max(1)` gives of a tensor: the scores, and which classes they are of."""
    return replace(value, parts=(replace(value, parts=()), decided(replace(value, parts=()))), given=NOWHERE)


def compared(operator: cst.BaseCompOp, left: Value, right: Value) -> Value:
    """Return what a comparison of two values is: a decision where a prediction meets a limit."""
    found = made_of((left, right))
    if not isinstance(operator, ORDERS) or (left.score is None) == (right.score is None):
        return found
    scored = left if left.score is not None else right
    return decided(replace(found, score=scored.score))


def chosen(test: Value, one: Value, other: Value) -> Value:
    """Return what `one if test else other` is."""
    found = join(one, other)
    if one is NOTHING and other is NOTHING and test.score is not None:
        return decided(test)
    return found


def _chosen(values: Sequence[Value], found: Value) -> Value:
    """`np.where(p > 0.5, 1, 0)` decides; `np.where(mask, p, q)` is either."""
    branches = [value for value in values[1:] if value.score is not None]
    if not branches:
        is_choice = len(values) > 1 and all(value is NOTHING for value in values[1:])
        return decided(replace(found, score=values[0].score)) if is_choice else found
    same = all(value.score == branches[0].score for value in branches)
    return replace(found, score=branches[0].score) if same else found


def _flat(values: Sequence[Value]) -> list[Value]:
    return [
        part for value in values for part in (value.parts if value.score is None else (value,)) or (value,)
    ]
