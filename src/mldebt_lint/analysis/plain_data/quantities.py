"""Bare floats whose names say that they are more than a number: thresholds, probabilities, log-odds, amounts of a unit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import libcst as cst

from mldebt_lint.analysis.constants import UNKNOWN
from mldebt_lint.analysis.file import SourceFile

WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


class Quantity(StrEnum):
    """What a number means; the value names it in messages."""

    THRESHOLD = "a threshold"
    PROBABILITY = "a probability"
    LOG_ODDS = "a log-odds"
    LOG_LIKELIHOOD = "a log-likelihood"
    PROBABILITY_THRESHOLD = "a threshold of a probability"
    LOG_ODDS_THRESHOLD = "a threshold of a log-odds"
    LOG_LIKELIHOOD_THRESHOLD = "a threshold of a log-likelihood"
    SECONDS = "an amount of seconds"
    MILLISECONDS = "an amount of milliseconds"
    MINUTES = "an amount of minutes"
    HOURS = "an amount of hours"
    DOLLARS = "an amount of dollars"
    CENTS = "an amount of cents"
    EUROS = "an amount of euros"
    RATE = "a rate per unit of time"


SCORES = {
    Quantity.PROBABILITY: Quantity.PROBABILITY_THRESHOLD,
    Quantity.LOG_ODDS: Quantity.LOG_ODDS_THRESHOLD,
    Quantity.LOG_LIKELIHOOD: Quantity.LOG_LIKELIHOOD_THRESHOLD,
}
UNITS = frozenset(
    {
        *(Quantity.SECONDS, Quantity.MILLISECONDS, Quantity.MINUTES, Quantity.HOURS),
        *(Quantity.DOLLARS, Quantity.CENTS, Quantity.EUROS, Quantity.RATE),
    }
)
WORDS = {
    **dict.fromkeys(("threshold", "thresholds", "thresh", "thres", "thr", "cutoff"), Quantity.THRESHOLD),
    **dict.fromkeys(
        ("prob", "probs", "proba", "probas", "probability", "probabilities"), Quantity.PROBABILITY
    ),
    **dict.fromkeys(("logit", "logits", "logodds"), Quantity.LOG_ODDS),
    **dict.fromkeys(
        ("logprob", "logprobs", "logp", "loglik", "loglikelihood", "nll"), Quantity.LOG_LIKELIHOOD
    ),
    **dict.fromkeys(("seconds", "secs", "sec"), Quantity.SECONDS),
    **dict.fromkeys(("ms", "millis", "milliseconds", "msec", "msecs"), Quantity.MILLISECONDS),
    **dict.fromkeys(("minutes", "mins"), Quantity.MINUTES),
    "hours": Quantity.HOURS,
    **dict.fromkeys(("dollars", "usd"), Quantity.DOLLARS),
    "cents": Quantity.CENTS,
    **dict.fromkeys(("euros", "eur"), Quantity.EUROS),
}
AFTER_LOG = {
    **dict.fromkeys(("prob", "probs", "probability", "probabilities", "likelihood"), Quantity.LOG_LIKELIHOOD),
    "odds": Quantity.LOG_ODDS,
}
TIMES = frozenset({"second", "seconds", "sec", "s", "minute", "min", "hour", "day", "week", "month", "year"})
# Chances of a random step of training, no scores of a model.
RANDOM_STEP = frozenset(
    {
        *(
            "drop",
            "dropout",
            "mask",
            "masking",
            "flip",
            "aug",
            "augment",
            "augmentation",
            "noise",
            "mixup",
            "cutmix",
        ),
        *(
            "swap",
            "jitter",
            "crop",
            "rotate",
            "erase",
            "erasing",
            "keep",
            "replace",
            "mutation",
            "crossover",
            "switch",
        ),
        *("exploration", "epsilon", "edge", "rewire", "hflip", "vflip", "shuffle", "teacher", "forcing"),
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class RawFloat:
    """A parameter, field, returned value or constant: `owner` is its function or class, None for a module's constant."""

    owner: cst.FunctionDef | cst.ClassDef | None
    node: cst.CSTNode
    name: str
    quantity: Quantity
    default: float | None = None


