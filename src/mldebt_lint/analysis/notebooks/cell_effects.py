"""What the cells of a notebook need from others and give to others: names, values changed in place, files, seeds."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.library import Role
from mldebt_lint.analysis.names import Binds, dotted_name
from mldebt_lint.analysis.notebooks.cell_files import (
    imported_files,
    is_program,
    named_files,
    saves,
    shell_files,
)
from mldebt_lint.analysis.notebooks.in_place import changed_argument, changed_root
from mldebt_lint.analysis.randomness.streams import seeded_streams, unseeded_streams
from mldebt_lint.reading.document import Cell, Magic, MagicKind

# What is neither a name nor a file; no name holds a space.
_DRAWS, _SESSION, _PROGRAMS = "the random state", "the session", "the programs' files"
_FILE = "the file "

_WORD = re.compile(r"[^\W\d]\w*")
_ASSIGNED = re.compile(r"^[ \t]*([^\W\d]\w*)[ \t]*=(?!=)", re.MULTILINE)
_DRAWN = frozenset({Role.RANDOM_DRAW, Role.SPLITTER, Role.SUBSET})


@dataclass(slots=True)
class Effects:
    """What a piece of code needs before it runs, and what it gives to what runs after it."""

    needs: set[str] = field(default_factory=set)
    gives: set[str] = field(default_factory=set)

    def change(self, what: str) -> None:
        """Add what is changed in place: its state before decides its state after."""
        self.needs.add(what)
        self.gives.add(what)


def cell_effects(file: SourceFile) -> dict[int, Effects]:
    """Return the effects of a notebook's cells by their numbers."""
    return _Notebook(file).effects()


