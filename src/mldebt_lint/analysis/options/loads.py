"""Configuration files that code reads by a constant path."""

from __future__ import annotations

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.library import Role
from mldebt_lint.analysis.names import Binds

SUFFIXES = (".yaml", ".yml", ".json", ".toml")


def loaded_file(file: SourceFile, call: cst.Call) -> str | None:
    """Return the constant path of the configuration file that a call reads, None for any other call."""
    api = file.api(call)
    if api is None or api.role is not Role.CONFIG_LOAD or not call.args:
        return None
    path = _path(file, call.args[0].value)
    return path if path is not None and path.endswith(SUFFIXES) else None


def _path(file: SourceFile, expression: cst.BaseExpression) -> str | None:
    """A path, an open file, or the text of either."""
    value = file.constant(expression)
    if isinstance(value, str):
        return value
    if isinstance(expression, cst.Name):
        binding = file.values.binding(expression)
        if binding is not None and binding.how is Binds.PART and isinstance(binding.node, cst.WithItem):
            return _path(file, binding.node.item)
    if isinstance(expression, cst.Call):
        function = expression.func
        if isinstance(function, cst.Attribute) and function.attr.value in ("open", "read", "read_text"):
            if file.qualified(function) not in ("io.open", "codecs.open"):
                return _path(file, function.value)
        if expression.args and file.qualified(function) in ("builtins.open", "io.open", "codecs.open"):
            return _path(file, expression.args[0].value)
    return None
