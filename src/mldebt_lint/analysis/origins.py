"""Walks back from an expression to everything its value was made of, within one file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.names import Binding, Binds
from mldebt_lint.analysis.values import LOOPS
from mldebt_lint.analysis.wording import is_held_out

MAX_VISITED = 400
# What these return no longer holds the rows that went in.
MEASURES = frozenset(
    {
        *(
            "len",
            "range",
            "print",
            "type",
            "isinstance",
            "str",
            "repr",
            "int",
            "float",
            "bool",
            "id",
            "hash",
            "open",
        ),
        *(
            "sum",
            "min",
            "max",
            "abs",
            "round",
            "display",
            "super",
            "getattr",
            "hasattr",
            "input",
            "any",
            "all",
        ),
    }
)
MEASURING_ATTRIBUTES = frozenset(
    {
        *(
            "shape",
            "columns",
            "dtype",
            "dtypes",
            "size",
            "ndim",
            "name",
            "names",
            "device",
            "classes",
            "features",
        )
    }
)
COMPREHENSIONS = (cst.ListComp, cst.SetComp, cst.GeneratorExp, cst.DictComp)


class Origins:
    """Answers from which expressions of the file a value was made.

    The walk follows names to the bindings that may reach them, parameters to the file's own callers, calls of the
    file's own functions and classes to what they return or keep, and every other call to its receiver and
    arguments. What an index or a condition says is not followed: it does not become part of the value.
    """

    def __init__(self, file: SourceFile) -> None:
        self.file = file

    def walk(self, expression: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """Yield the expression and everything it was made of, each once, nearest first."""
        seen = {expression}
        todo: list[cst.CSTNode] = [expression]
        while todo and len(seen) < MAX_VISITED:
            node = todo.pop(0)
            yield node
            for step in self._steps(node):
                if step not in seen:
                    seen.add(step)
                    todo.append(step)

    def _steps(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        match node:
            case cst.Name():
                for binding in self.reaching(node):
                    yield from self._bound(binding)
            case cst.Attribute(value=cst.Name(value="self")):
                yield from self.file.values.self_values(node)
            case cst.Attribute() if node.attr.value not in MEASURING_ATTRIBUTES:
                yield node.value
            case cst.Subscript():
                yield from self._item(node)
            case cst.Call():
                yield from self._made_by(node)
            case _:
                yield from _parts_of(node)

    # -- names ------------------------------------------------------------------------------------------

    def reaching(self, name: cst.Name) -> list[Binding]:
        """Return the bindings that may give a name its value where it is read; several after a branch or loop."""
        one = self.file.values.binding(name)
        if one is not None:
            return [one]
        scope, bindings = self.file.names.bindings(name.value, name)
        index = self.file.index
        if scope is not self.file.names.scope(name):
            return bindings[-1:]
        own = set(index.ancestors(name))
        here = index.rank(name)
        loops = [a for a in own if a.__class__ in LOOPS]
        found: list[Binding] = []
        for binding in sorted(bindings, key=lambda b: index.rank(b.node), reverse=True):
            around = set(index.ancestors(binding.node))
            if index.rank(binding.node) >= here or (binding.value is not None and binding.value in own):
                found += [binding] if any(loop in around for loop in loops) else []
                continue
            found.append(binding)
            block = index.parent(index.statement(binding.node))
            if block in own or isinstance(block, cst.Module):
                break
        return found

    def _bound(self, binding: Binding) -> Iterator[cst.CSTNode]:
        if binding.how is Binds.PARAMETER:
            yield from self.passed(binding)
        elif binding.how is Binds.CHANGE:
            if isinstance(binding.node, cst.AugAssign):
                yield binding.node.value
        elif binding.how is Binds.PART and binding.part is not None:
            yield from self._part(binding.value, binding.part)
        elif binding.value is not None and binding.how in (Binds.VALUE, Binds.PART):
            yield binding.value

    def _part(self, value: cst.CSTNode | None, part: int) -> Iterator[cst.CSTNode]:
        """Take one element of what a function of this file returns as a tuple; of anything else, all of it."""
        definition = self._definition(value.func) if isinstance(value, cst.Call) else None
        if not isinstance(definition, cst.FunctionDef):
            yield from [value] if value is not None else []
            return
        for returned in self.returns(definition):
            if isinstance(returned, cst.Tuple) and part < len(returned.elements):
                yield returned.elements[part].value
            else:
                yield returned

    def _item(self, node: cst.Subscript) -> Iterator[cst.CSTNode]:
        key = _key(node)
        if key is not None and isinstance(node.value, cst.Name):
            assigned = self._items.get((self.file.names.scope(node), node.value.value, key), [])
            yield from (v for v in assigned if node not in self.file.index.below(v))
            definition = self.file.definition(node.value)
            if isinstance(definition, cst.Dict):
                yield from (
                    e.value
                    for e in definition.elements
                    if isinstance(e, cst.DictElement) and _text(e.key) == key
                )
                return
        yield node.value

    @cached_property
    def _items(self) -> dict[tuple[cst.CSTNode, str, str], list[cst.BaseExpression]]:
        """`data["train"] = …`: by scope, name and key."""
        found: defaultdict[tuple[cst.CSTNode, str, str], list[cst.BaseExpression]] = defaultdict(list)
        for target in self.file.index.of(cst.AssignTarget):
            left, statement = target.target, self.file.index.parent(target)
            if isinstance(left, cst.Subscript) and isinstance(left.value, cst.Name):
                key = _key(left)
                if key is not None and isinstance(statement, cst.Assign):
                    found[self.file.names.scope(left), left.value.value, key].append(statement.value)
        return found

    # -- calls ------------------------------------------------------------------------------------------

    def class_of(self, call: cst.Call) -> cst.ClassDef | None:
        """Return the class of this file that a call makes an instance of."""
        definition = self._definition(call.func)
        return definition if isinstance(definition, cst.ClassDef) else None

    def returned_by(self, call: cst.Call) -> list[cst.BaseExpression]:
        """Return what the function of this file that is called may return; nothing for other calls."""
        definition = self._definition(call.func)
        return self.returns(definition) if isinstance(definition, cst.FunctionDef) else []

    def returns(self, function: cst.FunctionDef) -> list[cst.BaseExpression]:
        """Return the expressions that a function of this file may return."""
        return self._returned.get(function, [])

    def _made_by(self, call: cst.Call) -> Iterator[cst.CSTNode]:
        definition = self._definition(call.func)
        if isinstance(definition, cst.FunctionDef):
            yield from self.returns(definition)
            return
        if isinstance(definition, cst.ClassDef):
            yield from self._kept(definition)
        name = self.file.qualified(call.func)
        if name is not None and name.startswith("builtins.") and name[9:] in MEASURES:
            return
        if isinstance(call.func, cst.Attribute) and (name is None or self.file.type_of(call.func.value)):
            yield call.func.value
        for arg in call.args:
            if not isinstance(arg.value, cst.Lambda):
                yield arg.value

    def _definition(self, function: cst.BaseExpression) -> cst.FunctionDef | cst.ClassDef | None:
        if isinstance(function, cst.Name):
            binding = self.file.values.binding(function)
            node = binding.node if binding is not None and binding.how is Binds.DEFINITION else None
            return node if isinstance(node, cst.FunctionDef | cst.ClassDef) else None
        if isinstance(function, cst.Attribute):
            owner = self.file.qualified(function.value) or self.file.type_of(function.value)
            return self._methods.get(f"{owner}.{function.attr.value}") if owner else None
        return None

    @cached_property
    def _methods(self) -> dict[str, cst.FunctionDef]:
        return {self.file.values.defined_name(node): node for node in self.file.index.of(cst.FunctionDef)}

    @cached_property
    def _returned(self) -> dict[cst.FunctionDef, list[cst.BaseExpression]]:
        found: defaultdict[cst.FunctionDef, list[cst.BaseExpression]] = defaultdict(list)
        for node in self.file.index.of(cst.Return):
            function = self.file.index.function(node)
            if function is not None and node.value is not None:
                found[function].append(node.value)
        return found

    def _kept(self, owner: cst.ClassDef) -> Iterator[cst.CSTNode]:
        """What an instance holds and hands to training: not what its validation attributes hold."""
        for target in self.file.index.of(cst.AssignTarget):
            left, statement = target.target, self.file.index.parent(target)
            if not isinstance(left, cst.Attribute) or not isinstance(statement, cst.Assign):
                continue
            inside = self.file.index.enclosing(target, cst.ClassDef) is owner
            if inside and not is_held_out(left.attr.value):
                yield statement.value

    @cached_property
    def _calls(self) -> dict[cst.CSTNode, list[cst.Call]]:
        found: defaultdict[cst.CSTNode, list[cst.Call]] = defaultdict(list)
        for call in self.file.calls:
            definition = self._definition(call.func)
            if isinstance(definition, cst.ClassDef):
                name = f"{self.file.values.defined_name(definition)}.__init__"
                definition = self._methods.get(name)
            if definition is not None:
                found[definition].append(call)
        return found

    def passed(self, binding: Binding) -> Iterator[cst.CSTNode]:
        """What the callers in this file pass for a parameter; its default, when it has one."""
        function = self.file.index.enclosing(binding.node, cst.FunctionDef, cst.Lambda)
        if not isinstance(function, cst.FunctionDef):
            return
        params = [p.name.value for p in (*function.params.posonly_params, *function.params.params)]
        if params[:1] in (["self"], ["cls"]):
            params = params[1:]
        for call in self._calls.get(function, []):
            passed = self.file.arguments(call, params).get(binding.name)
            if passed is not None:
                yield passed


def _parts_of(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    match node:
        case cst.Tuple() | cst.List() | cst.Set() | cst.Dict():
            yield from (element.value for element in node.elements)
        case cst.BinaryOperation():
            yield from (node.left, node.right)
        case cst.UnaryOperation() | cst.Await():
            yield node.expression
        case cst.IfExp():
            yield from (node.body, node.orelse)
        case cst.NamedExpr():
            yield node.value
        case _ if isinstance(node, COMPREHENSIONS):
            yield node.for_in.iter


def _key(node: cst.Subscript) -> str | None:
    if len(node.slice) == 1 and isinstance(node.slice[0].slice, cst.Index):
        return _text(node.slice[0].slice.value)
    return None


def _text(node: cst.CSTNode) -> str | None:
    return node.raw_value if isinstance(node, cst.SimpleString) else None
