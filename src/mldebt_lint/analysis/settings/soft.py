"""Settings that a run may change or that stand in another form: options, fields of records, maps of labels, paths
put together. They say what modules disagree about, not where configuration is scattered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from mldebt_lint.analysis.constants import UNKNOWN
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.prototype.path_use import last_name
from mldebt_lint.analysis.settings.assigned import targets
from mldebt_lint.analysis.settings.collect import is_config, is_record
from mldebt_lint.analysis.settings.facts import How, NamedPlace, Setting
from mldebt_lint.analysis.settings.literals import literal, setting_value
from mldebt_lint.analysis.settings.names import Form, concept_of, words

JOINED = "joined"
LABELS = "class_names"
_ENDS = re.compile(
    r"""\.(?:pt|pth|pkl|pickle|joblib|h5|hdf5|keras|onnx|ckpt|safetensors|pb|cbm|ubj|tflite|bin|model)["']$"""
)
_NAMED = frozenset({"label", "labels", "class", "classes", "category", "categories"})
_MAPPED = frozenset(
    {"id", "ids", "idx", "index", "indices", "map", "mapping", "dict", "to", "int", "num", "2"}
)


def soft_settings(file: SourceFile) -> Iterator[Setting]:
    """Yield defaults of options and of records that configure, and the orders of labels."""
    for call in file.calls:
        if last_name(call.func) == "add_argument":
            yield from _option(file, call)
    for owner in file.index.of(cst.ClassDef):
        if is_config(owner.name) and is_record(owner):
            for node in file.index.within(owner.body, cst.AnnAssign):
                yield from _soft(file, last_name(node.target), node.value, node)
    for target, value in targets(file):
        yield from _labels(file, target, value)


def _option(file: SourceFile, call: cst.Call) -> Iterator[Setting]:
    flags = [literal(arg.value) for arg in call.args if arg.keyword is None]
    default = next((arg.value for arg in call.args if arg.keyword and arg.keyword.value == "default"), None)
    for flag in flags:
        if isinstance(flag, str) and flag.startswith("--"):
            yield from _soft(file, flag.strip("-").replace("-", "_"), default, call)
            return


def _soft(
    file: SourceFile, name: str, value: cst.BaseExpression | None, node: cst.CSTNode
) -> Iterator[Setting]:
    known = concept_of(name) if value is not None else None
    text = setting_value(value, known[0].form) if known is not None else None
    if known is not None and text is not None and not known[1]:
        yield Setting(known[0].name, name, text, How.OPTION, "", known[0].form, file.at(node), step=True)


# -- labels -----------------------------------------------------------------------------------------------


def _labels(file: SourceFile, target: cst.BaseExpression, value: cst.BaseExpression) -> Iterator[Setting]:
    """Labels in the order of their numbers: `classes = [...]` of a module, `LABEL2ID = {...}`, `id2label = {...}`."""
    name = last_name(target)
    if isinstance(value, cst.Dict):
        text = _order(value) if _says_labels(name) else None
    elif name in _NAMED and file.index.function(target) is None:
        found = literal(value)
        is_text = isinstance(found, tuple) and all(isinstance(item, str) for item in found)
        text = setting_value(value, Form.LIST) if is_text else None
    else:
        return
    if text is not None:
        yield Setting(LABELS, name, text, How.CONSTANT, "", Form.LIST, file.at(target), step=True)


def _says_labels(name: str) -> bool:
    parts = set(words(name))
    return bool(parts & _NAMED) and bool(parts & _MAPPED)


def _order(node: cst.Dict) -> str | None:
    """The labels of a map from or to their numbers, as a list of them would be written."""
    by_number: dict[int, str] = {}
    for element in node.elements:
        if not isinstance(element, cst.DictElement):
            return None
        pair = (literal(element.key), literal(element.value))
        match pair:
            case (int() as number, str() as label) | (str() as label, int() as number):
                by_number[number] = label
            case _:
                return None
    if len(by_number) < 2 or len(by_number) != len(node.elements):
        return None
    return f"({', '.join(repr(by_number[number]) for number in sorted(by_number))})"


# -- paths ------------------------------------------------------------------------------------------------


def joined_places(file: SourceFile) -> Iterator[NamedPlace]:
    """Yield the files of models whose path is put together of constants."""
    for node in file.index.of(cst.SimpleString):
        if not _ENDS.search(node.value):
            continue
        whole = _whole(file, node)
        value = file.constant(whole) if whole is not None else UNKNOWN
        if whole is not None and isinstance(value, str) and "/" in value:
            yield NamedPlace(value, JOINED, False, file.at(whole))


def _whole(file: SourceFile, node: cst.SimpleString) -> cst.BaseExpression | None:
    """The call or the operation whose last part the literal is."""
    parent = file.index.parent(node)
    if isinstance(parent, cst.BinaryOperation) and parent.right is node:
        return parent
    call = file.index.parent(parent) if isinstance(parent, cst.Arg) else None
    if isinstance(call, cst.Call) and len(call.args) > 1 and call.args[-1] is parent:
        return call if last_name(call.func) in ("join", "joinpath", "Path") else None
    return None
