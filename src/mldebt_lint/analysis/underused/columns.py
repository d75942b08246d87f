"""Columns that are asked for by name, in frames of which only single columns are ever used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.library import Role
from mldebt_lint.analysis.literals import string_value
from mldebt_lint.analysis.names import Binding, Binds

SELECT = re.compile(r"(?is)^\s*select\s+(?:distinct\s+)?(.+?)\s+from\b")
ITEM = re.compile(r"(?i)^(?:[\w\"`\[\]]+\.)?[\"`\[]?(\w+)[\"`\]]?(?:\s+as\s+[\"`\[]?(\w+)[\"`\]]?)?$")
# These give the same columns, and look at none that they are not told.
KEEPING = frozenset(
    "copy reset_index sort_values sort_index query set_index astype sample head tail assign fillna loc iloc".split()
)
MEASURES = frozenset({"shape", "size", "index", "empty", "ndim"})
LOCATORS = frozenset({"loc", "iloc", "at", "iat"})
COUNTING = frozenset({"len", "isinstance", "id", "type"})
MOST_STEPS = 8
MOST_UNREAD = 2 / 3  # of the columns; where fewer are read the work has only begun


@dataclass(frozen=True, slots=True)
class Asked:
    """Columns that an expression asks for, as (name, node that says so), and the name the frame is bound to."""

    call: cst.CSTNode
    columns: tuple[tuple[str, cst.CSTNode], ...]
    binding: Binding


def unused_columns(file: SourceFile) -> Iterator[tuple[Asked, tuple[str, ...]]]:
    """Yield what is asked for with the columns that nothing reads, where the frame never escapes whole."""
    for asked in _asked(file):
        if not Uses(file, {name for name, _ in asked.columns}).single(asked.binding):
            continue
        unread = tuple(name for name, node in asked.columns if not _is_read(file, name, node))
        if unread and len(unread) <= len(asked.columns) * MOST_UNREAD:
            yield asked, unread


def _asked(file: SourceFile) -> Iterator[Asked]:
    for call, api in file.known_calls:
        if api.role is not Role.DATA_SOURCE:
            continue
        arguments = file.arguments(call, api.params)
        given = arguments.get("usecols") or arguments.get("columns")
        columns = _listed(file, given)
        if not columns and "sql" in api.traits and api.id:
            columns = _selected(file, next(filter(None, map(arguments.get, api.id)), None))
        yield from _bound(file, call, columns)
    for node in file.index.of(cst.Subscript):
        only = node.slice[0].slice
        if len(node.slice) == 1 and isinstance(only, cst.Index) and isinstance(only.value, cst.List):
            yield from _bound(file, node, _listed(file, only.value))


def _bound(
    file: SourceFile, node: cst.CSTNode, columns: tuple[tuple[str, cst.CSTNode], ...]
) -> Iterator[Asked]:
    binding = bound_name(file, node) if len(columns) > 1 else None
    if binding is not None:
        yield Asked(node, columns, binding)


def bound_name(file: SourceFile, node: cst.CSTNode) -> Binding | None:
    """Return the binding of the one name that a value is given to, through methods that keep the columns."""
    parent = file.index.parent(node)
    while isinstance(parent, cst.Attribute) and parent.attr.value in KEEPING:
        call = file.index.parent(parent)
        if not isinstance(call, cst.Call) or call.func is not parent:
            return None
        node, parent = call, file.index.parent(call)
    if not isinstance(parent, cst.Assign) or parent.value is not node or len(parent.targets) != 1:
        return None
    target = parent.targets[0].target
    if not isinstance(target, cst.Name):
        return None
    _, bindings = file.names.bindings(target.value, target)
    statement = file.index.statement(target)
    return next((b for b in bindings if file.index.statement(b.node) is statement), None)


def _listed(file: SourceFile, node: cst.CSTNode | None) -> tuple[tuple[str, cst.CSTNode], ...]:
    found = file.definition(node) if node is not None else None
    if not isinstance(found, cst.List | cst.Tuple):
        return ()
    texts = [(string_value(element.value), element.value) for element in found.elements]
    return (
        tuple((text, value) for text, value in texts if text is not None) if all(t for t, _ in texts) else ()
    )


def _selected(file: SourceFile, node: cst.CSTNode | None) -> tuple[tuple[str, cst.CSTNode], ...]:
    constant = file.constant(node) if node is not None else None
    found = SELECT.match(constant) if isinstance(constant, str) else None
    if found is None or node is None or re.search(r"(?i)\bunion\b", str(constant)):
        return ()
    items = [ITEM.match(item.strip()) for item in found.group(1).split(",")]
    source = file.definition(node) or node
    names = [(item.group(2) or item.group(1), source) for item in items if item is not None]
    return tuple(names) if len(names) == len(items) else ()


def _is_read(file: SourceFile, column: str, node: cst.CSTNode) -> bool:
    """Whether anything else in the file names a column: a string that holds the word, an attribute, a keyword."""
    word = re.compile(rf"(?<!\w){re.escape(column)}(?!\w)")
    inside = {id(node), *(id(below) for below in file.index.below(node))}
    texts: list[cst.SimpleString | cst.FormattedStringText] = [*file.index.of(cst.SimpleString)]
    texts += file.index.of(cst.FormattedStringText)
    for text in texts:
        if id(text) not in inside and word.search(text.value):
            return True
    if any(attribute.attr.value == column for attribute in file.index.of(cst.Attribute)):
        return True
    keywords = (arg.keyword.value for arg in file.index.of(cst.Arg) if arg.keyword is not None)
    return column in keywords or any(word.search(cell.original) for cell, _ in file.magics)


class Uses:
    """Tells whether only single columns of a frame are used."""

    def __init__(self, file: SourceFile, columns: set[str]) -> None:
        self._file, self._index, self._columns = file, file.index, columns
        self._met: set[str] = set()

    def single(self, binding: Binding, steps: int = 0) -> bool:
        """Whether a name is read, and only ever for single columns, rows of them, or measures."""
        if binding.name in self._met:
            return True
        self._met.add(binding.name)
        reads = list(self._reads(binding))
        return bool(reads) and steps < MOST_STEPS and all(self._is_single(read, steps) for read in reads)

    def _reads(self, binding: Binding) -> Iterator[cst.Name]:
        for name in self._index.of(cst.Name):
            if name.value != binding.name or isinstance(
                self._index.parent(name), cst.AssignTarget | cst.Param
            ):
                continue
            parent = self._index.parent(name)
            if isinstance(parent, cst.Arg) and parent.keyword is name:
                continue
            if isinstance(parent, cst.Attribute) and parent.attr is name:
                continue
            if binding in self._file.names.bindings(name.value, name)[1]:
                yield name

    def _is_single(self, node: cst.CSTNode, steps: int) -> bool:
        parent = self._index.parent(node)
        match parent:
            case cst.Subscript() if parent.value is node:
                return self._item(parent, steps)
            case cst.Attribute() if parent.value is node:
                return self._attribute(parent, steps)
            case cst.Arg():
                call = self._index.parent(parent)
                return isinstance(call, cst.Call) and getattr(call.func, "value", "") in COUNTING
            case cst.Assign() if parent.value is node:
                binding = bound_name(self._file, node)
                return binding is not None and binding.how is Binds.VALUE and self.single(binding, steps + 1)
        return False

    def _item(self, node: cst.Subscript, steps: int) -> bool:
        last = node.slice[-1].slice
        value = last.value if isinstance(last, cst.Index) else None
        constant = self._file.constant(value) if value is not None else None
        if isinstance(constant, str) or (isinstance(constant, list) and constant):
            return True
        if len(node.slice) == 1 and (
            isinstance(value, cst.Comparison | cst.BinaryOperation) or value is None
        ):
            return steps < MOST_STEPS and self._is_single(node, steps + 1)
        return False

    def _attribute(self, node: cst.Attribute, steps: int) -> bool:
        name, parent = node.attr.value, self._index.parent(node)
        if isinstance(parent, cst.Call) and parent.func is node:
            if name == "groupby":
                above = self._index.parent(parent)
                return isinstance(above, cst.Subscript) and above.value is parent
            keeps = name in KEEPING and not isinstance(self._index.parent(parent), cst.Expr)
            return keeps and steps < MOST_STEPS and self._is_single(parent, steps + 1)
        if name in LOCATORS and isinstance(parent, cst.Subscript):
            return len(parent.slice) == 2 and self._item(parent, steps)
        return name in MEASURES or name in self._columns
