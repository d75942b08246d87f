"""What a value is: the binding that reaches a name, qualified names through aliases, and types of instances.

The interface is small and honest: every question may be answered by None, which means "not known", and a rule
that is not told stays silent. Nothing here executes or imports the analysed code.
"""

from __future__ import annotations

import builtins
from collections import defaultdict

import libcst as cst

from mldebt_lint.analysis.library import Api, Library, Role
from mldebt_lint.analysis.names import MAX_DEPTH, Binding, Binds, Names
from mldebt_lint.analysis.syntax import Index

BUILTINS = frozenset(dir(builtins))
LOOPS: frozenset[type] = frozenset({cst.For, cst.While})
FUNCTIONS: frozenset[type] = frozenset({cst.FunctionDef, cst.Lambda})
NAMED_CONSTANTS = frozenset({"None", "True", "False"})
TYPED: frozenset[type] = frozenset(
    {cst.Call, cst.Name, cst.Attribute, cst.Subscript, cst.Await}
    | {cst.SimpleString, cst.FormattedString, cst.ConcatenatedString}
)
FRAME, SERIES = "pandas.DataFrame", "pandas.Series"
INSTANCE_ROLES = frozenset(
    {Role.ESTIMATOR, Role.TRANSFORMER, Role.LAYER, Role.OPTIMIZER, Role.TRAINER, Role.GENERATOR}
)


