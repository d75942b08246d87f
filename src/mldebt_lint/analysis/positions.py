"""Where nodes stand in the text: found statement by statement, and only for what is asked."""

from __future__ import annotations

import ast
import re
import warnings
from bisect import bisect_right
from collections.abc import Sequence

import libcst as cst
from libcst._nodes.internal import CodegenState

from mldebt_lint.analysis.syntax import STATEMENTS, Index
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
_LONE_RETURN = re.compile(r"\r(?!\n)")


class Positions:
    """Where the nodes of one module stand in its text.

    Python's own parser, a tenth as dear as libcst's, tells where statements begin and end; inside a statement code
    generation counts. Where the two parsers do not see the same statements, the whole module is generated.
    """

    def __init__(self, module: cst.Module, text: str, index: Index) -> None:
        self._module, self._text, self._index = module, text, index
        self._offsets: dict[int, tuple[int, int]] = {}
        self._written: set[int] = set()
        self._lines = [0]
        start = text.find("\n")
        while start >= 0:
            self._lines.append(start + 1)
            start = text.find("\n", start + 1)
        self._anchors = self._find_anchors()

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

    def _point(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1

    def _locate(self, node: cst.CSTNode) -> None:
        """Write the smallest thing around a node whose place is known."""
        statement, below = node, node
        while statement.__class__ not in STATEMENTS:
            parent = self._index.parent(statement)
            if parent is None:
                return self._write_module()
            statement, below = parent, statement
        anchor = self._anchors.get(id(statement))
        if anchor is None:
            return self._write_module()
        left_out = _WITH_HEADER.get(statement.__class__)
        if node is statement or _is_whole(node, statement):
            self._offsets[id(node)] = anchor
        elif statement.__class__ is cst.SimpleStatementLine:
            self._write(statement, statement, anchor[0])
        elif left_out is None or isinstance(below, _BLOCKS):
            self._write(statement, statement, anchor[0])
        else:
            self._write(statement, statement.with_changes(**left_out), anchor[0])
        return None

    def _write_module(self) -> None:
        if id(self._module) not in self._written:
            self._written.add(id(self._module))
            self._offsets = _generate(self._module, self._module, 0)

    def _write(self, statement: cst.CSTNode, written: cst.CSTNode, start: int) -> None:
        """Write a statement, or its header, that is known to begin at `start`."""
        key = id(statement) if written is statement else -id(statement)
        if key in self._written:
            return
        self._written.add(key)
        first = bisect_right(self._lines, start)
        found = _generate(self._module, written, start - self._lines[first - 1])
        shift = start - found.pop(id(written))[0]
        if self._text.startswith("elif", start):
            shift += 2  # written by itself it is an `if`
        self._offsets.update({node: (begin + shift, end + shift) for node, (begin, end) in found.items()})
        self._offsets[id(statement)] = self._anchors[id(statement)]

    # -- where statements stand, by Python's own parser --------------------------------------------------

    def _find_anchors(self) -> dict[int, tuple[int, int]]:
        if _LONE_RETURN.search(self._text):
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


def _is_whole(node: cst.CSTNode, statement: cst.CSTNode) -> bool:
    """Whether a node is all that stands in a line: `x = 1`, but not one of `x = 1; y = 2`."""
    return (
        isinstance(statement, cst.SimpleStatementLine)
        and len(statement.body) == 1
        and statement.body[0] is node
    )


def _generate(module: cst.Module, node: cst.CSTNode, indent: int) -> dict[int, tuple[int, int]]:
    """Return where code generation, from offset 0, puts the nodes below one that is indented so far."""
    recorder = _Recorder(module.default_indent, module.default_newline, indent)
    node._codegen(recorder)  # noqa: SLF001  # `Module.code` gives the text but no places
    return recorder.offsets


class _Recorder(CodegenState):
    """Counts what code generation would write and remembers where each node starts and ends."""

    def __init__(self, default_indent: str, default_newline: str, indent: int) -> None:
        super().__init__(default_indent, default_newline)
        self.offset = 0
        self.offsets: dict[int, tuple[int, int]] = {}
        self._indent = indent

    def increase_indent(self, value: str) -> None:
        self.indent_tokens.append(value)
        self._indent += len(value)

    def decrease_indent(self) -> None:
        self._indent -= len(self.indent_tokens.pop())

    def add_indent_tokens(self) -> None:
        self.offset += self._indent

    def add_token(self, value: str) -> None:
        self.offset += len(value)

    def pop_trailing_newline(self) -> None:
        pass

    def record_syntactic_position(  # type: ignore[override]  # a plain context manager is twice as fast
        self, node: cst.CSTNode, *, start_node: cst.CSTNode | None = None, end_node: cst.CSTNode | None = None
    ) -> _Recording:
        return _Recording(self, node, start_node or node, end_node or node)


class _Recording:
    """The context in which one node is written."""

    __slots__ = ("_end_node", "_node", "_recorder", "_start", "_start_node")

    def __init__(self, recorder: _Recorder, node: cst.CSTNode, start: cst.CSTNode, end: cst.CSTNode) -> None:
        self._recorder, self._node, self._start_node, self._end_node = recorder, node, start, end

    def __enter__(self) -> None:
        self._start = self._recorder.offset

    def __exit__(self, *error: object) -> None:
        offsets = self._recorder.offsets
        start, end = self._start, self._recorder.offset
        if self._start_node is not self._node:
            start = offsets.get(id(self._start_node), (start, end))[0]
        if self._end_node is not self._node:
            end = offsets.get(id(self._end_node), (start, end))[1]
        offsets[id(self._node)] = (start, end)
