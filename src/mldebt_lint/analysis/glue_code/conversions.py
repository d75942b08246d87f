"""Values that are converted from one package's format to another's, step by step."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.glue_code.formats import DICT, HANDED_ON, LIST, Formats
from mldebt_lint.analysis.library import Api
from mldebt_lint.analysis.names import Binds

MAX_STEPS = 5


@dataclass(frozen=True, slots=True)
class Step:
    """One conversion: the node that makes it, the value it takes, the formats from and to (empty: not known).

    `given` are the arguments beside the value, by name where it is known.
    """

    node: cst.CSTNode
    value: cst.BaseExpression
    source: str
    target: str
    api: Api | None
    given: dict[str, cst.BaseExpression]


class Conversions:
    """Answers which conversions an expression of one file goes through."""

    def __init__(self, file: SourceFile) -> None:
        self.file = file
        self.formats = Formats(file)

    # -- one step ---------------------------------------------------------------------------------------

    def step(self, node: cst.CSTNode) -> Step | None:
        """Return the conversion that an expression makes, None when it makes none."""
        if isinstance(node, cst.Attribute):
            return self._attribute(node)
        if isinstance(node, cst.ListComp):
            return self._rows(node)
        if not isinstance(node, cst.Call):
            return None
        return self._call(node) or self._helper(node)

    def _call(self, call: cst.Call) -> Step | None:
        if self.file.qualified(call.func) == "builtins.list" and len(call.args) == 1:
            return Step(call, call.args[0].value, "", LIST, None, {})
        api = self.file.api(call)
        if api is None or not api.target or api.source == api.target:
            return None
        receiver = call.func.value if isinstance(call.func, cst.Attribute) else None
        bound = self.file.arguments(call)
        if bound.opaque:
            return None
        if receiver is not None and self._is_method(api, receiver):
            return Step(call, receiver, self._source(api, receiver), api.target, api, _all(call, None))
        value = (
            bound.get(api.params[0]) if api.params else (bound.positional[0] if bound.positional else None)
        )
        return None if value is None else Step(call, value, api.source, api.target, api, _all(call, value))

    def _is_method(self, api: Api, receiver: cst.BaseExpression) -> bool:
        """Whether the value is the receiver (`x.numpy()`), not an argument (`spark.createDataFrame(x)`)."""
        if self.file.qualified(receiver) is not None and self.file.type_of(receiver) is None:
            return False
        return bool(api.source) or not api.params

    def _source(self, api: Api, receiver: cst.BaseExpression) -> str:
        return api.source or self.formats.of(receiver) or self._only_source(api)

    def _only_source(self, api: Api) -> str:
        """Return the one format with such a method whose package this file imports: `x.numpy()` beside torch."""
        return self.formats.by_imports(api.name.rpartition(".")[2]) if api.target not in (LIST, DICT) else ""

    def _helper(self, call: cst.Call) -> Step | None:
        """A call of this file's own function that does nothing but convert its one argument."""
        function = self._function(call.func)
        arg = call.args[0] if len(call.args) == 1 else None
        if function is None or arg is None or arg.star:
            return None
        body = [s for s in _statements(function) if not _is_docstring(s)]
        if len(body) != 1 or not isinstance(body[0], cst.Return) or body[0].value is None:
            return None
        steps, root = self.trace(body[0].value)
        params = [p.name.value for p in function.params.params if p.name.value != "self"]
        if (
            not steps
            or not isinstance(root, cst.Name)
            or params[:1] != [root.value]
            or any(s.given for s in steps)
        ):
            return None
        return Step(call, arg.value, steps[-1].source, steps[0].target, steps[0].api, {})

    def _function(self, func: cst.BaseExpression) -> cst.FunctionDef | None:
        if isinstance(func, cst.Name):
            binding = self.file.values.binding(func)
            found = binding.node if binding is not None else None
            return found if isinstance(found, cst.FunctionDef) else None
        if (
            isinstance(func, cst.Attribute)
            and isinstance(func.value, cst.Name)
            and func.value.value == "self"
        ):
            owner = self.file.index.enclosing(func, cst.ClassDef)
            methods = self.file.names.bound_in(owner).get(func.attr.value, []) if owner is not None else []
            if len(methods) == 1 and isinstance(methods[0].node, cst.FunctionDef):
                return methods[0].node
        return None

    def _attribute(self, node: cst.Attribute) -> Step | None:
        """A conversion that is read, not called: `frame.values`."""
        parent = self.file.index.parent(node)
        if node.attr.value != "values" or (isinstance(parent, cst.Call) and parent.func is node):
            return None
        name = self.file.qualified(node)
        api = self.file.library.find(name) if name else None
        if name is None and (source := self.formats.of(node.value) or self.formats.by_imports("values")):
            api = next(
                (a for a in self.formats.converters if a.source == source and a.name.endswith(".values")),
                None,
            )
        return (
            Step(node, node.value, api.source, api.target, api, {})
            if api is not None and api.target
            else None
        )

    def _rows(self, node: cst.ListComp) -> Step | None:
        """`[row for _, row in frame.iterrows()]`: a list of what is iterated over, unchanged."""
        part = node.for_in
        taken = part.target.elements[-1].value if isinstance(part.target, cst.Tuple) else part.target
        same = (
            isinstance(node.elt, cst.Name) and isinstance(taken, cst.Name) and node.elt.value == taken.value
        )
        if not same or part.ifs or part.inner_for_in is not None:
            return None
        inner = self.step(part.iter)
        return inner if inner is not None and inner.target == LIST else None

    # -- chains -----------------------------------------------------------------------------------------

    def trace(self, node: cst.CSTNode) -> tuple[list[Step], cst.CSTNode]:
        """Return the conversions that a value went through, last first, and what it was before all of them.

        Only conversions with nothing done between: names that are read once are followed, and copies.
        """
        steps: list[Step] = []
        current = self._handed_on(node)
        while len(steps) < MAX_STEPS and (step := self.step(current)) is not None:
            steps.append(step)
            current = self._handed_on(step.value)
        return steps, current

    def _handed_on(self, node: cst.CSTNode) -> cst.CSTNode:
        """Follow names that are read once, and methods that change nothing, to where a value was made."""
        for _ in range(3 * MAX_STEPS):
            if isinstance(node, cst.Name):
                value = self._once_read(node)
                if value is None:
                    return node
                node = value
            elif _is_handed_on(node):
                assert isinstance(node, cst.Call)
                assert isinstance(node.func, cst.Attribute)
                node = node.func.value
            else:
                return node
        return node

    def _once_read(self, name: cst.Name) -> cst.CSTNode | None:
        """Return what a name was given, None when that is used for anything else too."""
        scope, _ = self.file.names.bindings(name.value, name)
        binding = self.file.values.binding(name)
        if scope is None or binding is None or binding.how is not Binds.VALUE or binding.value is None:
            return None
        own = {id(node) for node in (binding.value, *self.file.index.below(binding.value))}
        for use in self.file.index.of(cst.Name):
            if (
                use.value == name.value
                and use is not name
                and id(use) not in own
                and self._refers(use, scope)
            ):
                other = self.file.values.binding(use)
                if other is None or other is binding:
                    return None
        return binding.value

    def _refers(self, use: cst.Name, scope: cst.CSTNode) -> bool:
        """Whether a name is a read of the variable of `scope`."""
        parent = self.file.index.parent(use)
        if isinstance(parent, cst.AssignTarget | cst.Param) or (
            isinstance(parent, cst.Arg) and parent.keyword is use
        ):
            return False
        if isinstance(parent, cst.Attribute) and parent.attr is use:
            return False
        return self.file.names.bindings(use.value, use)[0] is scope


def _all(call: cst.Call, value: cst.BaseExpression | None) -> dict[str, cst.BaseExpression]:
    """Return the arguments beside the value: by keyword, or by place (`#1`)."""
    return {
        arg.keyword.value if arg.keyword is not None else f"#{place}": arg.value
        for place, arg in enumerate(call.args)
        if arg.value is not value
    }


def _is_handed_on(node: cst.CSTNode) -> bool:
    func = node.func if isinstance(node, cst.Call) and not node.args else None
    return isinstance(func, cst.Attribute) and func.attr.value in HANDED_ON


def _statements(function: cst.FunctionDef) -> list[cst.CSTNode]:
    found: list[cst.CSTNode] = []
    for statement in function.body.body:
        found += statement.body if isinstance(statement, cst.SimpleStatementLine) else [statement]
    return found


def _is_docstring(statement: cst.CSTNode) -> bool:
    return isinstance(statement, cst.Expr) and isinstance(statement.value, cst.SimpleString)
