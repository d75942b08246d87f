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
from mldebt_lint.analysis.notebooks.unseen_names import Unseen

# What a session holds before its first cell beside Python's builtins: IPython's names, those of the platforms that
# run notebooks, and the builtins of Python 2.
_GIVEN = (
    "In Out exit quit get_ipython display displayHTML"
    " spark sc sqlContext sqlc sqlCtx dbutils sql table getArgument"
    " xrange unicode raw_input basestring long unichr reduce file execfile cmp reload buffer apply intern"
)
# Names that IPython makes up, and what authors write for something they leave out.
_NO_NAME = re.compile(r"_+|_+i*\d*|_i+\d*|__\w+__|_[ido]h|_exit_code|X{3,}|x{3,}")
_EXPECTED_TO_FAIL = "raises-exception"
_RUN_WITH_ITS_CLASS = frozenset({"__init__", "__new__", "__post_init__"})


@dataclass(frozen=True, slots=True)
class Undefined:
    """The first read of a name that no cell has defined by then.

    `later` is the name's first definition below, if there is one; `call` the call that makes a function read it,
    None where the cell itself does. `has_run` tells whether the cell was executed, `is_certain` that nothing further
    down may define the name unseen.
    """

    name: cst.Name
    later: cst.CSTNode | None
    call: cst.Call | None = None
    has_run: bool = True
    is_certain: bool = True


def undefined_names(file: SourceFile) -> list[Undefined]:
    """Return the names that a notebook's cells read too early, each once, in order.

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
        not_run: dict[str, Undefined] = {}
        for name in self._index.of(cst.Name):
            said = name.value
            if said in seen or not self._may_be_early(name) or _NO_NAME.fullmatch(said):
                continue
            found = self._judge(name) if self._is_read(name) else None
            if found is None:
                continue
            if found.has_run or found.later is not None:
                seen.add(said)
                yield found
            else:
                not_run.setdefault(said, found)
        yield from (found for said, found in not_run.items() if said not in seen)

    def _may_be_early(self, name: cst.Name) -> bool:
        """Whether a name is defined nowhere, or not above the cell that reads it; names in functions may be."""
        parent = self._index.parent(name)
        if isinstance(parent, cst.Attribute | cst.Arg) and parent.value is not name:
            return False
        first = self._first.get(name.value)
        return first is None or first >= self._number(name) or self._index.function(name) is not None

    def _judge(self, name: cst.Name) -> Undefined | None:
        scope, bindings = self._file.names.bindings(name.value, name)
        if bindings and scope is not self._index.modules[0]:
            return None
        definitions = [binding.node for binding in bindings if _defines(binding)]
        is_deferred, owner = self._deferral(name)
        call = self._first_call(name, owner) if is_deferred and definitions else None
        if call is None and is_deferred and definitions:
            return None
        at = call if call is not None else name
        number = self._last if is_deferred and call is None else self._number(at)
        if self._unseen.may_define(name.value, number) or any(self._precedes(d, at) for d in definitions):
            return None
        later = min(definitions, key=self._index.rank, default=None)
        return Undefined(name, later, call, self._has_run(at), not self._unseen.is_total)

    def _first_call(self, name: cst.Name, owner: str) -> cst.Call | None:
        """Return the first call, by a cell as it runs, of the function or class that reads a name."""
        if len(self._file.names.top.get(owner, ())) != 1:
            return None
        return next((call for call in self._calls[owner] if self._number(call) >= self._number(name)), None)

    @cached_property
    def _calls(self) -> defaultdict[str, list[cst.Call]]:
        """The calls by plain name that cells make as they run."""
        found: defaultdict[str, list[cst.Call]] = defaultdict(list)
        for call in self._file.calls:
            if isinstance(call.func, cst.Name) and not self._deferral(call)[0]:
                found[call.func.value].append(call)
        return found

    def _deferral(self, node: cst.CSTNode) -> tuple[bool, str]:
        """Whether a node is read later than its cell runs, and the one function or class whose call reads it."""
        inner: list[cst.FunctionDef | cst.Lambda] = []
        below, owner = node, ""
        for ancestor in self._index.ancestors(node):
            if isinstance(ancestor, cst.FunctionDef | cst.Lambda) and below is ancestor.body:
                inner.append(ancestor)
            if isinstance(ancestor, cst.FunctionDef):
                owner = ancestor.name.value
            elif isinstance(ancestor, cst.ClassDef):
                owner = ancestor.name.value if owner in _RUN_WITH_ITS_CLASS else ""
            below = ancestor
        return bool(inner), owner if len(inner) == 1 else ""

    def _is_read(self, name: cst.Name) -> bool:
        """Whether a name is read where its cell does not expect to fail."""
        if not _is_read_by(self._index.parent(name), name) or self._is_target(name):
            return False
        if _EXPECTED_TO_FAIL in self._file.cell(name).tags:
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
        return bool(self._cells[id(self._index.module(node))].execution_count)

    def _number(self, node: cst.CSTNode) -> int:
        return self._cells[id(self._index.module(node))].number or 0

    def _precedes(self, definition: cst.CSTNode, read: cst.CSTNode) -> bool:
        """Whether a definition may have been carried out before something is read."""
        if self._number(definition) != self._number(read):
            return self._number(definition) < self._number(read)
        loops = {
            id(node) for node in self._index.ancestors(definition) if isinstance(node, cst.For | cst.While)
        }
        if any(id(node) in loops for node in self._index.ancestors(read)):
            return True
        its, mine = self._small(definition), self._small(read)
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
