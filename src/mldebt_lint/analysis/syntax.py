"""The flat index: every node of a file in source order, by kind, with its parent; and nothing else."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from functools import cache
from itertools import count
from operator import attrgetter
from typing import Any, TypeVar

import libcst as cst

N = TypeVar("N", bound=cst.CSTNode)

# Dataclass fields are not in the order of the source for these; every other node's are.
SOURCE_ORDER: dict[type[cst.CSTNode], tuple[str, ...]] = {
    cst.FunctionDef: ("decorators", "name", "type_parameters", "params", "returns", "body"),
    cst.ClassDef: ("decorators", "name", "type_parameters", "bases", "keywords", "body"),
    cst.Parameters: ("posonly_params", "params", "star_arg", "kwonly_params", "star_kwarg"),
    cst.Arg: ("keyword", "value"),
    cst.IfExp: ("body", "test", "orelse"),
    cst.ExceptHandler: ("type", "name", "body"),
    cst.ExceptStarHandler: ("type", "name", "body"),
    cst.MatchCase: ("pattern", "guard", "body"),
    cst.MatchMapping: ("elements", "rest"),
    cst.Dict: ("elements",),
    cst.DictElement: ("key", "value"),
    cst.Param: ("name", "annotation", "default"),
}
# Fields that hold punctuation, white space or operators: rules read them from the node itself.
SKIPPED_PREFIXES = (
    *("whitespace", "lpar", "rpar", "lbracket", "rbracket", "lbrace", "rbrace", "comma", "semicolon"),
    *("equal", "colon", "dot", "leading_", "lines_after", "header", "footer", "indent", "newline"),
    *(
        "trailing_whitespace",
        "separator",
        "asynchronous",
        "first_colon",
        "second_colon",
        "star_etc",
        "operator",
    ),
    *(
        "posonly_ind",
        "encoding",
        "default_",
        "has_trailing",
        "relative",
        "start",
        "end",
        "prefix",
        "conversion",
        "keyword_",
    ),
)
KEPT_ANYWAY = frozenset({"star_arg", "star_kwarg"})
NOT_NODES = frozenset({type(None), cst.MaybeSentinel, str, bool})
BLOCK_STATEMENTS = (
    *(cst.If, cst.For, cst.While, cst.Try, cst.TryStar, cst.With, cst.FunctionDef, cst.ClassDef, cst.Match),
)
STATEMENTS: frozenset[type] = frozenset({cst.SimpleStatementLine, *BLOCK_STATEMENTS})
SCOPES: frozenset[type] = frozenset({cst.FunctionDef, cst.ClassDef, cst.Lambda, cst.Module})

Children = Callable[[cst.CSTNode], tuple[Any, ...]]


@cache
def _children(kind: type[cst.CSTNode]) -> Children | None:
    """Return a function from a node of this class to its children's fields, last first; None for a leaf."""
    names = SOURCE_ORDER.get(kind) or tuple(f.name for f in fields(kind) if _is_kept(kind, f.name))
    if not names:
        return None
    if len(names) == 1:
        only = attrgetter(names[0])
        return lambda node: (only(node),)
    return attrgetter(*reversed(names))


def _is_kept(kind: type[cst.CSTNode], name: str) -> bool:
    if name in KEPT_ANYWAY:
        return True
    if kind in (cst.Name, cst.SimpleString, cst.Integer, cst.Float, cst.Imaginary):
        return False
    if kind is cst.FormattedStringText or (name == "operator" and kind is not cst.CSTNode):
        return False
    return not name.startswith(SKIPPED_PREFIXES)


