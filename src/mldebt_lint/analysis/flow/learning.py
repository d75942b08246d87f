"""Estimators and transformers: made, fitted, asked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.flow.events import Happens
from mldebt_lint.analysis.flow.keys import key_of
from mldebt_lint.analysis.flow.model import (
    NOTHING,
    NOWHERE,
    Learnt,
    Predicted,
    Score,
    Value,
    made_of,
)
from mldebt_lint.analysis.flow.scores import kind_of
from mldebt_lint.analysis.flow.splits import below, resampled
from mldebt_lint.analysis.flow.state import State
from mldebt_lint.analysis.library import Role

if TYPE_CHECKING:
    from mldebt_lint.analysis.flow.calls import Called

X_NAMES = (
    "X",
    "x",
    "data",
    "dtrain",
    "train_set",
    "dataset",
    "train_data",
    "X_train",
    "x_train",
    "docs",
    "raw_documents",
)
Y_NAMES = ("y", "label", "target", "labels", "y_train")
HELD_OUT = ("eval_set", "validation_data", "valid_sets", "evals", "eval_X", "val_data")
SCORES = {
    "probability": Score.PROBABILITY,
    "log-probability": Score.LOG_PROBABILITY,
    "logit": Score.LOGIT,
    "native-scores": Score.NATIVE,
}
OTHER_OUTPUTS = ("prediction_type", "raw_score", "output_margin", "pred_leaf", "pred_contrib", "return_std")


class Learning:
    """Evaluates what learns in one file."""

    def __init__(self, file: SourceFile, state: State) -> None:
        self._file, self._state = file, state

    def made(self, called: Called) -> Value:
        """An estimator: what it is made of are its parts, as the steps of a pipeline are."""
        kind = called.api.returns or self._file.library.canonical(called.api.name)
        parts = tuple(part for value in called.all for part in _flat(value))
        return Value(type=kind, site=called.at, parts=parts, marks=made_of(parts).marks)

    def transformer(self, called: Called) -> Value:
        """A transformer that is made, or a function that transforms at once."""
        api = called.api
        if ("function" not in api.traits and called.method[:1].isupper()) or "pipeline" in api.traits:
            return self.made(called)
        if called.receiver is not NOTHING and "function" not in api.traits:
            return self.transform(called)
        taken = called.receiver if called.receiver is not NOTHING else called.given(position=0)
        others = [value for value in called.all if value is not taken]
        if "join" in api.traits:
            found = self._joined(called, [taken, *others])
            return replace(found, type=api.returns if api.returns != "self" else taken.type)
        found = replace(made_of([taken, *others]), rows=taken.rows)
        if found.marks or found.rows:
            found = replace(
                found, frame=taken.frame, type=taken.type if api.returns == "self" else api.returns
            )
            if "stateful" in api.traits:
                what = Learnt(called.at, api.name, taken.rows)
                found = replace(found, marks=found.marks | {what})
            return found
        return NOTHING

    def _joined(self, called: Called, values: list[Value]) -> Value:
        """Tables that are put together; the same rows twice below each other are made again."""
        first = values[0]
        if first.parts and called.arguments.get("axis") is None:
            return made_of([below(self._state, called.node, first.parts), *values[1:]])
        return made_of(values)

    def transform(self, called: Called) -> Value:
        """A fitted transformer at work: what it has learnt goes into the result."""
        taken = called.given("X", position=0)
        model = called.receiver
        self._state.note(
            Happens.TRANSFORM,
            called.node,
            {"model": model, "X": taken},
            name=called.api.name,
            traits=called.api.traits,
        )
        marks = taken.marks | self._state.learnt(model.site).marks if model.site != NOWHERE else taken.marks
        found = replace(
            taken, marks=marks, type="", site=NOWHERE, given=NOWHERE, score=None, column=None, parts=()
        )
        return found if self._keeps_columns(model) else replace(found, frame=None)

    def _keeps_columns(self, model: Value) -> bool:
        """Whether all columns go through a transformer: pipelines choose some, and whatever is not known may."""
        known = self._file.library.find(model.type) if model.type else None
        return (
            known is not None
            and known.role is Role.TRANSFORMER
            and not {"pipeline", "category-encoder"} & known.traits
        )

    # -- fit --------------------------------------------------------------------------------------------

    def fit(self, called: Called) -> Value:
        """Something is fitted: an instance by its method, or an estimator that a function is given."""
        api = called.api
        data = called.given(*X_NAMES, position=0)
        y = called.given(*Y_NAMES, position=None if api.params else 1)
        model = called.receiver
        if "estimator" in called.named:
            model = called.named["estimator"]
        elif model is NOTHING:
            model = Value(type=api.returns, site=called.at)
            self._remember(called, model)
        values = {"model": model, "X": data, "y": y}
        values |= {name: called.named[name] for name in HELD_OUT if name in called.named}
        self._state.note(Happens.FIT, called.node, values, name=model.type or api.name, traits=api.traits)
        rows = data.rows
        what = Learnt(called.at, model.type, rows, model.site)
        if model.site != NOWHERE and "cross-validation" not in api.traits:
            self._state.learns(model.site, what, more=called.method == "partial_fit")
        if "transforms" in api.traits:
            found = replace(data, type="", site=NOWHERE, given=NOWHERE, score=None, column=None, parts=())
            found = found if self._keeps_columns(model) else replace(found, frame=None)
            return replace(found, marks=found.marks | {what})
        if "resamples" in api.traits:
            parts = [resampled(v, called.at) for v in (data, y)]
            return Value(parts=tuple(parts))
        if "predicts" in api.traits:
            return self._said(called, model, data, Score.CLUSTER)
        return model

    def _remember(self, called: Called, model: Value) -> None:
        """What is fitted is a model from now on, whatever it was."""
        func = called.node.func
        key = key_of(func.value) if isinstance(func, cst.Attribute) else None
        if key is not None and self._state.environment.get(key) is not None:
            self._state.environment.put(key, model)

    # -- predict ----------------------------------------------------------------------------------------

    def predict(self, called: Called) -> Value:
        """What a model says."""
        model = called.receiver
        if "estimator" in called.named:
            model = called.named["estimator"]
        data = called.given("X", "x", "data", position=1 if model is not called.receiver else 0)
        return self._said(called, model, data, self._score(called, model))

    def _score(self, called: Called, model: Value) -> Score:
        traits = called.api.traits
        if (
            "method" in called.arguments.named
        ):  # as a function that is given an estimator may be asked for scores
            asked = self._file.library.method(str(self._file.constant(called.arguments.get("method"))))
            if asked is None:
                return Score.NATIVE
            traits = asked.traits
        for trait, score in SCORES.items():
            if trait in traits:
                return score
        return kind_of(self._file.library, model)

    def _said(self, called: Called, model: Value, data: Value, score: Score) -> Value:
        said = Predicted(called.at, model.site, score, model.type)
        result = Value(marks=frozenset({said}), rows=data.rows, score=said)
        values = {"model": model, "X": data, "result": result}
        self._state.note(Happens.PREDICT, called.node, values, name=called.api.name, traits=called.api.traits)
        return result

    def is_transformer(self, model: Value) -> bool:
        """Whether an instance is a transformer or a pipeline."""
        known = self._file.library.find(model.type) if model.type else None
        return known is not None and (known.role is Role.TRANSFORMER or "pipeline" in known.traits)


def _flat(value: Value) -> tuple[Value, ...]:
    """The instances in nested lists and tuples: the steps of a pipeline."""
    if value.site != NOWHERE:
        return (value,)
    return tuple(inner for part in value.parts for inner in _flat(part))
