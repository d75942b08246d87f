"""Loops that start one job for each of their values."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.names import COMPREHENSIONS, Binds

LISTINGS = frozenset({"os.listdir", "os.scandir", "os.walk", "glob.glob", "glob.iglob"})
LISTING_METHODS = frozenset({"iterdir", "glob", "rglob", "iterrows", "itertuples"})
MAX_DEPTH = 6


def is_swept(file: SourceFile, call: cst.Call, expression: cst.CSTNode) -> bool:
    """Whether a loop around `call` puts its own values into `expression`: a sweep over seeds, settings, folds.

    A loop over the files of a folder or the rows of a frame is a step over data, not a sweep.
    """
    mentioned = {name.value for name in _names(file, expression, 0)}
    for loop in _loops(file, call):
        bound = {n.value for target in _targets(loop) for n in _own_names(file, target)}
        if bound & mentioned:
            return not any(_lists_data(file, iterated) for iterated in _iterated(loop))
    return False


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


def _names(file: SourceFile, node: cst.CSTNode, depth: int) -> Iterator[cst.Name]:
    """Yield the names in an expression and in the expressions that those names were given."""
    for name in _own_names(file, node):
        yield name
        if depth < MAX_DEPTH:
            _, bindings = file.names.bindings(name.value, name)
            for binding in bindings[:8]:
                if binding.how is Binds.VALUE and binding.value is not None:
                    yield from _names(file, binding.value, depth + 1)
                elif isinstance(binding.node, cst.AugAssign):
                    yield from _names(file, binding.node.value, depth + 1)


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
