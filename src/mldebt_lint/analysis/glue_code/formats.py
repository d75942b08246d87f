"""In which package's format a value is: a tensor, an array, a frame of one library or another."""

from __future__ import annotations

from functools import cached_property

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.library import Api
from mldebt_lint.analysis.names import dotted_name

LIST, DICT = "list", "dict"
# Give on the value as it is; a copy is no work either.
HANDED_ON = frozenset({"detach", "cpu", "clone", "contiguous", "copy", "cache", "persist"})
# Keep the format, whatever else they do; they tell what a value is.
KEEPING = (
    HANDED_ON
    | frozenset(
        (
            "cuda",
            "to",
            "float",
            "double",
            "half",
            "long",
            "int",
            "bool",
            "bfloat16",
            "squeeze",
            "unsqueeze",
            "view",
        )
    )
    | frozenset({"reshape", "permute", "transpose", "requires_grad_", "flatten"})
)
MAX_DEPTH = 5


class Formats:
    """Answers in which format the values of one file are."""

    def __init__(self, file: SourceFile) -> None:
        self.file = file

    def of(self, expression: cst.CSTNode, depth: int = 0) -> str:
        """Return the format of a value, an empty string when it is not known."""
        if depth > MAX_DEPTH:
            return ""
        if isinstance(expression, cst.Name) and self.file.values.binding(expression) is None:
            return ""
        kind = self.file.type_of(expression)
        if kind is not None:
            return self._formats.get(kind, kind)
        match expression:
            case cst.Name():
                definition = self.file.definition(expression)
                return self.of(definition, depth + 1) if definition is not None else ""
            case cst.Call():
                return self._format_of_call(expression, depth)
            case cst.Attribute() if expression.attr.value in {"data", "T", "grad"}:
                return self.of(expression.value, depth + 1)
            case cst.Subscript():
                inner = self.of(expression.value, depth + 1)
                return inner if inner not in (LIST, DICT) else ""
            case cst.BinaryOperation():
                sides = {self.of(side, depth + 1) for side in (expression.left, expression.right)} - {""}
                return sides.pop() if len(sides) == 1 else ""
        return ""

    def _format_of_call(self, call: cst.Call, depth: int) -> str:
        kept = isinstance(call.func, cst.Attribute) and call.func.attr.value in KEEPING
        if isinstance(call.func, cst.Attribute) and kept and (inner := self.of(call.func.value, depth + 1)):
            return inner
        api = self.file.api(call)
        if api is not None and api.target:
            return api.target
        module, _, name = (self.file.callee(call) or "").rpartition(".")
        return self._modules.get(module, "") if name.islower() else ""

    @cached_property
    def _formats(self) -> dict[str, str]:
        """From the type of a value to its format."""
        apis = [api for api in self.file.library.apis.values() if api.target and "." in api.returns]
        return {api.returns: api.target for api in apis}

    def has_one_type(self, name: str) -> bool:
        """Whether all values of a format are of one type: tensors and arrays are, frames and their columns not."""
        return list(self._formats.values()).count(name) == 1

    @cached_property
    def _modules(self) -> dict[str, str]:
        """From a module to the format that its functions return: the one that it makes from anything."""
        apis = [
            api for api in self.file.library.apis.values() if api.target and api.returns and not api.source
        ]
        return {api.name.rpartition(".")[0]: api.target for api in apis}

    def by_imports(self, method: str) -> str:
        """Return the one format with such a method whose package this file imports, or an empty string."""
        sources = {api.source for api in self.converters if api.name.endswith(f".{method}")}
        return sources.pop() if len(sources) == 1 else ""

    @cached_property
    def converters(self) -> list[Api]:
        """The methods that convert a value of a package that this file imports."""
        names = [alias.name for node in self.file.index.of(cst.Import) for alias in node.names]
        modules = [dotted_name(name) for name in names]
        modules += [self.file.names.absolute(node) for node in self.file.index.of(cst.ImportFrom)]
        imported = {self.file.library.canonical(module).partition(".")[0] for module in modules}
        apis = self.file.library.apis.values()
        return [api for api in apis if api.source and api.name.partition(".")[0] in imported]
