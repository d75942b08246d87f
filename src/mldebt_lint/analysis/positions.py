"""Where nodes stand in the text: found statement by statement, and only for what is asked."""

from __future__ import annotations

import ast
import warnings
from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property

import libcst as cst

from mldebt_lint.analysis.landmarks import LONE_RETURN, Landmarks
from mldebt_lint.analysis.syntax import STATEMENTS, Index
from mldebt_lint.analysis.written import write
from mldebt_lint.model import Span

_EMPTY = cst.SimpleStatementSuite(body=())
# What stands below a compound statement's header.
_BLOCKS = (
    *(cst.IndentedBlock, cst.SimpleStatementSuite, cst.Else, cst.Finally),
    *(cst.ExceptHandler, cst.ExceptStarHandler, cst.MatchCase),
)
# Statements whose header can be written apart: their bodies are left out.
_WITH_HEADER: dict[type[cst.CSTNode], dict[str, object]] = {
    cst.If: {"body": _EMPTY, "orelse": None},
    cst.For: {"body": _EMPTY, "orelse": None},
    cst.While: {"body": _EMPTY, "orelse": None},
    cst.With: {"body": _EMPTY},
    cst.FunctionDef: {"body": _EMPTY},
    cst.ClassDef: {"body": _EMPTY},
}
DEFINITIONS: frozenset[type] = frozenset({cst.FunctionDef, cst.ClassDef})


