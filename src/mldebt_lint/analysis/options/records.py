"""Classes whose fields are options: dataclasses for parsers that fill them."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.names import dotted_name
from mldebt_lint.analysis.options.declare import KEPT_ON_PURPOSE, normal_constant
from mldebt_lint.analysis.options.facts import Declared, Fill, Made
from mldebt_lint.analysis.options.parsers import ParserFollower
from mldebt_lint.analysis.options.places import Places
from mldebt_lint.analysis.options.signatures import fields
from mldebt_lint.analysis.options.uses import last_name

WRAPPERS = frozenset({"Optional", "Annotated"})
UNSTORED = frozenset({"ClassVar", "InitVar"})


class RecordFollower(ParserFollower):
    """A follower that knows classes whose fields are options."""

    def records(self) -> None:
        """Record fields as options, what methods read of them, and which parameters hold such objects."""
        owners = {
            node: f"s:{self.places.label(node)}" for node in self.index.of(cst.ClassDef) if self._fills(node)
        }
        for node, place in owners.items():
            for name, field in fields(node):
                if last_name(_outer(field.annotation.annotation)) not in UNSTORED:
                    self.declared.append(self._field(name, field, place))
        if owners:
            for attribute in self.index.of(cst.Attribute):
                owner = self.places.owner(attribute) if _is_self(attribute.value) else None
                if owner in owners:
                    self.follow(attribute.value, owners[owner])
        for param in self.index.of(cst.Param):
            if param.annotation is not None and self.places.is_likely(param.name.value):
                self._annotated(param, param.annotation.annotation)

    def _fills(self, node: cst.ClassDef) -> bool:
        """A dataclass that is called like options, or a class whose base is a parser that fills its fields."""
        decorators = [dotted_name(getattr(d.decorator, "func", d.decorator)) for d in node.decorators]
        if any(name.rpartition(".")[2] == "dataclass" for name in decorators):
            return self.places.is_likely(node.name.value)
        for base in node.bases:
            name = self.file.qualified(base.value)
            api = self.file.library.find(name) if name is not None else None
            if api is not None and "fields" in api.traits:
                return True
        return False

    def _field(self, name: str, field: cst.AnnAssign, place: str) -> Declared:
        value, help_text = field.value, None
        if isinstance(value, cst.Call):
            arguments = self.file.arguments(value)
            value, help_text = arguments.get("default"), self._help(arguments.get("metadata"))
        default = normal_constant(self.file, value) if value is not None else None
        reported = not (isinstance(help_text, str) and KEPT_ON_PURPOSE.search(help_text))
        return Declared(place, name, name, self.file.at(field), default, reported)

    def _help(self, metadata: cst.BaseExpression | None) -> object:
        known = self.file.constant(metadata)
        return known.get("help") if isinstance(known, dict) else None

    def _annotated(self, param: cst.Param, annotation: cst.BaseExpression) -> None:
        if isinstance(annotation, cst.Subscript) and last_name(annotation.value) in WRAPPERS:
            inner = annotation.slice[0].slice
            annotation = inner.value if isinstance(inner, cst.Index) else annotation
        reference = self.places.class_reference(annotation)
        function = self.index.enclosing(param, cst.FunctionDef)
        if reference is None or function is None or reference.startswith("builtins."):
            return
        place = f"v:{self.places.label(function)}:{param.name.value}"
        self.move(f"I:{reference}", place)
        for decorator in function.decorators:
            if isinstance(decorator.decorator, cst.Call) and self._wraps(decorator.decorator):
                self.fills.append(Fill(place, reference))

    def _wraps(self, call: cst.Call) -> bool:
        api = self.file.api(call)
        return api is not None and "fills" in api.traits


def made(file: SourceFile, places: Places) -> Iterator[Made]:
    """Yield every call of a class that is called like options."""
    for call in file.calls:
        name = last_name(call.func)
        if name[:1].isupper() and places.is_likely(name):
            given = tuple(arg.keyword.value for arg in call.args if arg.keyword is not None)
            yield Made(places.callee(call.func), given, len(given) == len(call.args))


def _is_self(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Name) and node.value == "self"


def _outer(annotation: cst.BaseExpression) -> cst.BaseExpression:
    return annotation.value if isinstance(annotation, cst.Subscript) else annotation
