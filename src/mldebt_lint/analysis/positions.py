"""Where nodes stand in the text: one pass of code generation, only for files with something to report."""

from __future__ import annotations

from bisect import bisect_right

import libcst as cst
from libcst._nodes.internal import CodegenState

from mldebt_lint.model import Span


class Positions:
    """Where the nodes of one module stand in its text, found by one pass of code generation."""

    def __init__(self, module: cst.Module, text: str) -> None:
        recorder = _Recorder(module.default_indent, module.default_newline)
        module._codegen(recorder)  # noqa: SLF001  # `module.code` gives the text but no places
        self._offsets = recorder.offsets
        self._lines = [0]
        start = text.find("\n")
        while start >= 0:
            self._lines.append(start + 1)
            start = text.find("\n", start + 1)

    def offsets(self, node: cst.CSTNode) -> tuple[int, int]:
        """Return the start and end offset of a node in its module's text; KeyError for a node without a place."""
        return self._offsets[id(node)]

    def __contains__(self, node: cst.CSTNode) -> bool:
        return id(node) in self._offsets

    def span(self, node: cst.CSTNode) -> Span:
        """Return the 1-based span of a node."""
        start, end = self.offsets(node)
        return Span(*self._point(start), *self._point(end))

    def _point(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1


class _Recorder(CodegenState):
    """Counts what code generation would write and remembers where each node starts and ends."""

    def __init__(self, default_indent: str, default_newline: str) -> None:
        super().__init__(default_indent, default_newline)
        self.offset = 0
        self.offsets: dict[int, tuple[int, int]] = {}
        self._indent = 0

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
