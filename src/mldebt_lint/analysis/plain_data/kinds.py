"""What kind of number a model's output is: a probability, its logarithm, a logit, or a layer's raw output."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeGuard

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.library import Role
from mldebt_lint.analysis.names import Binding, Binds, dotted_name
from mldebt_lint.analysis.origins import Origins
from mldebt_lint.analysis.plain_data.heads import Heads, Kind, is_class, kind_of
from mldebt_lint.analysis.plain_data.instances import FORWARD, Instances, forward_of

MAX_DEPTH = 16


# Methods that change the form of an array and not what its numbers mean.
SAME_NUMBERS = frozenset(
    {
        *(
            "squeeze",
            "unsqueeze",
            "view",
            "reshape",
            "flatten",
            "ravel",
            "cpu",
            "cuda",
            "to",
            "detach",
            "numpy",
        ),
        *(
            "float",
            "double",
            "half",
            "contiguous",
            "item",
            "tolist",
            "clone",
            "copy",
            "permute",
            "transpose",
            "clamp",
        ),
        *(
            "clip",
            "data",
            "T",
            "mT",
            "values",
            "to_numpy",
            "astype",
            "type",
            "type_as",
            "mean",
            "expand",
            "gather",
        ),
        *("array", "asarray", "as_tensor", "from_numpy"),
    }
)
CHANGES = {
    "log": {Kind.PROBABILITY: Kind.LOG_PROBABILITY},
    "exp": {Kind.LOG_PROBABILITY: Kind.PROBABILITY},
}
NAMED_LOGIT = re.compile(r"(?:^|_)logits?\d*$")
RAW_SCORES = frozenset({"raw_score", "output_margin"})


@dataclass(frozen=True, slots=True, eq=False)
class Score:
    """A kind of number and the expression that makes it one; `named` when only its name says so."""

    kind: Kind
    source: cst.CSTNode
    named: bool = False


class Scores:
    """Answers what kind of score an expression of one file is."""

    def __init__(self, file: SourceFile) -> None:
        self._file = file
        self.origins = Origins(file)
        self.instances = Instances(file, self.origins)
        self.heads = Heads(file, self.instances)
        self._known: dict[cst.CSTNode, Score | None] = {}

    def of(self, expression: cst.CSTNode, depth: int = 0) -> Score | None:
        """Return the kind of an expression, None when it is not known or may be several."""
        if expression not in self._known:
            self._known[expression] = None  # what depends on itself is not known
            found = self._of(expression, depth) if depth < MAX_DEPTH else None
            self._known[expression] = found
        return self._known[expression]

    def _of(self, node: cst.CSTNode, depth: int) -> Score | None:
        match node:
            case cst.Call():
                return self._call(node, depth + 1)
            case cst.Name():
                return self._name(node, depth + 1)
            case cst.Subscript():
                return self.of(node.value, depth + 1)
            case cst.Attribute(value=cst.Name(value="self")):
                return self._agreed([self.of(v, depth + 1) for v in self._file.values.self_values(node)])
            case cst.Attribute() if NAMED_LOGIT.search(node.attr.value):
                return Score(Kind.LOGIT, node, named=True)
            case cst.Attribute() if node.attr.value in SAME_NUMBERS:
                return self.of(node.value, depth + 1)
            case cst.BinaryOperation():
                return self._arithmetic(node, depth + 1)
            case cst.IfExp():
                return self._agreed([self.of(node.body, depth + 1), self.of(node.orelse, depth + 1)])
        return None

    def maker(self, expression: cst.CSTNode) -> str:
        """Return a name for the model whose plain output an expression is, empty when it is anything else.

        Two outputs of one name come from the same model, as far as the file tells.
        """
        for _ in range(MAX_DEPTH):
            match expression:
                case cst.Subscript():
                    expression = expression.value
                case cst.Attribute(attr=cst.Name(value=name)) if name in SAME_NUMBERS:
                    expression = expression.value
                case cst.Call(func=cst.Attribute(attr=cst.Name(value=name)) as function) if (
                    name in SAME_NUMBERS
                ):
                    expression = function.value
                case cst.Call():
                    return self._model_name(_model(expression))
                case cst.Name():
                    bindings = self.origins.reaching(expression)
                    if len(bindings) != 1 or bindings[0].how is not Binds.VALUE or bindings[0].value is None:
                        return ""
                    expression = bindings[0].value
                case _:
                    return ""
        return ""

    def _model_name(self, model: cst.BaseExpression) -> str:
        name = dotted_name(model)
        known = self._file.qualified(model)
        if not name or (known is not None and not known.startswith(self._file.module_name)):
            return ""
        made = self.instances.made(model)
        return f"{name} {self._file.index.rank(made)}" if made is not None else name

    # -- names and arithmetic ---------------------------------------------------------------------------

    def _name(self, name: cst.Name, depth: int) -> Score | None:
        bindings = self.origins.reaching(name)
        found = [self._bound(binding, depth) for binding in bindings]
        if any(score is not None for score in found):
            return self._agreed(found)
        return Score(Kind.LOGIT, name, named=True) if NAMED_LOGIT.search(name.value) else None

    def _bound(self, binding: Binding, depth: int) -> Score | None:
        if binding.how is Binds.VALUE and binding.value is not None:
            return self.of(binding.value, depth)
        if binding.how is Binds.PARAMETER:
            return self._agreed([self.of(value, depth) for value in self.origins.passed(binding)])
        if binding.how is Binds.PART and isinstance(binding.node, cst.For | cst.CompFor):
            each = self._each(binding.node, binding.part)
            return self.of(each, depth) if each is not None else None
        if binding.how is Binds.PART and isinstance(binding.value, cst.Call) and binding.part is not None:
            returned = self._returned(binding.value)
            parts = [_part(value, binding.part) for value in returned]
            return self._agreed([self.of(p, depth) if p is not None else None for p in parts])
        return None

    def _each(self, loop: cst.For | cst.CompFor, part: int | None) -> cst.BaseExpression | None:
        """Return the array whose numbers a loop gives to its target, or to a part of it: `for y, s in zip(a, b)`."""
        if isinstance(loop.target, cst.Name):
            return loop.iter
        if part is None or not isinstance(loop.iter, cst.Call) or any(arg.star for arg in loop.iter.args):
            return None
        args = [arg.value for arg in loop.iter.args]
        match self._file.qualified(loop.iter.func):
            case "builtins.zip" if part < len(args):
                return args[part]
            case "builtins.enumerate" if part == 1:
                return args[0]
        return None

    def _arithmetic(self, node: cst.BinaryOperation, depth: int) -> Score | None:
        """A logit may be scaled and shifted; of a probability only a tiny constant or `1 - p` keeps its kind."""
        left, right = self.of(node.left, depth), self.of(node.right, depth)
        one = left or right
        if one is None or (left is not None and right is not None and left.kind is not right.kind):
            return None
        if one.kind in (Kind.LOGIT, Kind.RAW):
            return (
                one if isinstance(node.operator, cst.Add | cst.Subtract | cst.Multiply | cst.Divide) else None
            )
        other = self._file.constant(node.right if left is not None else node.left)
        if isinstance(node.operator, cst.Add | cst.Subtract) and isinstance(other, int | float):
            complement = other == 1 and right is not None and isinstance(node.operator, cst.Subtract)
            return one if abs(other) <= 1e-3 or (complement and one.kind is Kind.PROBABILITY) else None
        return None

    # -- calls ------------------------------------------------------------------------------------------

    def _call(self, call: cst.Call, depth: int) -> Score | None:
        function = call.func
        if _is_own(function) and self._file.values.self_values(function):
            return self._output(call, depth)  # what `self.softmax` is, its name does not say
        api = self._file.api(call)
        if api is not None and api.role in (Role.ACTIVATION, Role.PREDICT) and not is_class(api):
            kind = Kind.LOGIT if self._is_raw(call) else kind_of(api)
            if kind is not None:
                return Score(kind, call)
        if isinstance(function, cst.Attribute) and function.attr.value in (*CHANGES, *SAME_NUMBERS):
            return self._changed(call, function, depth)
        return self._output(call, depth)

    def _is_raw(self, call: cst.Call) -> bool:
        """`predict(x, raw_score=True)`: boosters give their sum of trees on demand."""
        named = [arg for arg in call.args if arg.keyword is not None and arg.keyword.value in RAW_SCORES]
        return any(self._file.constant(arg.value) is True for arg in named)

    def _changed(self, call: cst.Call, function: cst.Attribute, depth: int) -> Score | None:
        """`x.view(-1)`, `torch.log(x)`: a method of the score, or a library's function of it."""
        value = function.value
        is_function = self._file.qualified(value) is not None and self._file.type_of(value) is None
        if is_function and not call.args:
            return None
        score = self.of(call.args[0].value if is_function else value, depth)
        changes = CHANGES.get(function.attr.value)
        if score is None or changes is None:
            return score
        kind = changes.get(score.kind)
        return Score(kind, call) if kind is not None else None

    def _output(self, call: cst.Call, depth: int) -> Score | None:
        """What a layer, a model or a function of this file puts out."""
        own = self.origins.returned_by(call)
        return self._agreed([self.of(v, depth) for v in own]) if own else self.output(_model(call), depth)

    def output(self, model: cst.BaseExpression, depth: int = 0) -> Score | None:
        """Return what a layer or model puts out, told by its class in this file or by its last layer.

        Of a model that comes from elsewhere, the file's only class of models tells.
        """
        owner = self.instances.model_class(model)
        forward = forward_of(owner) if owner is not None else None
        if forward is not None:
            return self._agreed([self.of(value, depth) for value in self.origins.returns(forward)])
        head = self.heads.head(model)
        return Score(head.kind, head.node) if head is not None else None

    def _returned(self, call: cst.Call) -> list[cst.BaseExpression]:
        if own := self.origins.returned_by(call):
            return own
        model = self.instances.local_class(_model(call))
        forward = forward_of(model) if model is not None else None
        return self.origins.returns(forward) if forward is not None else []

    def _agreed(self, scores: list[Score | None]) -> Score | None:
        kinds = {score.kind if score is not None else None for score in scores}
        return scores[0] if len(kinds) == 1 else None


def _is_own(function: cst.BaseExpression) -> TypeGuard[cst.Attribute]:
    return (
        isinstance(function, cst.Attribute)
        and isinstance(function.value, cst.Name)
        and function.value.value == "self"
    )


def _model(call: cst.Call) -> cst.BaseExpression:
    """`model(x)`, `model.forward(x)`, `model.predict(x)`, `model.apply(params, x)`."""
    function = call.func
    if isinstance(function, cst.Attribute) and function.attr.value == "apply" and len(call.args) > 1:
        return function.value
    if isinstance(function, cst.Attribute) and function.attr.value in (*FORWARD, "predict"):
        return function.value
    return function


def _part(value: cst.BaseExpression, part: int) -> cst.BaseExpression | None:
    if isinstance(value, cst.Tuple) and part < len(value.elements):
        return value.elements[part].value
    return None