class Positions:
    """Where the nodes of one module stand in its text.

    The text itself shows where most statements stand. When it does not, Python's own parser, a tenth as dear as
    libcst's, tells where all of them begin and end. Inside a statement code generation counts. Where the two parsers
    do not see the same statements, the whole module is generated.
    """

    def __init__(self, module: cst.Module, text: str, index: Index) -> None:
        self._module, self._text, self._index = module, text, index
        self._offsets: dict[int, tuple[int, int]] = {}
        self._headers: dict[int, int] = {}
        self._written: set[int] = set()
        self._is_parsed = False
        self._lines = [0]
        start = text.find("\n")
        while start >= 0:
            self._lines.append(start + 1)
            start = text.find("\n", start + 1)

    def offsets(self, node: cst.CSTNode) -> tuple[int, int]:
        """Return the start and end offset of a node in its module's text; KeyError for a node without a place."""
        if id(node) not in self._offsets:
            self._locate(node)
        return self._offsets[id(node)]

    def __contains__(self, node: cst.CSTNode) -> bool:
        if id(node) not in self._offsets:
            self._locate(node)
        return id(node) in self._offsets

    def span(self, node: cst.CSTNode) -> Span:
        """Return the 1-based span of a node."""
        start, end = self.offsets(node)
        return Span(*self._point(start), *self._point(end))

    def header_line(self, node: cst.CSTNode) -> int | None:
        """Return the line on which the statement begins in whose header a node stands, None when not known.

        It is known when the header was found by itself, without the rest of its statement.
        """
        statement, below = self._around(node)
        start = self._headers.get(id(statement))
        return None if start is None or not _is_in_header(statement, below) else self._point(start)[0]

    def _point(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1

    def _around(self, node: cst.CSTNode) -> tuple[cst.CSTNode | None, cst.CSTNode]:
        """Return the statement that a node belongs to, and what of its parts holds the node."""
        statement, below = node, node
        while statement.__class__ not in STATEMENTS:
            parent = self._index.parent(statement)
            if parent is None:
                return None, below
            statement, below = parent, statement
        return statement, below

    def _locate(self, node: cst.CSTNode) -> None:
        """Write the smallest thing around a node whose place is known."""
        statement, below = self._around(node)
        if statement is None:
            return self._write_module()
        if not self._is_parsed and self._find(node, statement, below):
            return None
        anchor = self._anchors.get(id(statement))
        if anchor is None:
            return self._write_module()
        if node is statement or _is_whole(node, statement):
            self._offsets[id(node)] = anchor
        else:
            is_header = _is_in_header(statement, below)
            self._write(statement, _header(statement) if is_header else statement, anchor)
        return None

    def _write_module(self) -> None:
        if id(self._module) not in self._written:
            self._written.add(id(self._module))
            self._offsets = write(self._module, self._module, "")[0]

    def _write(self, statement: cst.CSTNode, written: cst.CSTNode, anchor: tuple[int, int]) -> None:
        """Write a statement, or its header, whose begin and end are known."""
        key = id(statement) if written is statement else -id(statement)
        if key in self._written:
            return
        self._written.add(key)
        first = bisect_right(self._lines, anchor[0])
        found, _ = write(self._module, written, self._text[self._lines[first - 1] : anchor[0]])
        shift = anchor[0] - found.pop(id(written))[0]
        if self._text.startswith("elif", anchor[0]):
            shift += 2  # written by itself it is an `if`
        self._shift(found, shift)
        self._offsets[id(statement)] = anchor

    def _shift(self, found: dict[int, tuple[int, int]], shift: int) -> None:
        self._offsets.update({node: (begin + shift, end + shift) for node, (begin, end) in found.items()})

    # -- where statements stand, by the text -------------------------------------------------------------

    @cached_property
    def _landmarks(self) -> Landmarks | None:
        landmarks = Landmarks(self._module, self._text, self._index)
        return landmarks if landmarks.are_known else None

    def _find(self, node: cst.CSTNode, statement: cst.CSTNode, below: cst.CSTNode) -> bool:
        """Find a statement's text, or that of the header around a node, and note what stands in it."""
        landmarks = self._landmarks
        if landmarks is None:
            return False
        if isinstance(statement, cst.SimpleStatementLine):
            return self._find_line(landmarks, node, statement)
        if node is statement:
            return self._find_whole(landmarks, statement)
        if not _is_in_header(statement, below):
            return False
        return id(statement) in self._headers or self._find_header(landmarks, statement)

    def _find_header(self, landmarks: Landmarks, statement: cst.CSTNode) -> bool:
        written = _header(statement)
        found, text = write(self._module, written, landmarks.indent(statement))
        begin = found.pop(id(written))[0]
        el = "el" if _is_elif(self._index.parent(statement), statement) else ""  # by itself it is an `if`
        if statement.__class__ in DEFINITIONS:
            start: int | None = landmarks.start(statement)
        else:
            start = landmarks.find(statement, el + text[begin : found[id(_EMPTY)][0]].rstrip())
        if start is None:
            return False
        self._shift(found, start + len(el) - begin)
        self._headers[id(statement)] = start
        return True

    def _find_line(self, landmarks: Landmarks, node: cst.CSTNode, statement: cst.SimpleStatementLine) -> bool:
        if id(statement) not in self._offsets:
            found, text = write(self._module, statement, landmarks.indent(statement))
            begin = found[id(statement)][0]
            start = landmarks.find(statement, text[begin:])
            if start is None:
                return False
            self._shift(found, start - begin)
        if _is_whole(node, statement):
            self._offsets[id(node)] = self._offsets[id(statement)]
        return True

    def _find_whole(self, landmarks: Landmarks, statement: cst.CSTNode) -> bool:
        """A compound statement ends where its last line does; Python's parser counts a semicolon there."""
        if statement.__class__ not in _WITH_HEADER:
            return False
        last = self._index.statement(self._index.nodes[self._index.end(statement) - 1])
        if not isinstance(last, cst.SimpleStatementLine) or isinstance(
            last.body[-1].semicolon, cst.Semicolon
        ):
            return False
        if not self._find_line(landmarks, last, last):
            return False
        if id(statement) not in self._headers and not self._find_header(landmarks, statement):
            return False
        self._offsets[id(statement)] = (self._headers[id(statement)], self._offsets[id(last)][1])
        return True

    # -- where statements stand, by Python's own parser --------------------------------------------------

    @cached_property
    def _anchors(self) -> dict[int, tuple[int, int]]:
        self._is_parsed = True
        if LONE_RETURN.search(self._text):
            return {}
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(self._text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return {}
        anchors: dict[int, tuple[int, int]] = {}
        same = self._pair(self._module.body, tree.body, anchors)
        return anchors if same else {}

    def _pair(
        self, nodes: Sequence[cst.CSTNode], others: Sequence[ast.stmt], anchors: dict[int, tuple[int, int]]
    ) -> bool:
        """Note where each statement stands; False when the parsers disagree on what the statements are."""
        place = 0
        for node in nodes:
            width = len(node.body) if isinstance(node, cst.SimpleStatementLine) else 1
            if width == 0 or place + width > len(others):
                return False
            first, last = others[place], others[place + width - 1]
            place += width
            end = self._offset(last.end_lineno or last.lineno, last.end_col_offset or 0)
            anchors[id(node)] = (self._offset(first.lineno, first.col_offset), end)
            if node.__class__ is not cst.SimpleStatementLine and not self._pair_parts(node, first, anchors):
                return False
        return place == len(others)

    def _pair_parts(self, node: cst.CSTNode, other: ast.AST, anchors: dict[int, tuple[int, int]]) -> bool:
        """Pair what stands in the blocks of a compound statement, of a handler or a case."""
        body = getattr(node, "body", None)
        if isinstance(body, cst.IndentedBlock) and not self._pair(
            body.body, getattr(other, "body", ()), anchors
        ):
            return False
        orelse = getattr(node, "orelse", None)
        if isinstance(orelse, cst.If):
            if not self._pair([orelse], getattr(other, "orelse", ()), anchors):
                return False
        elif orelse is not None and isinstance(orelse.body, cst.IndentedBlock):
            if not self._pair(orelse.body.body, getattr(other, "orelse", ()), anchors):
                return False
        final = getattr(node, "finalbody", None)
        if final is not None and isinstance(final.body, cst.IndentedBlock):
            if not self._pair(final.body.body, getattr(other, "finalbody", ()), anchors):
                return False
        for name in ("handlers", "cases"):
            parts, others = getattr(node, name, ()), getattr(other, name, ())
            if len(parts) != len(others):
                return False
            if not all(self._pair_parts(part, its, anchors) for part, its in zip(parts, others, strict=True)):
                return False
        return True

    def _offset(self, line: int, column: int) -> int:
        """Return the offset of a place that is given in UTF-8 bytes."""
        start = self._lines[line - 1]
        text = self._text[start : start + column]
        if text.isascii():
            return start + column
        return start + len(text.encode()[:column].decode("utf-8", "ignore"))


def _is_in_header(statement: cst.CSTNode | None, below: cst.CSTNode) -> bool:
    """Whether what holds a node is a part of its compound statement's header, and not of a block."""
    return statement is not below and statement.__class__ in _WITH_HEADER and not isinstance(below, _BLOCKS)


def _is_elif(parent: cst.CSTNode | None, statement: cst.CSTNode) -> bool:
    return isinstance(parent, cst.If) and parent.orelse is statement


def _header(statement: cst.CSTNode) -> cst.CSTNode:
    return statement.with_changes(**_WITH_HEADER[statement.__class__])


def _is_whole(node: cst.CSTNode, statement: cst.CSTNode) -> bool:
    """Whether a node is all that stands in a line: `x = 1`, but not one of `x = 1; y = 2`."""
    return (
        isinstance(statement, cst.SimpleStatementLine)
        and len(statement.body) == 1
        and statement.body[0] is node
    )
