"""Loops that start one job for each of their values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.names import COMPREHENSIONS, Binding, Binds

LISTINGS = frozenset({"os.listdir", "os.scandir", "os.walk", "glob.glob", "glob.iglob"})
LISTING_METHODS = frozenset({"iterdir", "glob", "rglob", "iterrows", "itertuples"})
MAPPING = frozenset({"map", "imap", "imap_unordered", "starmap", "map_async", "delayed"})
ADDING = frozenset({"append", "extend", "insert"})
MAX_DEPTH = 6


def is_swept(file: SourceFile, call: cst.Call, expression: cst.CSTNode, *, data: bool = False) -> bool:
    """Whether a loop around `call` puts its own values into `expression`: a sweep over seeds, settings, folds.

    The loop may also be around the calls of the function that `call` stands in, or a `pool.map` of it. A loop
    over the files of a folder or the rows of a frame is a step over data, and counts with `data` only.
    """
    mentioned = {name.value for name in _names(file, expression)}
    if _loops_over(file, call, mentioned, data):
        return True
    owner = file.index.enclosing(call, cst.FunctionDef, cst.Lambda)
    if not isinstance(owner, cst.FunctionDef | cst.Lambda):
        return False
    if mentioned.isdisjoint(param.name.value for param in owner.params.params):
        return False
    if isinstance(owner, cst.Lambda):
        return _is_mapped(file, owner)
    return any(_is_started(file, name, data) for name in _uses(file, owner))


def _loops_over(file: SourceFile, node: cst.CSTNode, mentioned: set[str], data: bool) -> bool:
    for loop in _loops(file, node):
        bound = {n.value for target in _targets(loop) for n in _own_names(file, target)}
        if bound & (mentioned | _put_into(file, loop, mentioned)):
            return data or not any(_lists_data(file, iterated) for iterated in _iterated(loop))
    return False


def _put_into(file: SourceFile, loop: cst.CSTNode, names: set[str]) -> set[str]:
    """Return the names whose values a loop puts into the items of lists: `words[-1] = f"--rank={i}"`."""
    found: set[str] = set()
    for target in file.index.within(loop, cst.AssignTarget):
        place, assigned = target.target, file.index.parent(target)
        base = place.value if isinstance(place, cst.Subscript) else None
        if isinstance(base, cst.Name) and base.value in names and isinstance(assigned, cst.Assign):
            found |= {name.value for name in _own_names(file, assigned.value)}
    return found


def _uses(file: SourceFile, function: cst.FunctionDef) -> Iterator[cst.Name]:
    name = function.name.value
    return (use for use in file.index.of(cst.Name) if use.value == name and use is not function.name)


def _is_started(file: SourceFile, name: cst.Name, data: bool) -> bool:
    """Whether a function is mapped over values here, or called in a loop with the loop's values."""
    parent = file.index.parent(name)
    if isinstance(parent, cst.Call) and parent.func is name:
        passed = {n.value for arg in parent.args for n in _own_names(file, arg.value)}
        return _loops_over(file, parent, passed, data)
    return _is_mapped(file, name)


def _is_mapped(file: SourceFile, function: cst.CSTNode) -> bool:
    arg = file.index.parent(function)
    call = file.index.parent(arg) if isinstance(arg, cst.Arg) else None
    if not isinstance(call, cst.Call):
        return False
    func = call.func
    return (func.attr.value if isinstance(func, cst.Attribute) else getattr(func, "value", "")) in MAPPING


def _loops(file: SourceFile, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    for ancestor in file.index.ancestors(node):
        if isinstance(ancestor, cst.FunctionDef | cst.Lambda):
            return
        if isinstance(ancestor, (cst.For, *COMPREHENSIONS)):
            yield ancestor


def _targets(loop: cst.CSTNode) -> Iterator[cst.CSTNode]:
    yield from (part.target for part in _parts(loop))


def _iterated(loop: cst.CSTNode) -> Iterator[cst.BaseExpression]:
    yield from (part.iter for part in _parts(loop))


def _parts(loop: cst.CSTNode) -> Iterator[cst.For | cst.CompFor]:
    part = loop if isinstance(loop, cst.For) else getattr(loop, "for_in", None)
    while isinstance(part, cst.For | cst.CompFor):
        yield part
        part = part.inner_for_in if isinstance(part, cst.CompFor) else None


def _names(file: SourceFile, node: cst.CSTNode) -> Iterator[cst.Name]:
    """Yield the names in an expression and in the expressions that those names were given or run over."""
    seen: set[tuple[cst.CSTNode | None, str]] = set()
    level = [node]
    for _ in range(MAX_DEPTH + 1):
        names = [name for part in level for name in _own_names(file, part)]
        yield from names
        level = []
        for name in names:
            scope, bindings = file.names.bindings(name.value, name)
            if bindings and (scope, name.value) not in seen:
                seen.add((scope, name.value))
                level += [*_given(bindings[:8]), *_added(file, name.value, scope)]


def _given(bindings: Sequence[Binding]) -> Iterator[cst.CSTNode]:
    for binding in bindings:
        if binding.how in (Binds.VALUE, Binds.PART) and binding.value is not None:
            yield binding.value
        elif isinstance(binding.node, cst.AugAssign):
            yield binding.node.value


def _added(file: SourceFile, name: str, scope: cst.CSTNode | None) -> Iterator[cst.CSTNode]:
    """Yield what is appended to a list."""
    for call in file.calls:
        receiver = call.func.value if isinstance(call.func, cst.Attribute) else None
        if (
            isinstance(call.func, cst.Attribute)
            and call.func.attr.value in ADDING
            and isinstance(receiver, cst.Name)
            and receiver.value == name
            and file.names.bindings(name, receiver)[0] is scope
        ):
            yield from (arg.value for arg in call.args)


def _own_names(file: SourceFile, node: cst.CSTNode) -> Iterator[cst.Name]:
    if isinstance(node, cst.Name):
        yield node
    yield from file.index.within(node, cst.Name)


def _lists_data(file: SourceFile, iterated: cst.BaseExpression) -> bool:
    start = file.definition(iterated)
    if start is None:
        return False
    calls = [start, *file.index.below(start)]
    return any(
        isinstance(call, cst.Call)
        and (
            file.qualified(call.func) in LISTINGS
            or (isinstance(call.func, cst.Attribute) and call.func.attr.value in LISTING_METHODS)
        )
        for call in calls
    )
