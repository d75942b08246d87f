"""Follows an object back to the call that made it, through devices, wrappers, attributes and the file's own helpers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.names import Binding, Binds
from mldebt_lint.analysis.origins import Origins

MAX_DEPTH = 12
FORWARD = ("forward", "call", "__call__")
HANDED_IN = re.compile(r"(?i)model|net|network|classifier|clf")
# Methods that give the object itself back.
SAME_OBJECT = frozenset(
    {
        *(
            "to",
            "cuda",
            "cpu",
            "train",
            "eval",
            "half",
            "float",
            "double",
            "bfloat16",
            "requires_grad_",
            "apply",
        ),
        *("share_memory", "type", "module"),
    }
)
WRAPPERS = frozenset(
    {
        *(
            "DataParallel",
            "DistributedDataParallel",
            "compile",
            "script",
            "prepare",
            "DDP",
            "FSDP",
            "unwrap_model",
        )
    }
)


class Instances:
    """Answers which call made an object, None when none or several may have."""

    def __init__(self, file: SourceFile, origins: Origins) -> None:
        self._file = file
        self._origins = origins
        self._known: dict[int, cst.Call | None] = {}

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

    def model_class(self, expression: cst.BaseExpression) -> cst.ClassDef | None:
        """Return the class of a model; of one that is handed in from elsewhere, the file's only class of models."""
        owner = self.local_class(expression)
        return self._only_model if owner is None and self._is_handed_in(expression) else owner

    def _is_handed_in(self, model: cst.BaseExpression) -> bool:
        name = model.attr.value if isinstance(model, cst.Attribute) else getattr(model, "value", "")
        if not isinstance(name, str) or not HANDED_IN.fullmatch(name) or self.made(model) is not None:
            return False
        if not isinstance(model, cst.Name):
            return True
        bindings = self._origins.reaching(model)
        return bool(bindings) and all(b.how is Binds.PARAMETER for b in bindings)

    @cached_property
    def _only_model(self) -> cst.ClassDef | None:
        """The one class of models in the file that no other one is made of."""
        models = [
            node for node in self._file.index.of(cst.ClassDef) if node.bases and forward_of(node) is not None
        ]
        inner = {
            self._origins.class_of(call) for m in models for call in self._file.index.within(m, cst.Call)
        }
        outer = [model for model in models if model not in inner]
        return outer[0] if len(outer) == 1 else None

    def _bound(self, binding: Binding, depth: int) -> cst.Call | None:
        """Return what made the value of a binding; one that is asked for while it is being answered is not known."""
        if id(binding) not in self._known:
            self._known[id(binding)] = None
            self._known[id(binding)] = self._made_for(binding, depth)
        return self._known[id(binding)]

    def _made_for(self, binding: Binding, depth: int) -> cst.Call | None:
        if binding.how is Binds.VALUE and binding.value is not None:
            return self.made(binding.value, depth + 1)
        if binding.how is Binds.PARAMETER:
            passed = list(self._origins.passed(binding))
            return self._agreed([self.made(value, depth + 1) for value in passed])
        return None

    def _called(self, call: cst.Call, depth: int) -> cst.Call | None:
        function = call.func
        if isinstance(function, cst.Attribute) and self._gives_itself(function):
            return self.made(function.value, depth + 1)
        name = function.attr if isinstance(function, cst.Attribute) else function
        if isinstance(name, cst.Name) and name.value in WRAPPERS and call.args:
            return self.made(call.args[0].value, depth + 1)
        returned = self._origins.returned_by(call)
        return self._agreed([self.made(v, depth + 1) for v in returned]) if returned else call

    def _gives_itself(self, method: cst.Attribute) -> bool:
        of_instance = self._file.qualified(method) is None or self._file.type_of(method.value) is not None
        return of_instance and method.attr.value in SAME_OBJECT

    def _agreed(self, calls: list[cst.Call | None]) -> cst.Call | None:
        return calls[0] if calls and all(call is calls[0] for call in calls) else None


def _is_none(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Name) and node.value == "None"


def forward_of(model: cst.ClassDef) -> cst.FunctionDef | None:
    """Return the method of a model's class that makes its output."""
    body = model.body.body if isinstance(model.body, cst.IndentedBlock) else ()
    named: Iterator[cst.FunctionDef] = (
        item for item in body if isinstance(item, cst.FunctionDef) and item.name.value in FORWARD
    )
    return next(named, None)