class Index:
    """All nodes of one file's cells.

    Nodes compare by identity. `nodes` is in source order (pre-order), cells one after the other; `parents` are by the
    id() of the child, for loops in which the call of `parent` would be most of the work.
    """

    def __init__(self, modules: Sequence[cst.Module]) -> None:
        self.modules = tuple(modules)
        self.nodes: list[cst.CSTNode] = []
        # Keyed by id(): libcst hashes nodes in Python, which would cost as much as the rest of the walk.
        self.parents: dict[int, cst.CSTNode] = {}
        self._by_kind: defaultdict[type[cst.CSTNode], list[cst.CSTNode]] = defaultdict(list)
        self._ranks: dict[int, int] = {}
        self._kind_ranks: dict[type[cst.CSTNode], list[int]] = {}
        for module in modules:
            self._walk(module)

    def _walk(self, module: cst.Module) -> None:
        stack: list[cst.CSTNode] = [module]
        pop, push, append, parents, by_kind = (
            stack.pop,
            stack.append,
            self.nodes.append,
            self.parents,
            self._by_kind,
        )
        while stack:
            node = pop()
            kind = node.__class__
            append(node)
            by_kind[kind].append(node)
            children = _children(kind)
            if children is None:
                continue
            for child in children(node):
                kind = child.__class__
                if kind is tuple or kind is list:
                    for item in reversed(child):
                        parents[id(item)] = node
                        push(item)
                elif kind not in NOT_NODES:
                    parents[id(child)] = node
                    push(child)

    def of(self, kind: type[N]) -> Sequence[N]:
        """Return all nodes of exactly this class, in source order."""
        return self._by_kind.get(kind, ())  # type: ignore[return-value]  # the dictionary pairs class and nodes

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """Return the parent of a node, None for a module."""
        return self.parents.get(id(node))

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """Yield the parent, its parent, and so on to the module."""
        parents = self.parents
        current = parents.get(id(node))
        while current is not None:
            yield current
            current = parents.get(id(current))

    def enclosing(self, node: cst.CSTNode, *kinds: type[N]) -> N | None:
        """Return the nearest ancestor of exactly one of the classes (not of a subclass), or None."""
        parents, current = self.parents, self.parents.get(id(node))
        while current is not None:
            if current.__class__ in kinds:
                return current
            current = parents.get(id(current))
        return None

    def statement(self, node: cst.CSTNode) -> cst.CSTNode:
        """Return the statement (a simple line or a compound one) that a node belongs to."""
        parents = self.parents
        current: cst.CSTNode | None = node
        while current is not None:
            if current.__class__ in STATEMENTS:
                return current
            current = parents.get(id(current))
        return node

    def function(self, node: cst.CSTNode) -> cst.FunctionDef | None:
        """Return the function in whose body a node stands, or None; decorators and defaults are outside."""
        parents, below = self.parents, node
        while (current := parents.get(id(below))) is not None:
            if current.__class__ is cst.FunctionDef and below is current.body:
                return current
            below = current
        return None

    def within(self, node: cst.CSTNode, kind: type[N]) -> Iterator[N]:
        """Yield the nodes of exactly one class below `node`, in source order."""
        nodes = self.of(kind)
        if not nodes:
            return iter(())
        if kind not in self._kind_ranks:
            self._kind_ranks[kind] = [self.rank(item) for item in nodes]
        ranks = self._kind_ranks[kind]
        return iter(nodes[bisect_right(ranks, self.rank(node)) : bisect_left(ranks, self.end(node))])

    def below(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """Yield all nodes below `node`, in source order."""
        yield from self.nodes[self.rank(node) + 1 : self.end(node)]

    def end(self, node: cst.CSTNode) -> int:
        """Return the rank of the first node after everything below `node`."""
        below: cst.CSTNode = node
        while True:
            children = _children(below.__class__)
            last = None
            for child in children(below) if children is not None else ():
                kind = child.__class__
                if kind is tuple or kind is list:
                    last = child[-1] if child else None
                elif kind not in NOT_NODES:
                    last = child
                if last is not None:
                    break
            if last is None:
                return self.rank(below) + 1
            below = last

    def rank(self, node: cst.CSTNode) -> int:
        """Return the place of a node in source order."""
        if not self._ranks:
            self._ranks = dict(zip(map(id, self.nodes), count(), strict=False))
        return self._ranks[id(node)]

    def module(self, node: cst.CSTNode) -> cst.Module:
        """Return the module (file or cell) that a node belongs to."""
        parents, last = self.parents, node
        while (current := parents.get(id(last))) is not None:
            last = current
        assert isinstance(last, cst.Module)
        return last
