"""Where a file trains, and on what: the expressions whose rows a model learns from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.library import Api, Role
from mldebt_lint.analysis.prototype.path_use import last_name
from mldebt_lint.analysis.wording import is_held_out

DATA_KEYWORD = re.compile(
    r"(?i)(?:x|y|data|dtrain|train\w*|[xy]_?train|dataset|datamodule|df|frame|pool|features|labels?|targets?)$"
)
STEPWISE = frozenset({"partial_fit", "train_on_batch"})
PREPARES = re.compile(
    r"(?i)scaler|(?<!auto)encoder|vectori[sz]er|imputer|tokeni[sz]er|transformer|selector|pca|tsne|umap"
)


@dataclass(frozen=True, slots=True, eq=False)
class Training:
    """One place that trains a model: the call or loop, and the expressions of its data.

    `searches` is true where several models are only compared with each other: cross-validation, grid search.
    """

    node: cst.CSTNode
    data: tuple[cst.BaseExpression, ...]
    searches: bool = False


def trainings(file: SourceFile) -> Iterator[Training]:
    """Yield every fit of a model, every trainer that is given its data, and every loop that makes training steps.

    What merely prepares data (scalers, encoders, tokenizers) is not training.
    """
    for call, api in file.known_calls:
        if api.role in (Role.FIT, Role.TRAINER) and "arguments" not in api.traits:
            data = tuple(_data(file, call, api))
            learner = _learner(file, call, api)
            if data and learner is not None:
                yield Training(call, data, bool(learner & {"search", "cross-validation"}))
    yield from _loops(file)


def _learner(file: SourceFile, call: cst.Call, api: Api) -> frozenset[str] | None:
    """Return the traits of what is trained, None when it is not a model that learns all of its data at once."""
    if "transforms" in api.traits or not isinstance(call.func, cst.Attribute) or api.role is Role.TRAINER:
        return None if "transforms" in api.traits else api.traits
    receiver = file.type_of(call.func.value)
    owner = file.library.find(receiver) if receiver else None
    if owner is not None:
        return None if owner.role is Role.TRANSFORMER else api.traits | owner.traits
    shown = (receiver or last_name(call.func.value)).rpartition(".")[2]
    return None if PREPARES.search(shown) or call.func.attr.value in STEPWISE else api.traits


def _data(file: SourceFile, call: cst.Call, api: Api) -> Iterator[cst.BaseExpression]:
    arguments = file.arguments(call, api.params)
    for name, value in arguments.named.items():
        if DATA_KEYWORD.match(name):
            yield value
    if not api.params and api.role is Role.FIT:
        yield from (v for v in arguments.positional[:2] if not is_held_out(_shown(v)))


def _shown(value: cst.BaseExpression) -> str:
    while isinstance(value, cst.Subscript):
        value = value.value
    return last_name(value)


def _loops(file: SourceFile) -> Iterator[Training]:
    """`for x, y in loader:` around `backward()`, or around a call of the file's own function that steps once."""
    found: dict[cst.For, None] = {}
    steppers: set[str] = set()
    for call, api in file.known_calls:
        if api.role is Role.TRAINING_STEP and isinstance(call.func, cst.Attribute):
            around = file.index.enclosing(call, cst.For, cst.FunctionDef)
            if isinstance(around, cst.For):
                found[around] = None
            elif around is not None:
                steppers.add(file.values.defined_name(around))
    for call in file.calls if steppers else ():
        if file.qualified(call.func) in steppers:
            loop = file.index.enclosing(call, cst.For, cst.FunctionDef)
            if isinstance(loop, cst.For):
                found[loop] = None
    for loop in found:
        yield Training(loop, (loop.iter,))
