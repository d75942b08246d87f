"""The losses of a file: what each expects, and what it is given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.library import Api, Role
from mldebt_lint.analysis.plain_data.heads import Kind, is_class
from mldebt_lint.analysis.plain_data.instances import Instances

INPUTS = ("input", "log_probs", "y_pred", "logits", "y_proba")
EXPECTS = {
    "expects-logits": Kind.LOGIT,
    "expects-probabilities": Kind.PROBABILITY,
    "expects-log-probabilities": Kind.LOG_PROBABILITY,
}


@dataclass(frozen=True, slots=True, eq=False)
class Loss:
    """One call of a loss: the kind of score that it expects, and the expression that it is given."""

    call: cst.Call
    name: str
    expects: Kind
    given: cst.BaseExpression


def losses(file: SourceFile, instances: Instances) -> Iterator[Loss]:
    """Yield the calls of loss functions and loss objects whose expectation and input are known."""
    has_objects = any(api.role is Role.LOSS and is_class(api) for _, api in file.known_calls)
    for call in file.calls:
        if not call.args:
            continue
        api = file.api(call)
        if api is not None and api.role in (Role.LOSS, Role.METRIC) and not is_class(api):
            expects, given = expectation(file, api, call), _input(file, call, api.params)
        elif api is None and has_objects:
            made = instances.made(call.func) if not _is_constructor(file, call) else None
            api = file.api(made) if made is not None else None
            if api is None or made is None or api.role is not Role.LOSS or not is_class(api):
                continue
            order = ("y_true", "y_pred") if "from-logits" in api.traits else ("input", "target")
            expects, given = expectation(file, api, made), _input(file, call, order)
        else:
            continue
        if expects is not None and given is not None:
            yield Loss(call, api.name.rpartition(".")[2], expects, given)


def expectation(file: SourceFile, api: Api, made: cst.Call) -> Kind | None:
    """Return what a loss expects; `from_logits` decides where its library has it."""
    kind = next((kind for trait, kind in EXPECTS.items() if trait in api.traits), None)
    if "from-logits" not in api.traits:
        return kind
    arguments = file.arguments(made, api.params)
    value = arguments.get("from_logits")
    if value is None:
        return kind if not arguments.opaque else None
    constant = file.constant(value)
    return {True: Kind.LOGIT, False: kind}.get(constant) if isinstance(constant, bool) else None


def _input(file: SourceFile, call: cst.Call, params: tuple[str, ...]) -> cst.BaseExpression | None:
    passed = file.arguments(call, params)
    return next((value for name in INPUTS if (value := passed.get(name)) is not None), None)


def _is_constructor(file: SourceFile, call: cst.Call) -> bool:
    name = file.qualified(call.func)
    return name is not None and not isinstance(call.func, cst.Call) and name.startswith("builtins.")