def quantity_of(name: str) -> Quantity | None:
    """Return what the whole words of a name say that it measures, None when they say nothing or two things."""
    words = [word.lower() for word in WORD.findall(name)]
    if RANDOM_STEP.intersection(words):
        return None
    found: set[Quantity] = set()
    for before, word in zip(["", *words], words, strict=False):
        if before == "per":
            quantity = Quantity.RATE if word in TIMES else None
        else:
            quantity = AFTER_LOG.get(word) if before == "log" else WORDS.get(word)
        if quantity is not None:
            found.add(quantity)
    if Quantity.THRESHOLD in found and len(found) == 2:
        (scale,) = found - {Quantity.THRESHOLD}
        return SCORES.get(scale, Quantity.THRESHOLD)
    return found.pop() if len(found) == 1 else None


def raw_floats(file: SourceFile) -> Iterator[RawFloat]:
    """Yield every bare float of a file whose name says what it measures."""
    for param in file.index.of(cst.Param):
        owner = file.index.enclosing(param, cst.FunctionDef, cst.Lambda)
        if isinstance(owner, cst.FunctionDef) and _is_float(file, param.annotation, param.default):
            yield from _raw(file, owner, param, param.name.value, param.default)
    for function in file.index.of(cst.FunctionDef):
        if function.returns is not None and _is_float(file, function.returns, None):
            yield from _raw(file, function, function.returns, function.name.value, None)
    for annotated in file.index.of(cst.AnnAssign):
        if isinstance(annotated.target, cst.Name) and _is_float(file, annotated.annotation, annotated.value):
            yield from _raw(
                file, _class_of(file, annotated), annotated, annotated.target.value, annotated.value
            )
    for assign in file.index.of(cst.Assign):
        if len(assign.targets) == 1 and _is_float_literal(file, assign.value):
            yield from _assigned(file, assign, assign.targets[0].target)


def _assigned(file: SourceFile, assign: cst.Assign, target: cst.BaseExpression) -> Iterator[RawFloat]:
    """A field by its default, `self.threshold = 0.5`, or a module's constant."""
    owner = file.index.enclosing(assign, cst.ClassDef)
    if (
        isinstance(target, cst.Attribute)
        and isinstance(target.value, cst.Name)
        and target.value.value == "self"
    ):
        yield from _raw(file, owner, assign, target.attr.value, assign.value)
    elif isinstance(target, cst.Name) and file.index.function(assign) is None:
        yield from _raw(file, owner, assign, target.value, assign.value)


def _raw(
    file: SourceFile,
    owner: cst.FunctionDef | cst.ClassDef | None,
    node: cst.CSTNode,
    name: str,
    default: cst.BaseExpression | None,
) -> Iterator[RawFloat]:
    quantity = quantity_of(name)
    if quantity is not None:
        value = file.constant(default) if default is not None else UNKNOWN
        number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
        yield RawFloat(owner, node, name, quantity, number)


def _class_of(file: SourceFile, node: cst.CSTNode) -> cst.ClassDef | None:
    around = file.index.enclosing(node, cst.ClassDef, cst.FunctionDef)
    return around if isinstance(around, cst.ClassDef) else None


def _is_float(file: SourceFile, annotation: cst.Annotation | None, default: cst.CSTNode | None) -> bool:
    if annotation is None:
        return _is_float_literal(file, default)
    return _names_float(file, annotation.annotation)


def _names_float(file: SourceFile, note: cst.BaseExpression) -> bool:
    match note:
        case cst.Name():
            return file.qualified(note) == "builtins.float"
        case cst.SimpleString():
            return note.raw_value == "float"
        case cst.BinaryOperation(operator=cst.BitOr()):
            sides = (note.left, note.right)
            return any(_names_float(file, s) for s in sides) and any(_is_none(s) for s in sides)
        case cst.Subscript(slice=[cst.SubscriptElement(slice=cst.Index(value=inner))]):
            outer = file.qualified(note.value) or ""
            return outer.rpartition(".")[2] == "Optional" and _names_float(file, inner)
    return False


def _is_none(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Name) and node.value == "None"


def _is_float_literal(file: SourceFile, node: cst.CSTNode | None) -> bool:
    return isinstance(node, cst.Float | cst.UnaryOperation) and isinstance(file.constant(node), float)
