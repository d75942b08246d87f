"""What a file's own steps are fixed to: tokenizers, splits, normalisations, defaults that its calls keep."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from mldebt_lint.analysis.constants import UNKNOWN
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.library import Role
from mldebt_lint.analysis.paths import is_test_path
from mldebt_lint.analysis.prototype.path_use import last_name
from mldebt_lint.analysis.settings.facts import How, Setting
from mldebt_lint.analysis.settings.literals import setting_value
from mldebt_lint.analysis.settings.names import Form, concept_of

_TOKENIZER = re.compile(r"(?i)tokeni[sz]er")
_SPLIT_WORDS = {
    "random_state": "split seed",
    "seed": "split seed",
    "test_size": "test size",
    "n_splits": "number of folds",
}


def fixed_steps(file: SourceFile) -> Iterator[Setting]:
    """Yield the tokenizers that a file loads, the seeds and sizes of its splits, constants followed, the means and
    deviations that it normalises by, and the defaults of parameters that its own calls leave as they are.
    """
    if is_test_path(file.path):
        return
    yield from _kept_defaults(file)
    for call in file.calls:
        if isinstance(call.func, cst.Attribute) and call.func.attr.value == "from_pretrained":
            name = last_name(call.func.value)
            if _TOKENIZER.search(name) and call.args and call.args[0].keyword is None:
                yield from _fixed(file, call.args[0], "tokenizer", Form.TEXT)
        elif len(call.args) > 1 or any(arg.keyword is not None for arg in call.args):
            yield from _split(file, call)
    for call, api in file.known_calls:
        if api.role is Role.TRANSFORMER and api.params[:2] == ("mean", "std"):
            yield from _normalised(file, call)


def _normalised(file: SourceFile, call: cst.Call) -> Iterator[Setting]:
    """Means and deviations that stand in the call; those of a constant are the constant's."""
    for name in ("mean", "std"):
        node = file.arguments(call).get(name)
        value = setting_value(node, Form.LIST)
        if node is not None and value is not None:
            yield Setting(name, name, value, How.ARGUMENT, "", Form.LIST, file.at(node), step=True)


def _kept_defaults(file: SourceFile) -> Iterator[Setting]:
    """Defaults of known settings in functions that this file calls, and that no call here gives another value."""
    for function in file.index.of(cst.FunctionDef):
        for position, param in enumerate((*function.params.params, *function.params.kwonly_params)):
            known = concept_of(param.name.value) if param.default is not None else None
            if known is None or known[1] or param.star:
                continue
            concept, name = known[0], param.name.value
            value = setting_value(param.default, concept.form)
            if value is not None and _is_kept(file, function, name, position):
                where = file.at(param)
                yield Setting(concept.name, name, value, How.OPTION, "", concept.form, where, step=True)


def _is_kept(file: SourceFile, function: cst.FunctionDef, name: str, position: int) -> bool:
    if function.decorators or file.index.enclosing(function, cst.ClassDef) is not None:
        return False
    calls = [call for call in file.calls if last_name(call.func) == function.name.value]
    return bool(calls) and not any(_gives(call, name, position) for call in calls)


def _gives(call: cst.Call, name: str, position: int) -> bool:
    by_position = sum(arg.keyword is None for arg in call.args) > position
    return by_position or any(arg.star or (arg.keyword and arg.keyword.value == name) for arg in call.args)


def _split(file: SourceFile, call: cst.Call) -> Iterator[Setting]:
    if not any(arg.keyword is not None and arg.keyword.value in _SPLIT_WORDS for arg in call.args):
        return
    api = file.api(call)
    if api is None or api.role is not Role.SPLITTER:
        return
    for arg in call.args:
        if arg.keyword is not None and arg.keyword.value in _SPLIT_WORDS:
            yield from _fixed(file, arg, _SPLIT_WORDS[arg.keyword.value], Form.NUMBER)


def _fixed(file: SourceFile, arg: cst.Arg, concept: str, form: Form) -> Iterator[Setting]:
    value = file.constant(arg.value)
    if value is UNKNOWN or isinstance(value, bool) or not isinstance(value, int | float | str):
        return
    spelt = arg.keyword.value if arg.keyword is not None else concept
    yield Setting(concept, spelt, repr(value), How.ARGUMENT, "", form, file.at(arg), step=True)