class Values:
    """Answers what the expressions of one file are."""

    def __init__(self, index: Index, names: Names, library: Library) -> None:
        self.index = index
        self.names = names
        self.library = library
        self._qualified: dict[int, str | None] = {}
        self._types: dict[int, str | None] = {}
        self._apis: dict[int, Api | None] = {}
        self._attributes: dict[cst.CSTNode, dict[str, list[cst.BaseExpression]]] | None = None

    # -- bindings ---------------------------------------------------------------------------------------

    def binding(self, name: cst.Name) -> Binding | None:
        """Return the one binding that gives `name` its meaning where it is read, None when several may."""
        scope, bindings = self.names.bindings(name.value, name)
        if len(bindings) == 1:
            return bindings[0]
        if not bindings:
            return None
        bindings = [b for b in bindings if not self._is_fallback(b)] or bindings
        if len(bindings) == 1:
            return bindings[0]
        if all(b.how is Binds.IMPORT for b in bindings):
            return bindings[0] if len({b.target for b in bindings}) == 1 else None
        return self._reaching(name, bindings) if self.names.scope(name) is scope else None

    def _is_fallback(self, binding: Binding) -> bool:
        """`except ImportError: np = None` does not make `np` another thing."""
        value = binding.value
        is_none = value.__class__ is cst.Name and isinstance(value, cst.Name) and value.value == "None"
        return is_none and self.index.enclosing(binding.node, cst.ExceptHandler) is not None

    def _reaching(self, name: cst.Name, bindings: list[Binding]) -> Binding | None:
        rank = self.index.rank
        here = rank(name)
        own = set(map(id, self.index.ancestors(name)))
        before = [b for b in bindings if rank(b.node) < here and id(b.value) not in own]
        if not before:
            return None
        last = max(before, key=lambda b: rank(b.node))
        block = self.index.parent(self.index.statement(last.node))
        if id(block) not in own and block.__class__ is not cst.Module:
            return None
        return None if self._comes_round(name, last, bindings) else last

    def _comes_round(self, name: cst.Name, last: Binding, bindings: list[Binding]) -> bool:
        """In a loop, a later binding reaches an earlier read in the next round."""
        for ancestor in self.index.ancestors(name):
            if ancestor.__class__ in FUNCTIONS:
                return False
            if ancestor.__class__ in LOOPS and not self._is_below(last.node, ancestor):
                if any(self._is_below(b.node, ancestor) for b in bindings if b is not last):
                    return True
        return False

    def _is_below(self, node: cst.CSTNode, other: cst.CSTNode) -> bool:
        return any(ancestor is other for ancestor in self.index.ancestors(node))

    def definition(self, expression: cst.CSTNode) -> cst.CSTNode | None:
        """Follow a name to the expression it was last given; any other expression is its own definition."""
        for _ in range(MAX_DEPTH):
            if not isinstance(expression, cst.Name) or expression.value in NAMED_CONSTANTS:
                return expression
            binding = self.binding(expression)
            if binding is None or binding.how is not Binds.VALUE or binding.value is None:
                return None
            expression = binding.value
        return None

    # -- qualified names --------------------------------------------------------------------------------

    def qualified(self, expression: cst.CSTNode) -> str | None:
        """Return the dotted name an expression refers to (`numpy.random.rand`), None when it is not known.

        Names of this file's own definitions begin with its module name; builtins with `builtins.`. A method of
        an instance is qualified by its type: `pandas.DataFrame.sample`.
        """
        if id(expression) in self._qualified:
            return self._qualified[id(expression)]
        self._qualified[id(expression)] = None
        kind, result = expression.__class__, None
        if kind is cst.Name and isinstance(expression, cst.Name):
            result = self._qualified_name(expression)
        elif kind is cst.Attribute and isinstance(expression, cst.Attribute):
            read = self._property_type(expression.value)
            base = read or self.qualified(expression.value) or self.type_of(expression.value)
            result = f"{base}.{expression.attr.value}" if base else None
        self._qualified[id(expression)] = result
        return result

    def _qualified_name(self, name: cst.Name) -> str | None:
        binding = self.binding(name)
        if binding is None:
            unbound = not self.names.bindings(name.value, name)[1]
            return f"builtins.{name.value}" if unbound and name.value in BUILTINS else None
        if binding.how is Binds.IMPORT:
            return binding.target
        if binding.how is Binds.DEFINITION:
            return self.defined_name(binding.node)
        if binding.how is Binds.VALUE and isinstance(binding.value, cst.Name | cst.Attribute):
            return self.qualified(binding.value)
        return None

    def defined_name(self, definition: cst.CSTNode) -> str:
        """Return the qualified name of a function or class of this file."""
        parts = []
        node: cst.CSTNode | None = definition
        while node is not None:
            if isinstance(node, cst.FunctionDef | cst.ClassDef):
                parts.append(node.name.value)
            node = self.index.enclosing(node, cst.FunctionDef, cst.ClassDef)
        return ".".join([*filter(None, [self.names.module_name]), *reversed(parts)])

    # -- types ------------------------------------------------------------------------------------------

    def type_of(self, expression: cst.CSTNode) -> str | None:
        """Return the qualified type of the instance that an expression is, None when it is not known."""
        if id(expression) in self._types:
            return self._types[id(expression)]
        self._types[id(expression)] = None
        if expression.__class__ in TYPED:
            self._types[id(expression)] = self._type(expression)
        return self._types[id(expression)]

    def _type(self, expression: cst.CSTNode) -> str | None:
        match expression:
            case cst.Call():
                return self._type_of_call(expression)
            case cst.Name():
                return self._type_of_name(expression)
            case cst.Attribute(value=cst.Name(value="self")):
                return self._agreed([self.type_of(v) for v in self.self_values(expression)])
            case cst.Attribute():
                return self._property_type(expression)
            case cst.Subscript() if self.type_of(expression.value) == FRAME:
                return SERIES if _is_string_key(expression) else FRAME
            case cst.Await():
                return self.type_of(expression.expression)
            case cst.SimpleString() | cst.FormattedString() | cst.ConcatenatedString():
                return "builtins.str"
        return None

    def _property_type(self, expression: cst.CSTNode) -> str | None:
        """Return the type of what is read from an instance: `frame.values` is an array, `frame.head` is not."""
        if expression.__class__ is not cst.Attribute or not isinstance(expression, cst.Attribute):
            return None
        parent = self.index.parent(expression)
        owner = self.type_of(expression.value)
        if owner is None or (isinstance(parent, cst.Call) and parent.func is expression):
            return None
        api = self.library.find(f"{owner}.{expression.attr.value}")
        return (api.returns if api.returns != "self" else owner) or None if api is not None else None

    def _type_of_call(self, call: cst.Call) -> str | None:
        name = self.qualified(call.func)
        api = self.library.find(name) if name else None
        if api is None and isinstance(call.func, cst.Attribute):
            api = self.library.method(call.func.attr.value)
        if api is not None and api.returns == "self" and isinstance(call.func, cst.Attribute):
            return self.type_of(call.func.value)
        if api is not None and api.returns:
            return api.returns
        if name is None:
            return None
        is_class = name.rpartition(".")[2][:1].isupper() or (api is not None and api.role in INSTANCE_ROLES)
        return self.library.canonical(name) if is_class else None

    def _type_of_name(self, name: cst.Name) -> str | None:
        binding = self.binding(name)
        if binding is None:
            _, bindings = self.names.bindings(name.value, name)
            return self._agreed([self._type_of_binding(b) for b in bindings]) if len(bindings) <= 8 else None
        return self._type_of_binding(binding)

    def _type_of_binding(self, binding: Binding) -> str | None:
        if binding.annotation is not None:
            return self._annotated(binding.annotation)
        if binding.how is Binds.PARAMETER:
            return self._type_of_self(binding)
        if binding.how is Binds.PART and isinstance(binding.node, cst.WithItem) and binding.value is not None:
            return self.type_of(binding.value)
        if binding.how is Binds.VALUE and binding.value is not None:
            return self.type_of(binding.value)
        return None

    def _type_of_self(self, binding: Binding) -> str | None:
        function = self.index.enclosing(binding.node, cst.FunctionDef, cst.Lambda)
        owner = self.index.enclosing(binding.node, cst.ClassDef)
        if not isinstance(function, cst.FunctionDef) or owner is None or binding.name != "self":
            return None
        return self.defined_name(owner)

    def _annotated(self, annotation: cst.CSTNode) -> str | None:
        if isinstance(annotation, cst.Subscript):
            outer = self.qualified(annotation.value) or ""
            if outer.rpartition(".")[2] in {"Optional", "Annotated"}:
                inner = annotation.slice[0].slice
                return self._annotated(inner.value) if isinstance(inner, cst.Index) else None
            return outer or None
        if isinstance(annotation, cst.BinaryOperation):
            return self._annotated(annotation.left)
        name = self.qualified(annotation)
        return self.library.canonical(name) if name else None

    def _agreed(self, types: list[str | None]) -> str | None:
        known = {item for item in types if item is not None}
        return known.pop() if len(known) == 1 else None

    def self_values(self, attribute: cst.Attribute) -> list[cst.BaseExpression]:
        """Return every expression that the class around `self.x` assigns to `self.x`."""
        if self._attributes is None:
            self._attributes = self._collect_attributes()
        owner = self.index.enclosing(attribute, cst.ClassDef)
        return self._attributes.get(owner, {}).get(attribute.attr.value, []) if owner is not None else []

    def _collect_attributes(self) -> dict[cst.CSTNode, dict[str, list[cst.BaseExpression]]]:
        found: defaultdict[cst.CSTNode, dict[str, list[cst.BaseExpression]]] = defaultdict(dict)
        for target in self.index.of(cst.AssignTarget):
            left, statement = target.target, self.index.parent(target)
            if not isinstance(left, cst.Attribute) or not isinstance(statement, cst.Assign):
                continue
            owner = self.index.enclosing(target, cst.ClassDef)
            if owner is not None and isinstance(left.value, cst.Name) and left.value.value == "self":
                found[owner].setdefault(left.attr.value, []).append(statement.value)
        return found

    # -- roles ------------------------------------------------------------------------------------------

    def api(self, call: cst.Call) -> Api | None:
        """Return what a call's callee is to its library, None when neither name nor method is known."""
        if id(call) not in self._apis:
            self._apis[id(call)] = self._api(call)
        return self._apis[id(call)]

    def _api(self, call: cst.Call) -> Api | None:
        name = self.qualified(call.func)
        found = self.library.find(name) if name else None
        if found is not None or not isinstance(call.func, cst.Attribute):
            return found
        owner = call.func.value
        if self.qualified(owner) is not None and self.type_of(owner) is None and not self._is_held(owner):
            return None  # a function of a module, not a method of an instance
        return self.library.method(call.func.attr.value)

    def _is_held(self, expression: cst.BaseExpression) -> bool:
        """Whether an expression is an attribute of an instance, as `self.model` is."""
        while isinstance(expression, cst.Attribute):
            expression = expression.value
            if self.type_of(expression) is not None:
                return True
        return False


def _is_string_key(subscript: cst.Subscript) -> bool:
    inner = subscript.slice[0].slice
    return isinstance(inner, cst.Index) and isinstance(inner.value, cst.SimpleString | cst.FormattedString)
