"""Choices that a fit makes by held-out rows: when to stop, and which state to keep."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.flow import Event, Flow
from mldebt_lint.analysis.flow.learning import HELD_OUT
from mldebt_lint.analysis.flow.model import Part, Rows

NONE = (None, False, 0)
LISTS = ("callbacks", "callback")
STOPS = ("early_stopping_rounds", "early_stopping", "early_stop", "use_best_model")


def choice(file: SourceFile, flow: Flow, event: Event) -> str | None:
    """Return what a fit chooses by its held-out rows, None where it only looks at them."""
    call = flow.node(event.at)
    if not isinstance(call, cst.Call):
        return None
    for arg in call.args:
        name = arg.keyword.value if arg.keyword is not None else ""
        if name in STOPS and file.constant(arg.value) not in NONE:
            return "when to stop" if name != "use_best_model" else "which round is kept"
        if name in LISTS:
            for callback in _calls(file, arg.value):
                if said := _chosen_by(file, callback):
                    return said
    made = flow.node(event.value("model").site) if event.value("model").site >= 0 else None
    if isinstance(made, cst.Call):
        for arg in made.args:
            if arg.keyword is not None and arg.keyword.value in STOPS[:1]:
                return "when to stop" if file.constant(arg.value) not in NONE else None
    return None


def _calls(file: SourceFile, node: cst.BaseExpression) -> Iterator[cst.Call]:
    """The calls that make the callbacks of a list, through names."""
    found = file.definition(node) if isinstance(node, cst.Name) else node
    if isinstance(found, cst.List | cst.Tuple):
        for element in found.elements:
            yield from _calls(file, element.value)
    elif isinstance(found, cst.Call):
        yield found


def _chosen_by(file: SourceFile, callback: cst.Call) -> str | None:
    """By its name a callback stops early or keeps the best state; whose library it is from does not matter."""
    name = (file.qualified(callback.func) or "").rpartition(".")[2].lower().replace("_", "")
    if "earlystop" in name:
        watched = next((a.value for a in callback.args if a.keyword and a.keyword.value == "monitor"), None)
        on_training = str(file.constant(watched)) in ("loss", "acc", "accuracy", "train_loss")
        return None if on_training else "when to stop"
    if "checkpoint" in name:
        best = next(
            (a.value for a in callback.args if a.keyword and a.keyword.value == "save_best_only"), None
        )
        return "which state is kept" if file.constant(best) is True else None
    return None


def held_out(event: Event) -> frozenset[Rows]:
    """Return the test rows that a fit looks at beside its training rows."""
    found: set[Rows] = set()
    for name in HELD_OUT:
        found |= {rows for rows in event.value(name).rows if rows and is_test(rows)}
    return frozenset(found)


def is_test(rows: Rows) -> bool:
    """Whether the last split that rows went through put them on the test side."""
    side = next((name for _, name in reversed(rows) if name in frozenset(Part)), None)
    return side is Part.TEST
