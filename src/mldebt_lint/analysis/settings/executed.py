"""Code that executes a file or a text which may rebind the settings of the module it stands in."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.paths import is_test_path
from mldebt_lint.analysis.prototype.path_use import last_name
from mldebt_lint.analysis.settings.assigned import targets
from mldebt_lint.analysis.settings.facts import Executed
from mldebt_lint.analysis.settings.literals import literal

_NAMED = frozenset({"True", "False", "None"})
# Packaging and documentation read a version that way.
_VERSION = re.compile(r"(?i)version|__about__|about\.py|__init__\.py|_meta\b|release")
_PACKAGING = frozenset({"setup.py", "conf.py", "noxfile.py"})
_CONFIGURES = re.compile(r"(?i)conf|cfg|param|setting|option|override|preset|experiment|default")
_READERS = frozenset({"read", "read_text"})
MIN_SETTINGS = 2


def executed(file: SourceFile) -> tuple[Executed, ...]:
    """Return the places of one file that execute a text over its own module settings."""
    if file.path.rpartition("/")[2] in _PACKAGING or is_test_path(file.path):
        return ()
    return tuple(_executed(file))


def _executed(file: SourceFile) -> Iterator[Executed]:
    for call in file.calls:
        if not isinstance(call.func, cst.Name | cst.Attribute):
            continue
        source = _source(file, call)
        if source is None or _VERSION.search(file.text(call)):
            continue
        names = list(_settings_before(file, call))
        if len(names) >= MIN_SETTINGS:
            yield Executed(source, len(names), names[0], file.at(call), _is_sure(file, call, source))


def _source(file: SourceFile, call: cst.Call) -> str | None:
    """Return what a call executes over the module's own names, None when it does nothing of the kind."""
    name = last_name(call.func)
    if name in ("exec", "execfile") and isinstance(call.func, cst.Name) and call.args:
        if file.qualified(call.func) not in ("builtins.exec", None) or not _into_module(file, call):
            return None
        is_file = name == "execfile" or _reads_file(file, call.args[0].value)
        return "executing a file" if is_file else _text(file, call)
    if (
        name == "update"
        and isinstance(call.func, cst.Attribute)
        and call.args
        and _is_globals(file, call.func.value)
    ):
        value = call.args[0]
        is_open = value.keyword is None and not isinstance(value.value, cst.Dict)
        return "`globals().update`" if is_open and not _is_locals(value.value) else None
    return None


def _is_sure(file: SourceFile, call: cst.Call, source: str) -> bool:
    """Whether the text is there for its settings: a file of another name may only hold helpers."""
    if source != "executing a file":
        return True
    read = file.definition(call.args[0].value) or call
    named = [text.raw_value for node in (call, read) for text in file.index.within(node, cst.SimpleString)]
    paths = [text for text in named if text.endswith((".py", ".txt")) or "." in text]
    return not paths or any(_CONFIGURES.search(text) for text in paths)


def _into_module(file: SourceFile, call: cst.Call) -> bool:
    """Whether the text runs in the module's own namespace."""
    if len(call.args) == 1:
        return file.index.function(call) is None
    return _is_globals(file, call.args[1].value)


def _is_globals(file: SourceFile, node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Call) and file.qualified(node.func) == "builtins.globals"


def _is_locals(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Call) and last_name(node.func) in ("locals", "dir", "globals")


def _reads_file(file: SourceFile, node: cst.BaseExpression) -> bool:
    definition = file.definition(node)
    if not isinstance(definition, cst.Call):
        return False
    if last_name(definition.func) == "compile" and definition.args:
        return _reads_file(file, definition.args[0].value)
    return last_name(definition.func) in _READERS and isinstance(definition.func, cst.Attribute)


def _text(file: SourceFile, call: cst.Call) -> str | None:
    """A text that is put together to an assignment, or that the command line gives; any other is just code."""
    value = call.args[0].value
    if isinstance(value, cst.FormattedString | cst.BinaryOperation):
        return "executing a text" if "=" in file.text(value) else None
    loop = file.index.enclosing(call, cst.For)
    if isinstance(value, cst.Name) and loop is not None and last_name(loop.target) == value.value:
        return "executing the command line" if "sys.argv" in file.text(loop.iter) else None
    return None


def _settings_before(file: SourceFile, call: cst.Call) -> Iterator[str]:
    """The module's names bound to literals, which the executed text may bind again."""
    limit = file.index.rank(call) if file.index.function(call) is None else None
    for target, value in targets(file):
        if (
            not isinstance(target, cst.Name)
            or target.value.startswith("__")
            or file.index.function(target) is not None
        ):
            continue
        if file.index.enclosing(target, cst.ClassDef) is not None or not _is_plain(value):
            continue
        if limit is None or file.index.rank(target) < limit:
            yield target.value


def _is_plain(value: cst.BaseExpression) -> bool:
    return literal(value) is not None or (isinstance(value, cst.Name) and value.value in _NAMED)
