"""Names that a notebook reads, from top to bottom, before any cell has defined them."""

from __future__ import annotations

import builtins
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.names import Binding
from mldebt_lint.analysis.unseen_names import Unseen

# What a session holds before its first cell beside Python's builtins: IPython's names, those of the platforms that
# run notebooks, and the builtins of Python 2.
_GIVEN = (
    "In Out exit quit get_ipython display displayHTML"
    " spark sc sqlContext sqlc sqlCtx dbutils sql table getArgument"
    " xrange unicode raw_input basestring long unichr reduce file execfile cmp reload buffer apply intern"
)
_OF_IPYTHON = re.compile(r"_+|_+i*\d*|_i+\d*|__\w+__|_[ido]h|_exit_code")
_EXPECTED_TO_FAIL = "raises-exception"


@dataclass(frozen=True, slots=True)
class Undefined:
    """The first read of a name that no cell has defined by then.

    `later` is the name's first definition below, if there is one; `call` the call that makes a function read it,
    None where the cell itself does. `is_certain` tells that nothing further down may define it unseen.
    """

    name: cst.Name
    later: cst.CSTNode | None
    call: cst.Call | None = None
    is_certain: bool = True


def undefined_names(file: SourceFile) -> list[Undefined]:
    """Return the names that a notebook's executed cells read too early, each once, in order.

    Where something may define names unseen (a star import, `%run`, `exec`), nothing that is read below it is
    returned. What functions read counts when a cell calls them; what no cell defines, at once.
    """
    return list(_Reader(file).undefined()) if file.is_notebook else []


