"""One file or notebook as rules see it: cells, index, names, values, and where things stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar, cast

import libcst as cst

from mldebt_lint.analysis.arguments import Arguments, bind
from mldebt_lint.analysis.comments import Comment, find_comments
from mldebt_lint.analysis.constants import Constants, Unknown
from mldebt_lint.analysis.library import Api, Library
from mldebt_lint.analysis.names import Names
from mldebt_lint.analysis.positions import Positions
from mldebt_lint.analysis.syntax import BLOCK_STATEMENTS, Index
from mldebt_lint.analysis.values import Values
from mldebt_lint.model import Location, Span
from mldebt_lint.reading.document import Cell, Document, Magic

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class ParsedCell:
    """A cell and its tree."""

    cell: Cell
    module: cst.Module


@dataclass(frozen=True, slots=True)
class Failure:
    """A file or cell that does not parse; `kind` is `Python 2` or `a template` where it is recognisably that."""

    cell: int | None
    line: int
    column: int
    message: str
    kind: str


class SourceFile:
    """What a rule may ask of one file. Everything is computed at most once, when it is first asked."""

    def __init__(
        self,
        document: Document,
        cells: Sequence[ParsedCell],
        library: Library,
        failures: Sequence[Failure] = (),
    ) -> None:
        self.failures = tuple(failures)
        self.path = document.path
        self.is_notebook = document.is_notebook
        self.document = document
        self.cells = tuple(cells)
        self.library = library
        self._cell_of = {parsed.module: parsed for parsed in cells}
        self._positions: dict[int, Positions] = {}
        self._shared: dict[object, object] = {}

    def once(self, compute: Callable[[SourceFile], T]) -> T:
        """Return `compute(self)`, computed once for all rules that ask for it."""
        if compute not in self._shared:
            self._shared[compute] = compute(self)
        return cast(T, self._shared[compute])

    @cached_property
    def index(self) -> Index:
        """Every node by kind, in source order, with parents."""
        return Index([parsed.module for parsed in self.cells])

    @cached_property
    def names(self) -> Names:
        """Scopes and bindings."""
        return Names(self.index, self.module_name, self.path.endswith("__init__.py"))

    @cached_property
    def values(self) -> Values:
        """Qualified names, types and definitions."""
        return Values(self.index, self.names, self.library)

    @cached_property
    def _constants(self) -> Constants:
        return Constants(self.values)

    @cached_property
    def comments(self) -> list[Comment]:
        """All comments, in order; notebook cells that did not parse included."""
        return [c for cell in self.document.cells for c in find_comments(cell.text, cell.number)]

    def mentions(self, words: Iterable[str]) -> bool:
        """Return whether the text holds one of the words (in small letters), wherever it stands.

        Without one of them some questions need not be asked at all.
        """
        return any(word in self._small_text for word in words)

    @cached_property
    def _small_text(self) -> str:
        return "\n".join(cell.text for cell in self.document.cells).lower()

    @property
    def magics(self) -> list[tuple[Cell, Magic]]:
        """All IPython escapes with their cells, in order."""
        return [(cell, magic) for cell in self.document.cells for magic in cell.magics]

    @cached_property
    def module_name(self) -> str:
        """The dotted name this file would be imported by from the project's root or its `src` folder."""
        return module_name(self.path)

    def release(self) -> None:
        """Let go of the tree and all that was computed from it: the last thing done with a file.

        Whatever is computed holds the file, and the file holds it; without this only the garbage collector could
        free a tree, and it would look at every other object, too.
        """
        self.__dict__.clear()

    # -- questions about expressions --------------------------------------------------------------------

    @property
    def calls(self) -> Sequence[cst.Call]:
        """All calls, in source order."""
        return self.index.of(cst.Call)

    @cached_property
    def known_calls(self) -> Sequence[tuple[cst.Call, Api]]:
        """All calls of what the library packs know, with what they know of it, in source order."""
        known = ((call, self.values.api(call)) for call in self.calls)
        return [(call, api) for call, api in known if api is not None]

    def qualified(self, expression: cst.CSTNode) -> str | None:
        """Return the dotted name an expression refers to, None when it is not known (see `Values.qualified`)."""
        return self.values.qualified(expression)

    def callee(self, call: cst.Call) -> str | None:
        """Return the canonical dotted name of what is called, None when it is not known."""
        name = self.values.qualified(call.func)
        return self.library.canonical(name) if name else None

    def api(self, call: cst.Call) -> Api | None:
        """Return what the callee is to its library (its role and parameters), None when not known."""
        return self.values.api(call)

    def type_of(self, expression: cst.CSTNode) -> str | None:
        """Return the qualified type of an instance, None when not known."""
        return self.values.type_of(expression)

    def definition(self, expression: cst.CSTNode) -> cst.CSTNode | None:
        """Follow names to the expression they were last given, None when several may reach."""
        return self.values.definition(expression)

    def constant(self, expression: cst.CSTNode | None) -> object | Unknown:
        """Return the folded Python value of an expression, `UNKNOWN` when it is not a constant."""
        return self._constants.fold(expression)

    def arguments(self, call: cst.Call, params: Sequence[str] | None = None) -> Arguments:
        """Return a call's arguments by parameter name; positional names default to the pack's."""
        if params is None:
            api = self.api(call)
            params = api.params if api is not None else ()
        return bind(self.values, call, params)

    # -- questions about places -------------------------------------------------------------------------

    def at(self, node: cst.CSTNode, label: str = "") -> Location:
        """Return where a node stands, with the lines on which a suppression of it applies."""
        module = self.index.module(node)
        positions = self._positions_of(module)
        node = self._placed(node, positions)
        parsed = self._cell_of[module]
        span = positions.span(node)
        return Location(self.path, span, parsed.cell.number, self._lines(node, positions), label)

    def line_at(self, comment: Comment, end: Comment | None = None, label: str = "") -> Location:
        """Return where a comment, or a run of comments, stands."""
        last = end or comment
        span = Span(comment.line, comment.column, last.line, last.column + len(last.text))
        return Location(self.path, span, comment.cell, (comment.line, last.line), label)

    def failure_at(self, failure: Failure) -> Location:
        """Return where parsing stopped."""
        span = Span(failure.line, failure.column, failure.line, failure.column + 1)
        return Location(self.path, span, failure.cell, (failure.line, failure.line))

    def cell_at(self, cell: Cell, label: str = "") -> Location:
        """Return where a cell begins: its first line that is not blank."""
        lines = cell.original.split("\n")
        line, text = next(((n, text) for n, text in enumerate(lines, 1) if text.strip()), (1, lines[0]))
        span = Span(line, 1, line, max(len(text.rstrip()), 1) + 1)
        return Location(self.path, span, cell.number, (line, line), label)

    def magic_at(self, cell: Cell, magic: Magic, label: str = "") -> Location:
        """Return where an IPython escape stands."""
        end = len(cell.original.split("\n")[magic.line - 1].rstrip("\r")) + 1
        span = Span(magic.line, magic.column, magic.line, max(end, magic.column + 1))
        return Location(self.path, span, cell.number, (magic.line, magic.line), label)

    def text(self, node: cst.CSTNode) -> str:
        """Return the source text of a node."""
        module = self.index.module(node)
        positions = self._positions_of(module)
        start, end = positions.offsets(self._placed(node, positions))
        return self._cell_of[module].cell.text[start:end]

    def cell(self, node: cst.CSTNode) -> Cell:
        """Return the cell a node stands in."""
        return self._cell_of[self.index.module(node)].cell

    def _positions_of(self, module: cst.Module) -> Positions:
        if id(module) not in self._positions:
            self._positions[id(module)] = Positions(module, self._cell_of[module].cell.text, self.index)
        return self._positions[id(module)]

    def _placed(self, node: cst.CSTNode, positions: Positions) -> cst.CSTNode:
        if node in positions:
            return node
        return next((a for a in self.index.ancestors(node) if a in positions), node)

    def _lines(self, node: cst.CSTNode, positions: Positions) -> tuple[int, int]:
        """First and last line of the statement around a node; of a compound statement only its header."""
        begin = positions.header_line(node)
        if begin is not None:
            first = self._first_line(self.index.statement(node), positions, begin)
            return (first, max(first, positions.span(node).end_line))
        statement = self._placed(self.index.statement(node), positions)
        span = positions.span(statement)
        if not isinstance(statement, BLOCK_STATEMENTS):
            return (span.line, span.end_line)
        first = self._first_line(statement, positions, span.line)
        last = max(positions.span(node).end_line, first) if node is not statement else span.end_line
        return (first, max(first, min(last, self._header_end(statement, positions, span))))

    def _first_line(self, statement: cst.CSTNode, positions: Positions, begin: int) -> int:
        """The line of a definition's first decorator, else the one on which the statement begins."""
        if isinstance(statement, cst.FunctionDef | cst.ClassDef) and statement.decorators:
            return min(begin, positions.span(self._placed(statement.decorators[0], positions)).line)
        return begin

    def _header_end(self, statement: cst.CSTNode, positions: Positions, span: Span) -> int:
        body = getattr(statement, "body", None)
        first = body.body[0] if isinstance(body, cst.IndentedBlock) and body.body else None
        if first is None or first not in positions:
            return span.line if isinstance(body, cst.IndentedBlock) else span.end_line
        return max(span.line, positions.span(first).line - 1)


def module_name(path: str) -> str:
    """Return the dotted module name of a project-relative path; a leading `src` folder is left out."""
    parts = path.rpartition(".")[0].split("/")
    if parts[0] == "src" and len(parts) > 1:
        parts = parts[1:]
    if parts[-1] == "__init__":
        parts = parts[:-1]
    return ".".join(parts)


def labelled(where: Location, label: str) -> Location:
    """Return the same location with another label."""
    return replace(where, label=label)
