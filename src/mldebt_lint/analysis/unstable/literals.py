"""The texts that an expression may be, where the file itself says so: constants, tables, what callers pass."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.names import Binding, Binds

MOST_STEPS = 6
MOST_TEXTS = 40
LOOPS = (cst.For, cst.CompFor)
SETS = (cst.Set, cst.List, cst.Tuple)


@dataclass(frozen=True, slots=True)
class Told:
    """One text that an expression may be, and where it is written.

    `default` when it is what a parameter is unless somebody says otherwise, and nobody in this file calls.
    """

    text: str
    node: cst.CSTNode
    default: bool = False


def literals(file: SourceFile, expression: cst.CSTNode) -> list[Told]:
    """Return the texts that an expression may be; none where one of them is not written in the file.

    What calls in the file pass for a parameter is known without those that pass what is not.
    """
    return _of(file, expression, 0)[:MOST_TEXTS]


def _of(file: SourceFile, node: cst.CSTNode | None, depth: int) -> list[Told]:
    if node is None or depth > MOST_STEPS:
        return []
    constant = file.constant(node)
    if isinstance(constant, str):
        return [Told(constant, file.definition(node) or node)]
    match node:
        case cst.Name():
            return _name(file, node, depth)
        case cst.IfExp():
            return _all(file, (node.body, node.orelse), depth)
        case cst.Subscript():
            return _item(file, node, depth)
        case cst.Call(func=cst.Attribute(value=table, attr=cst.Name(value="get"))) if node.args:
            return _values(file, table, node.args[0].value, depth)
        case cst.Attribute(value=cst.Name(value="self" | "cls")):
            return _all(file, _held(file, node), depth)
    return []


def _held(file: SourceFile, attribute: cst.Attribute) -> list[cst.CSTNode | None]:
    """What a class gives an attribute: in its methods, or in its body."""
    found: list[cst.CSTNode | None] = [*file.values.self_values(attribute)]
    owner = file.index.enclosing(attribute, cst.ClassDef)
    bound = file.names.bound_in(owner).get(attribute.attr.value, []) if owner is not None else []
    return found + [binding.value if binding.how is Binds.VALUE else None for binding in bound]


def _all(file: SourceFile, nodes: Iterable[cst.CSTNode | None], depth: int) -> list[Told]:
    found: list[Told] = []
    for node in nodes:
        some = _of(file, node, depth + 1)
        if not some:
            return []
        found += some
    return found


def _name(file: SourceFile, name: cst.Name, depth: int) -> list[Told]:
    binding = file.values.binding(name)
    if binding is not None:
        return _bound(file, binding, depth)
    _, bindings = file.names.bindings(name.value, name)
    if any(b.how is not Binds.VALUE for b in bindings):
        return []
    return _all(file, (b.value for b in bindings), depth)


def _bound(file: SourceFile, binding: Binding, depth: int) -> list[Told]:
    match binding.how:
        case Binds.PARAMETER:
            return _parameter(file, binding, depth)
        case Binds.VALUE:
            return _of(file, binding.value, depth + 1)
        case Binds.PART if isinstance(binding.node, LOOPS):
            return _all(file, _steps(file, binding.value, binding.part), depth)
    return []


def _steps(file: SourceFile, iterable: cst.CSTNode | None, part: int | None) -> list[cst.CSTNode | None]:
    """What a loop over a list, or over a table's `items()` and `values()`, gives to one of its names."""
    match iterable:
        case cst.Call(
            func=cst.Attribute(value=table, attr=cst.Name(value="items" | "values" as way)), args=[]
        ):
            found = file.definition(table)
            if not isinstance(found, cst.Dict) or (part is None) is not (way == "values"):
                return []
            pairs = [element for element in found.elements if isinstance(element, cst.DictElement)]
            return [pair.key if part == 0 else pair.value for pair in pairs]
    found = file.definition(iterable) if iterable is not None else None
    if not isinstance(found, SETS):
        return []
    items: list[cst.CSTNode | None] = [element.value for element in found.elements]
    if part is None:
        return items
    tuples = [item for item in items if isinstance(item, cst.Tuple) and part < len(item.elements)]
    return [item.elements[part].value for item in tuples] if len(tuples) == len(items) else []


def _item(file: SourceFile, node: cst.Subscript, depth: int) -> list[Told]:
    only = node.slice[0].slice
    if len(node.slice) != 1 or not isinstance(only, cst.Index):
        return []
    return _values(file, node.value, only.value, depth)


def _values(file: SourceFile, holder: cst.CSTNode, key: cst.CSTNode, depth: int) -> list[Told]:
    """What a table that is written in the file holds under a key, or under any."""
    table = file.definition(holder)
    if not isinstance(table, cst.Dict):
        return []
    constant = file.constant(key)
    pairs = [(e.key, e.value) for e in table.elements if isinstance(e, cst.DictElement)]
    chosen = [value for name, value in pairs if isinstance(constant, str) and file.constant(name) == constant]
    return _all(file, chosen or [value for _, value in pairs], depth)


# -- parameters -------------------------------------------------------------------------------------------


def _parameter(file: SourceFile, binding: Binding, depth: int) -> list[Told]:
    function = file.index.enclosing(binding.node, cst.FunctionDef, cst.Lambda)
    if not isinstance(function, cst.FunctionDef):
        return []
    allowed = list(_allowed(file, function, binding.name))
    if allowed:
        return allowed
    names = [p.name.value for p in (*function.params.posonly_params, *function.params.params)]
    default = _of(file, _default(function, binding.name), depth + 1)
    calls = file.once(_calls).get(id(function), [])
    if not calls:
        return [replace(told, default=True) for told in default]
    found: list[Told] = []
    for call in calls:
        arguments = file.arguments(call, names[1:] if names[:1] in (["self"], ["cls"]) else names)
        given = arguments.get(binding.name)
        if given is not None:
            found += _of(file, given, depth + 1)
        elif not arguments.opaque:
            found += default
    return found


def _default(function: cst.FunctionDef, name: str) -> cst.BaseExpression | None:
    params = function.params
    for param in (*params.posonly_params, *params.params, *params.kwonly_params):
        if param.name.value == name:
            return param.default
    return None


def _allowed(file: SourceFile, function: cst.FunctionDef, name: str) -> Iterator[Told]:
    """`assert size in {"small", "large"}` says what a parameter may be."""
    for statement in file.index.within(function, cst.Assert):
        test = statement.test
        if not isinstance(test, cst.Comparison) or len(test.comparisons) != 1:
            continue
        target = test.comparisons[0]
        is_in = isinstance(target.operator, cst.In) and isinstance(test.left, cst.Name)
        if is_in and isinstance(test.left, cst.Name) and test.left.value == name:
            yield from _all(file, _steps(file, target.comparator, None), 0)


def _calls(file: SourceFile) -> dict[int, list[cst.Call]]:
    """Return the calls of each of this file's functions; of a class they are those of what makes it."""
    named = {file.values.defined_name(node): node for node in file.index.of(cst.FunctionDef)}
    makers = {name.removesuffix(".__init__"): node for name, node in named.items()}
    found: defaultdict[int, list[cst.Call]] = defaultdict(list)
    for call in file.calls:
        name = file.qualified(call.func)
        function = (named.get(name) or makers.get(name)) if name else None
        if function is not None:
            found[id(function)].append(call)
    return dict(found)
