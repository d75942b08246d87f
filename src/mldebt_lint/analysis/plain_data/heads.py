"""What kind of number a layer or a network puts out, told by its last layer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.library import Api, Role
from mldebt_lint.analysis.names import dotted_name
from mldebt_lint.analysis.plain_data.instances import Instances

MAX_DEPTH = 8


class Kind(StrEnum):
    """A kind of score; the value names it in messages."""

    PROBABILITY = "a probability"
    LOG_PROBABILITY = "a log-probability"
    LOGIT = "a logit"
    RAW = "the raw output of a linear layer"


KINDS = {
    "probability": Kind.PROBABILITY,
    "log-probability": Kind.LOG_PROBABILITY,
    "logit": Kind.LOGIT,
    "linear": Kind.RAW,
}
# Attributes under which a pretrained network keeps its last layer.
LAST_LAYERS = frozenset({"fc", "classifier", "head", "last_linear", "_fc", "heads"})


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """The last layer of a network and what comes out of it."""

    kind: Kind
    node: cst.CSTNode


class Heads:
    """Finds the last layer of the networks of one file."""

    def __init__(self, file: SourceFile, instances: Instances) -> None:
        self._file = file
        self._instances = instances

    def head(self, model: cst.CSTNode, depth: int = 0) -> Head | None:
        """Return the last layer of a layer or network, None when it is not known or says nothing of its output."""
        if depth > MAX_DEPTH:
            return None
        replaced = self._replaced(model)
        if replaced is not None:
            return self.head(replaced, depth + 1)
        made = self._instances.made(model)
        api = self._file.api(made) if made is not None else None
        if made is None or api is None:
            return None
        if api.role is Role.ACTIVATION:
            kind = kind_of(api) or self._named_activation(api, _first(made))
            return Head(kind, made) if kind is not None and is_class(api) else None
        if "linear" in api.traits:
            kind = self._activated(api, made)
            return Head(kind, made) if kind is not None else None
        return self._last(api, made, depth) if api.role is Role.LAYER else None

    def library_of(self, model: cst.CSTNode) -> str:
        """Return the package that a network or its base class comes from, empty when it is not known."""
        made = self._instances.made(model)
        api = self._file.api(made) if made is not None else None
        owner = self._instances.local_class(model) if api is None else None
        bases = [self._file.qualified(arg.value) for arg in owner.bases] if owner is not None else []
        name = api.name if api is not None else next(filter(None, bases), "")
        return self._file.library.canonical(name).partition(".")[0]

    # -- networks ---------------------------------------------------------------------------------------

    def _last(self, api: Api, made: cst.Call, depth: int) -> Head | None:
        name = api.name.rpartition(".")[2]
        if name == "Sequential":
            last = self._last_added(made) or self._last_listed(made)
        elif "model" in api.traits:
            last = self._outputs(made)
        else:
            return None
        return self.head(last, depth + 1) if last is not None else None

    def _last_listed(self, made: cst.Call) -> cst.BaseExpression | None:
        """`Sequential(a, b)`, `Sequential([a, b])`, `Sequential(OrderedDict([("a", a), ("b", b)]))`."""
        args = [arg for arg in made.args if arg.keyword is None or arg.keyword.value == "layers"]
        if len(args) == 1 and args[0].star == "*" and isinstance(args[0].value, cst.Name):
            return self._last_appended(args[0].value)
        if not args or any(arg.star for arg in args):
            return None
        last = self._file.definition(args[-1].value)
        if isinstance(last, cst.Call) and dotted_name(last.func).endswith("OrderedDict") and last.args:
            last = last.args[0].value
        if isinstance(last, cst.List | cst.Tuple):
            element = last.elements[-1] if last.elements else None
            last = element.value if isinstance(element, cst.Element) else None
        if isinstance(last, cst.Tuple) and len(last.elements) == 2:
            last = last.elements[1].value  # a layer with its name
        return last if isinstance(last, cst.BaseExpression) else None

    def _last_appended(self, layers: cst.Name) -> cst.BaseExpression | None:
        """`layers.append(…)` before `Sequential(*layers)`."""
        scope, here = self._file.names.scope(layers), self._file.index.rank(layers)
        found: cst.Call | None = None
        for call in self._file.calls:
            match call.func:
                case cst.Attribute(value=cst.Name(value=name), attr=cst.Name(value="append")) if (
                    name == layers.value
                ):
                    if self._file.names.scope(call) is scope and self._file.index.rank(call) < here:
                        found = call
        if found is None or not found.args:
            return None
        around = self._file.index.enclosing(found, cst.If, cst.For, cst.FunctionDef)
        return None if isinstance(around, cst.If | cst.For) else found.args[-1].value

    def _last_added(self, made: cst.Call) -> cst.BaseExpression | None:
        """The layer that the last `model.add(…)` adds."""
        found: cst.BaseExpression | None = None
        for call in self._file.calls:
            function = call.func
            if not isinstance(function, cst.Attribute) or function.attr.value not in {"add", "add_module"}:
                continue
            is_named = isinstance(function.value, cst.Name) and bool(call.args)
            if is_named and self._instances.made(function.value) is made:
                found = call.args[-1].value
        return found

    def _outputs(self, made: cst.Call) -> cst.BaseExpression | None:
        """`Model(inputs, Dense(1)(x))`: the layer that makes the output."""
        passed = self._file.arguments(made, ("inputs", "outputs"))
        value = passed.get("outputs") or passed.get("output")
        definition = self._file.definition(value) if value is not None else None
        return definition.func if isinstance(definition, cst.Call) else None

    def _replaced(self, model: cst.CSTNode) -> cst.BaseExpression | None:
        """`model.fc = Linear(…)`: the last layer that a network was given afterwards."""
        return self._file.once(replaced_layers).get(dotted_name(model))

    # -- activations ------------------------------------------------------------------------------------

    def _activated(self, api: Api, made: cst.Call) -> Kind | None:
        passed = self._file.arguments(made, api.params)
        value = passed.get("activation")
        if value is None:
            return Kind.RAW if not passed.opaque else None
        return self._named_activation(api, value)

    def _named_activation(self, api: Api, value: cst.BaseExpression | None) -> Kind | None:
        """`"softmax"`, `tf.nn.softmax`, `Softmax()`; None and "linear" leave the numbers as they are."""
        if value is None:
            return None
        name = self._file.constant(value)
        if name is None or name == "linear":
            return Kind.RAW
        if isinstance(name, str):
            found = self._file.library.find(f"{api.name.partition('.')[0]}.activations.{name}")
        else:
            dotted = self._file.qualified(value)
            found = self._file.library.find(dotted) if dotted else None
            if found is None and isinstance(value, cst.Call):
                found = self._file.api(value)
        return kind_of(found) if found is not None and found.role is Role.ACTIVATION else None


def kind_of(api: Api) -> Kind | None:
    """Return the kind of number that an API's traits name."""
    return next((kind for trait, kind in KINDS.items() if trait in api.traits), None)


def is_class(api: Api) -> bool:
    """Whether a call of the API makes a layer and does not apply it."""
    return api.name.rpartition(".")[2][:1].isupper()


def _first(call: cst.Call) -> cst.BaseExpression | None:
    return call.args[0].value if call.args and not call.args[0].star else None


def replaced_layers(file: SourceFile) -> dict[str, cst.BaseExpression]:
    """Return the last layers that a file's networks are given afterwards, by the network's name."""
    found: dict[str, cst.BaseExpression] = {}
    for target in file.index.of(cst.AssignTarget):
        left, statement = target.target, file.index.parent(target)
        if not isinstance(left, cst.Attribute) or not isinstance(statement, cst.Assign):
            continue
        name = dotted_name(left.value) if left.attr.value in LAST_LAYERS else ""
        if name not in ("", "self"):
            found[name] = statement.value
    return found