class _Reader:
    """Walks a notebook's names in document order."""

    def __init__(self, file: SourceFile) -> None:
        self._file = file
        self._index = file.index
        self._unseen = Unseen(file)
        self._cells = {id(parsed.module): parsed.cell for parsed in file.cells}
        self._last = max((cell.number or 0 for cell in file.document.cells), default=0)
        self._first: dict[str, int] = {}
        for name, bindings in file.names.top.items():
            places = [self._number(binding.node) for binding in bindings if _defines(binding)]
            if places:
                self._first[name] = min(places)

    def undefined(self) -> Iterator[Undefined]:
        seen: set[str] = {*dir(builtins), *_GIVEN.split()}
        for name in self._index.of(cst.Name):
            said = name.value
            if said in seen or not self._may_be_early(name) or _OF_IPYTHON.fullmatch(said):
                continue
            found = self._judge(name) if self._is_read(name) else None
            if found is not None:
                seen.add(said)
                yield found

    def _may_be_early(self, name: cst.Name) -> bool:
        """Whether a name is defined nowhere, or not above the cell that reads it; names in functions may be."""
        parent = self._index.parent(name)
        if isinstance(parent, cst.Attribute | cst.Arg) and parent.value is not name:
            return False
        return name.value not in self._first or self._first[name.value] >= self._earliest(name)

    def _earliest(self, name: cst.Name) -> int:
        return self._number(name) if not self._calls or self._index.function(name) is None else 0

    def _judge(self, name: cst.Name) -> Undefined | None:
        scope, bindings = self._file.names.bindings(name.value, name)
        if bindings and scope is not self._index.modules[0]:
            return None
        later = [binding.node for binding in bindings if _defines(binding)]
        is_deferred, owner = self._deferral(name)
        if not later and (is_deferred or not bindings):
            return self._undefined_anywhere(name, is_deferred)
        if is_deferred:
            return self._undefined_at_call(name, later, owner)
        if any(self._precedes(node, name) for node in later) or self._unseen.may_define(
            name.value, self._number(name)
        ):
            return None
        return Undefined(name, later[0] if later else None, is_certain=not self._unseen.is_total)

    def _undefined_anywhere(self, name: cst.Name, is_deferred: bool) -> Undefined | None:
        if self._unseen.may_define(name.value, self._last if is_deferred else self._number(name)):
            return None
        return Undefined(name, None, is_certain=not self._unseen.is_total)

    def _undefined_at_call(self, name: cst.Name, later: list[cst.CSTNode], owner: str) -> Undefined | None:
        calls = [call for call in self._calls[owner] if self._number(call) >= self._number(name)]
        if not calls or len(self._file.names.top.get(owner, ())) != 1:
            return None
        at = self._number(calls[0])
        if min(map(self._number, later)) <= at or self._unseen.may_define(name.value, at):
            return None
        return Undefined(name, later[0], calls[0])

    @cached_property
    def _calls(self) -> defaultdict[str, list[cst.Call]]:
        """The calls by plain name that cells make as they run."""
        found: defaultdict[str, list[cst.Call]] = defaultdict(list)
        for call in self._file.calls:
            if isinstance(call.func, cst.Name) and self._has_run(call) and not self._deferral(call)[0]:
                found[call.func.value].append(call)
        return found

    def _deferral(self, node: cst.CSTNode) -> tuple[bool, str]:
        """Whether a node is read later than its cell runs, and the name of the outermost function or class around."""
        is_deferred, owner, below = False, "", node
        for ancestor in self._index.ancestors(node):
            if isinstance(ancestor, cst.FunctionDef | cst.Lambda) and below is ancestor.body:
                is_deferred, owner = True, ""
            if isinstance(ancestor, cst.FunctionDef | cst.ClassDef) and is_deferred:
                owner = ancestor.name.value
            below = ancestor
        return is_deferred, owner

    def _is_read(self, name: cst.Name) -> bool:
        """Whether a name is read where an executed cell does not expect to fail."""
        if (
            not self._has_run(name)
            or not _is_read_by(self._index.parent(name), name)
            or self._is_target(name)
        ):
            return False
        below: cst.CSTNode = name
        for ancestor in self._index.ancestors(name):
            if isinstance(ancestor, cst.Annotation | cst.Import | cst.ImportFrom | cst.TypeParameters):
                return False
            if isinstance(ancestor, cst.Try | cst.TryStar) and below is ancestor.body:
                return False
            below = ancestor
        return True

    def _is_target(self, name: cst.Name) -> bool:
        node: cst.CSTNode = name
        parent = self._index.parent(node)
        while isinstance(parent, cst.Element | cst.StarredElement | cst.Tuple | cst.List):
            node, parent = parent, self._index.parent(parent)
        if isinstance(parent, cst.For | cst.CompFor | cst.AnnAssign | cst.NamedExpr):
            return parent.target is node
        return isinstance(parent, cst.AssignTarget | cst.AsName | cst.Del)

    def _has_run(self, node: cst.CSTNode) -> bool:
        cell = self._cells[id(self._index.module(node))]
        return bool(cell.execution_count) and _EXPECTED_TO_FAIL not in cell.tags

    def _number(self, node: cst.CSTNode) -> int:
        return self._cells[id(self._index.module(node))].number or 0

    def _precedes(self, definition: cst.CSTNode, name: cst.Name) -> bool:
        """Whether a definition may have been carried out before a name is read."""
        if self._number(definition) != self._number(name):
            return self._number(definition) < self._number(name)
        loops = {
            id(node) for node in self._index.ancestors(definition) if isinstance(node, cst.For | cst.While)
        }
        if any(id(node) in loops for node in self._index.ancestors(name)):
            return True
        its, mine = self._small(definition), self._small(name)
        if its is mine:
            return not isinstance(definition, cst.AssignTarget | cst.AnnAssign)
        return self._index.rank(its) < self._index.rank(mine)

    def _small(self, node: cst.CSTNode) -> cst.CSTNode:
        """Return the smallest statement around a node."""
        if isinstance(node, cst.BaseSmallStatement | cst.BaseCompoundStatement):
            return node
        statements = cst.BaseSmallStatement | cst.BaseCompoundStatement
        return next((node for node in self._index.ancestors(node) if isinstance(node, statements)), node)


def _defines(binding: Binding) -> bool:
    return not isinstance(binding.node, cst.AugAssign | cst.Del)


def _is_read_by(parent: cst.CSTNode | None, name: cst.Name) -> bool:
    match parent:
        case cst.Attribute() | cst.Arg():
            return parent.value is name
        case cst.Param():
            return parent.default is name
        case cst.FunctionDef() | cst.ClassDef() | cst.NameItem() | cst.ImportAlias():
            return False
        case cst.MatchAs() | cst.MatchStar() | cst.MatchMapping() | cst.MatchKeywordElement():
            return False
    return True
