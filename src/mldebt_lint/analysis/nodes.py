"""libcst's nodes made cheap for the time of a run: no checks when they are built, plain questions for their class."""

from __future__ import annotations

from abc import ABCMeta
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import field, fields, make_dataclass
from functools import cache, lru_cache
from typing import cast

import libcst as cst

SHAPES = 512  # of white space that are kept: indentations and the gaps before comments are soon all seen


# Nineteen nodes of twenty are of these classes.
COMMON: tuple[type[cst.CSTNode], ...] = (
    *(cst.SimpleWhitespace, cst.Name, cst.Newline, cst.TrailingWhitespace, cst.Arg, cst.Comma, cst.Dot),
    *(cst.Attribute, cst.SimpleStatementLine, cst.Call, cst.ParenthesizedWhitespace, cst.EmptyLine),
    *(cst.SimpleString, cst.AssignEqual, cst.AssignTarget, cst.Assign, cst.Integer, cst.Element),
    *(cst.IndentedBlock, cst.Param, cst.SubscriptElement, cst.Index, cst.Expr, cst.Subscript),
)


class _PlainMeta(ABCMeta):
    """The classes of nodes without the registry of an abstract class, which none of them uses.

    `isinstance` asks that registry in Python, for a third of what rules spend on it.
    """

    __instancecheck__ = type.__instancecheck__
    __subclasscheck__ = type.__subclasscheck__


@contextmanager
def cheap_nodes() -> Iterator[None]:
    """Let libcst build nodes without asking each whether it is valid: the parser makes no others.

    The checks are a tenth of the time of `parse_module`; libcst itself notes that they are not needed there.
    """
    kinds = list(dict.fromkeys(kind for kind in _kinds(cst.CSTNode) if type(kind) is ABCMeta))
    check = cst.CSTNode.__post_init__
    cst.CSTNode.__post_init__ = _accept  # type: ignore[method-assign]  # for the time of one run
    for kind in kinds:
        kind.__class__ = _PlainMeta
    frozen = _thaw(kinds)
    try:
        yield
    finally:
        for replaced, name, method in frozen:
            setattr(replaced, name, method)
        cst.CSTNode.__post_init__ = check  # type: ignore[method-assign]  # as it was
        for kind in kinds:
            kind.__class__ = ABCMeta


def _thaw(kinds: list[ABCMeta]) -> list[tuple[ABCMeta, str, object]]:
    """Let the commonest nodes be filled by plain assignments; return the methods that were replaced.

    A frozen dataclass sets each field by a call of `object.__setattr__`.
    """
    replaced: list[tuple[ABCMeta, str, object]] = []
    for kind in kinds:
        if "__setattr__" in vars(kind):
            replaced.append((kind, "__setattr__", vars(kind)["__setattr__"]))
            del kind.__setattr__
    for common in COMMON:
        replaced.append((common, "__init__", vars(common)["__init__"]))
        common.__init__ = _plain(common)  # type: ignore[method-assign, assignment]
    return replaced


@cache
def _plain(kind: type[cst.CSTNode]) -> object:
    """Return the `__init__` that the class would have if it were not frozen."""
    thawed = [
        (item.name, object, field(default=item.default, default_factory=item.default_factory, init=item.init))
        for item in fields(kind)
    ]
    return vars(make_dataclass(kind.__name__, thawed))["__init__"]


def _accept(self: cst.CSTNode) -> None:
    """Ask nothing of a node."""


def _kinds(kind: ABCMeta) -> Iterator[ABCMeta]:
    yield kind
    for narrower in cast(list[ABCMeta], kind.__subclasses__()):
        yield from _kinds(narrower)


@contextmanager
def shared_whitespace() -> Iterator[None]:
    """Let the parser take one node for all white space that is alike: two nodes of five are nothing else.

    The parser looks the class up in its module for each node that it makes.
    """
    kind = cst.SimpleWhitespace
    setattr(cst, kind.__name__, _shared(kind))
    try:
        yield
    finally:
        setattr(cst, kind.__name__, kind)


@cache
def _shared(kind: type[cst.SimpleWhitespace]) -> Callable[..., cst.SimpleWhitespace]:
    return lru_cache(maxsize=SHAPES)(kind)
