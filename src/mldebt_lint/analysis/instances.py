"""Follows an object back to the call that made it, through devices, wrappers, attributes and the file's own helpers."""

from __future__ import annotations

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.names import Binding, Binds
from mldebt_lint.analysis.origins import Origins

MAX_DEPTH = 12
# Methods that give the object itself back.
SAME_OBJECT = frozenset(
    {
        *("to", "cuda", "cpu", "train", "eval", "half", "float", "double", "bfloat16", "requires_grad_", "apply"),
        *("share_memory", "type", "module"),
    }
)
WRAPPERS = frozenset(
    {*("DataParallel", "DistributedDataParallel", "compile", "script", "prepare", "DDP", "FSDP", "unwrap_model")}
)


class Instances:
    """Answers which call made an object, None when none or several may have."""

    def __init__(self, file: SourceFile, origins: Origins) -> None:
        self._file = file
        self._origins = origins

    def made(self, expression: cst.CSTNode, depth: int = 0) -> cst.Call | None:
        """Return the constructor's call behind an expression."""
        if depth > MAX_DEPTH:
            return None
        match expression:
            case cst.Name():
                return self._agreed([self._bound(b, depth) for b in self._origins.reaching(expression)])
            case cst.Attribute(value=cst.Name(value="self")):
                values = self._file.values.self_values(expression)
                return self._agreed([self.made(v, depth + 1) for v in values if not _is_none(v)])
            case cst.Attribute(attr=cst.Name(value="module")):
                return self.made(expression.value, depth + 1)
            case cst.Call():
                return self._called(expression, depth)
        return None

    def local_class(self, expression: cst.CSTNode) -> cst.ClassDef | None:
        """Return the class of this file that an object is an instance of; `self` is one of the class around it."""
        if isinstance(expression, cst.Name) and expression.value == "self":
            return self._file.index.enclosing(expression, cst.ClassDef)
        made = self.made(expression)
        return self._origins.class_of(made) if made is not None else None

    def _bound(self, binding: Binding, depth: int) -> cst.Call | None:
        if binding.how is Binds.VALUE and binding.value is not None:
            return self.made(binding.value, depth + 1)
        if binding.how is Binds.PARAMETER:
            passed = list(self._origins.passed(binding))
            return self._agreed([self.made(value, depth + 1) for value in passed])
        return None

    def _called(self, call: cst.Call, depth: int) -> cst.Call | None:
        function = call.func
        if isinstance(function, cst.Attribute) and function.attr.value in SAME_OBJECT:
            if self._file.qualified(function) is None or self._file.type_of(function.value) is not None:
                return self.made(function.value, depth + 1)
        name = function.attr if isinstance(function, cst.Attribute) else function
        if isinstance(name, cst.Name) and name.value in WRAPPERS and call.args:
            return self.made(call.args[0].value, depth + 1)
        returned = self._origins.returned_by(call)
        return self._agreed([self.made(v, depth + 1) for v in returned]) if returned else call

    def _agreed(self, calls: list[cst.Call | None]) -> cst.Call | None:
        return calls[0] if calls and all(call is calls[0] for call in calls) else None


def _is_none(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Name) and node.value == "None"
