"""Code generation that counts: where the nodes below one stand in the text that it makes."""

from __future__ import annotations

import libcst as cst
from libcst._nodes.internal import CodegenState


def write(module: cst.Module, node: cst.CSTNode, indent: str) -> tuple[dict[int, tuple[int, int]], str]:
    """Return where code generation puts the nodes below one that is indented so far, by id(), and its text."""
    recorder = _Recorder(module.default_indent, module.default_newline, indent)
    node._codegen(recorder)  # noqa: SLF001  # `Module.code` gives the text but no places
    return recorder.offsets, "".join(recorder.tokens)


class _Recorder(CodegenState):
    """Counts what code generation would write and remembers where each node starts and ends."""

    def __init__(self, default_indent: str, default_newline: str, indent: str) -> None:
        super().__init__(default_indent, default_newline)
        self.offset = 0
        self.offsets: dict[int, tuple[int, int]] = {}
        self._indent = indent

    def increase_indent(self, value: str) -> None:
        self.indent_tokens.append(value)
        self._indent += value

    def decrease_indent(self) -> None:
        self._indent = self._indent.removesuffix(self.indent_tokens.pop())

    def add_indent_tokens(self) -> None:
        self.offset += len(self._indent)
        self.tokens.append(self._indent)

    def add_token(self, value: str) -> None:
        self.offset += len(value)
        self.tokens.append(value)

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
