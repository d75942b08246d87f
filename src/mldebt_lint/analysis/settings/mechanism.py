"""Through what a file is configured: parsed options, a loaded file, an object that holds settings."""

from __future__ import annotations

import re

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.library import Role
from mldebt_lint.analysis.names import dotted_name
from mldebt_lint.analysis.prototype.path_use import last_name
from mldebt_lint.analysis.settings.collect import is_record

# What people call the object that holds the settings of a run.
HOLDERS = frozenset(
    (
        "config cfg conf args opt opts options hparams hyperparams hyperparameters flags settings "
        "configuration hps cli_args parsed_args FLAGS hp"
    ).split()
)
# Names of optimizers and bit fields as well.
OTHERWISE = frozenset({"opt", "flags", "options", "hp"})
_RECORD = re.compile(r"(?:Config|Args|Arguments|Settings|HParams|Hparams|Hyperparameters|Options)$")
_MODULES = re.compile(
    r"(?:^|\.)(?:config|configs|configuration|settings|conf|cfg|hparams|hyperparameters|params)(?:\.|$)"
)
_NAMES_CONFIG = re.compile(r"(?i)conf(?:ig)?\b|cfg|hparams|hyper|settings|params\.json")
_DATA_FORMAT = re.compile(r"(?i)\b(?:json|pickle)\.")


def mechanism(file: SourceFile) -> str | None:
    """Return how a file is configured, in words, or None when it is not."""
    if file.is_notebook:  # what is called `config` there describes a model more often than a run
        return _parser(file) or _loaded(file)
    return _parser(file) or _holder(file) or _loaded(file) or _module(file) or _record(file)


def _parser(file: SourceFile) -> str | None:
    if any(api.role is Role.OPTION_PARSER for _, api in file.known_calls):
        return "the command-line options"
    for decorator in file.index.of(cst.Decorator):
        node = decorator.decorator
        name = file.qualified(node.func if isinstance(node, cst.Call) else node)
        api = file.library.find(name) if name is not None else None
        if api is not None and api.role in (Role.OPTION, Role.OPTION_PARSER, Role.CONFIG_LOAD):
            return f"`@{dotted_name(getattr(node, 'func', node))}`"
    return None


def _holder(file: SourceFile) -> str | None:
    """An object of such a name that is given to a function, or made, and read by attribute or key."""
    counted: dict[str, int] = {}
    for attribute in file.index.of(cst.Attribute):
        name = _held(attribute.value)
        if name and not isinstance(file.index.parent(attribute), cst.Call | cst.AssignTarget):
            counted[name] = counted.get(name, 0) + 1
    for subscript in file.index.of(cst.Subscript):
        name = _held(subscript.value)
        if name and _has_text_key(subscript):
            counted[name] = counted.get(name, 0) + 1
    best = max(counted, key=lambda name: counted[name], default="")
    return f"`{best}`" if counted.get(best, 0) >= (2 if best in OTHERWISE else 1) else None


def _held(node: cst.BaseExpression) -> str:
    """Return the name of a holder: `args`, `self.config`, `train_cfg`; empty for other expressions."""
    is_self = (
        isinstance(node, cst.Attribute) and isinstance(node.value, cst.Name) and node.value.value == "self"
    )
    if not isinstance(node, cst.Name) and not is_self:
        return ""
    name = last_name(node)
    return name if name in HOLDERS else ""


def _has_text_key(subscript: cst.Subscript) -> bool:
    inner = subscript.slice[0].slice
    return isinstance(inner, cst.Index) and isinstance(inner.value, cst.SimpleString)


def _loaded(file: SourceFile) -> str | None:
    for call, api in file.known_calls:
        if api.role is not Role.CONFIG_LOAD:
            continue
        text = file.text(file.index.statement(call)).split("\n")[0]
        around = file.index.enclosing(call, cst.With)
        if around is not None:
            text += "".join(file.text(item) for item in around.items)
        if not _DATA_FORMAT.search(text) or _NAMES_CONFIG.search(text):
            return f"what `{dotted_name(call.func)}` loads"
    return None


def _module(file: SourceFile) -> str | None:
    for node in file.index.of(cst.ImportFrom):
        module = file.names.absolute(node)
        if _MODULES.search(module):
            return f"`{module}`"
        if not isinstance(node.names, cst.ImportStar):
            for alias in node.names:
                if _MODULES.search(dotted_name(alias.name)):
                    return f"`{dotted_name(alias.name)}`"
    for plain in file.index.of(cst.Import):
        for alias in plain.names:
            if _MODULES.search(dotted_name(alias.name)):
                return f"`{dotted_name(alias.name)}`"
    return None


def _record(file: SourceFile) -> str | None:
    """A class of fields that is called like a configuration."""
    for node in file.index.of(cst.ClassDef):
        if _RECORD.search(node.name.value) and is_record(node):
            return f"`{node.name.value}`"
    return None