class _Notebook:
    """Reads the effects of every cell; what a function does counts where a cell names the function."""

    def __init__(self, file: SourceFile) -> None:
        self._file = file
        self._index = file.index
        self._top = file.names.top
        self._of: defaultdict[int, Effects] = defaultdict(Effects)
        self._functions: defaultdict[str, Effects] = defaultdict(Effects)
        self._uses: dict[int, set[str]] = defaultdict(set)
        self._imported = {
            name for name, found in self._top.items() if all(each.how is Binds.IMPORT for each in found)
        }
        self._written = self._definite()
        self._seedings = {id(call) for call in file.calls if seeded_streams(file, call, file.api(call))[0]}

    def effects(self) -> dict[int, Effects]:
        for name in self._index.of(cst.Name):
            self._name(name)
        self._bound()
        self._changed()
        self._calls()
        self._called()
        parsed = {cell.cell.number for cell in self._file.cells}
        for cell in self._file.document.cells:
            self._unparsed(cell, cell.number in parsed)
        return dict(self._of)

    # -- names ------------------------------------------------------------------------------------------

    def _name(self, name: cst.Name) -> None:
        parent = self._index.parent(name)
        if isinstance(parent, cst.Attribute | cst.Arg) and parent.value is not name:
            return
        if name.value not in self._top or self._is_bound(name, parent) or not self._is_top(name):
            return
        effects, number = self._place(name)
        if self._top[name.value][0].how is Binds.DEFINITION and number is not None:
            self._uses[number].add(name.value)
        if name.value not in self._imported and not self._is_settled(name):
            effects.needs.add(name.value)

    def _is_bound(self, name: cst.Name, parent: cst.CSTNode | None) -> bool:
        if isinstance(parent, cst.FunctionDef | cst.ClassDef):
            return parent.name is name
        if isinstance(
            parent, cst.AssignTarget | cst.AsName | cst.Del | cst.Param | cst.ImportAlias | cst.NameItem
        ):
            return not (isinstance(parent, cst.Param) and parent.default is name)
        node: cst.CSTNode = name
        while isinstance(parent, cst.Element | cst.StarredElement | cst.Tuple | cst.List):
            node, parent = parent, self._index.parent(parent)
        if isinstance(parent, cst.For | cst.CompFor | cst.AnnAssign | cst.NamedExpr):
            return parent.target is node
        return isinstance(parent, cst.AssignTarget)

    def _is_top(self, name: cst.Name) -> bool:
        scope, found = self._file.names.bindings(name.value, name)
        return bool(found) and scope is self._index.modules[0]

    def _place(self, node: cst.CSTNode) -> tuple[Effects, int | None]:
        """Return where a node's effects count: its function or class, by name, or its cell."""
        owner = self._owner(node)
        if owner:
            return self._functions[owner], None
        number = self._file.cell(node).number or 0
        return self._of[number], number

    def _owner(self, node: cst.CSTNode) -> str:
        """Return the outermost function, or class by its methods, that runs a node later than its cell."""
        owner, below = "", node
        for ancestor in self._index.ancestors(node):
            if isinstance(ancestor, cst.FunctionDef) and below is ancestor.body:
                owner = ancestor.name.value
            elif isinstance(ancestor, cst.ClassDef) and owner:
                owner = ancestor.name.value
            below = ancestor
        return owner

    def _definite(self) -> dict[str, list[tuple[int, cst.CSTNode, set[int]]]]:
        """Return where cells bind each name: the cell, the binding, and what the binding stands under."""
        found: dict[str, list[tuple[int, cst.CSTNode, set[int]]]] = defaultdict(list)
        for name, bindings in self._top.items():
            for binding in bindings:
                if binding.how is not Binds.CHANGE and not self._owner(binding.node):
                    place = self._file.cell(binding.node).number or 0
                    found[name].append((place, binding.node, self._branches(binding.node)))
        return found

    def _branches(self, node: cst.CSTNode) -> set[int]:
        branches = cst.If | cst.For | cst.While | cst.Try
        return {id(above) for above in self._index.ancestors(node) if isinstance(above, branches)}

    def _is_settled(self, read: cst.Name) -> bool:
        """Whether the cell itself has bound a name on every way to a read of it."""
        number = self._file.cell(read).number or 0
        within = {id(above) for above in self._index.ancestors(read)}
        mine = self._small(read)
        for place, node, branches in self._written.get(read.value, ()):
            if place != number or not branches <= within:
                continue
            small = self._small(node)
            if small is mine and isinstance(node, cst.For | cst.With | cst.WithItem):
                return not self._is_head(read, node)
            if small is not mine and self._index.rank(small) < self._index.rank(mine):
                return True
        return False

    def _is_head(self, read: cst.Name, node: cst.CSTNode) -> bool:
        head = node.iter if isinstance(node, cst.For) else node
        return any(above is head for above in (read, *self._index.ancestors(read)))

    def _small(self, node: cst.CSTNode) -> cst.CSTNode:
        kinds = cst.BaseSmallStatement | cst.BaseCompoundStatement
        if isinstance(node, kinds):
            return node
        return next((above for above in self._index.ancestors(node) if isinstance(above, kinds)), node)

    def _bound(self) -> None:
        for name, bindings in self._top.items():
            for binding in bindings:
                effects, _ = self._place(binding.node)
                if binding.how is Binds.IMPORT:
                    effects.needs |= {_FILE + path for path in imported_files(binding.target)}
                if binding.how is Binds.IMPORT and name in self._imported:
                    continue
                effects.gives.add(name)
                if binding.how is Binds.CHANGE:
                    effects.needs.add(name)

    # -- changes in place ---------------------------------------------------------------------------------

    def _changed(self) -> None:
        kinds = (cst.AssignTarget, cst.AugAssign, cst.AnnAssign, cst.Del)
        for kind in kinds:
            for node in self._index.of(kind):
                self._change(changed_root(node), node)
        for call in self._file.calls:
            for root in changed_argument(call, self._index, self._file):
                if root.value not in self._imported:
                    self._change(root, call)

    def _change(self, root: cst.Name | None, at: cst.CSTNode) -> None:
        if root is None or root.value not in self._top or not self._is_top(root):
            return
        effects, _ = self._place(at)
        effects.gives.add(root.value)
        if not self._is_settled(root):
            effects.needs.add(root.value)

    # -- files, seeds, programs ---------------------------------------------------------------------------

    def _calls(self) -> None:
        for call in self._file.calls:
            effects, _ = self._place(call)
            if id(call) in self._seedings:
                effects.gives.add(_DRAWS)
            elif self._seedings and self._draws(call):
                effects.change(_DRAWS)
            if _said(call) in {"exec", "run_cell"}:
                effects.change(_SESSION)
            for path in named_files(call):
                (effects.gives if saves(call) else effects.needs).add(_FILE + path)

    def _draws(self, call: cst.Call) -> bool:
        api = self._file.api(call)
        return api is not None and api.role in _DRAWN and bool(unseeded_streams(self._file, call, api))

    def _called(self) -> None:
        """Add what functions do to the cells that name them."""
        for number, names in list(self._uses.items()):
            for function in self._reached(names):
                done = self._functions[function]
                own = self._of[number]
                own.needs |= {each for each in done.needs if each not in self._own(number)}
                own.gives |= done.gives

    def _own(self, number: int) -> set[str]:
        return {name for name, found in self._written.items() if any(place == number for place, *_ in found)}

    def _reached(self, names: Iterable[str]) -> set[str]:
        todo, seen = list(names), set[str]()
        while todo:
            name = todo.pop()
            if name not in seen and name in self._functions:
                seen.add(name)
                todo.extend(self._functions[name].needs)
        return seen

    # -- what is no Python ----------------------------------------------------------------------------------

    def _unparsed(self, cell: Cell, is_parsed: bool) -> None:
        effects = self._of[cell.number or 0]
        foreign = any(magic.kind is MagicKind.CELL for magic in cell.magics)
        for magic in cell.magics:
            self._magic(magic, cell, effects)
        if not is_parsed and not foreign:
            effects.needs |= self._known(cell.original)
            effects.gives |= {name for name in _ASSIGNED.findall(cell.original) if name in self._top}

    def _magic(self, magic: Magic, cell: Cell, effects: Effects) -> None:
        if magic.kind is MagicKind.LINE and magic.name == "run":
            effects.change(_SESSION)
        if magic.kind is MagicKind.CELL and magic.name in {"writefile", "file"}:
            effects.gives.add(_FILE + magic.text.split()[-1] if magic.text.split() else _SESSION)
            return
        known = self._known(magic.text)
        effects.needs |= known
        if magic.kind is MagicKind.CELL:
            effects.gives |= known
        if magic.kind is MagicKind.SHELL or magic.name in {"bash", "sh", "shell", "system"}:
            text = cell.original if magic.kind is MagicKind.CELL else magic.text
            for line in text.splitlines():
                _shell(line.strip(), effects)

    def _known(self, text: str) -> set[str]:
        return {word for word in _WORD.findall(text) if word in self._top and word not in self._imported}


def _said(call: cst.Call) -> str:
    return dotted_name(call.func).rpartition(".")[2]


def _shell(line: str, effects: Effects) -> None:
    named, written = shell_files(line)
    effects.needs |= {_FILE + path for path in named}
    effects.gives |= {_FILE + path for path in written}
    if is_program(line):
        effects.change(_PROGRAMS)
