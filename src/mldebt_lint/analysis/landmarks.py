"""Where statements stand as far as the text alone tells: a definition by its header, others by what occurs once."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

import libcst as cst

from mldebt_lint.analysis.syntax import Index

DEFINITION = re.compile(r"\n[ \t]*((?:async[ \t]+)?(?:def|class)[ \t]+(\w+))")
# A definition that is continued over lines, or begins behind the end of one, would not be found.
CONTINUED = re.compile(r"\\\r?\n[ \t]*(?:async|def|class)\b|\b(?:async|def|class)[ \t]*\\\r?\n")
LONE_RETURN = re.compile(r"\r(?!\n)")


class Landmarks:
    """The definitions of one module, found in its text, and what is unique between two of them.

    Every definition begins a line. When as many lines look like one as there are definitions, and they have the
    same names in the same order, none of the lines stands in a string.
    """

    def __init__(self, module: cst.Module, text: str, index: Index) -> None:
        self._module, self._index = module, index
        self._lines = f"\n{text}\n"  # so that every line has an end on either side
        nodes: list[cst.FunctionDef | cst.ClassDef] = [*index.within(module, cst.FunctionDef)]
        nodes += index.within(module, cst.ClassDef)
        nodes.sort(key=index.rank)
        found = list(DEFINITION.finditer(self._lines))
        names = [node.name.value for node in nodes]
        self.are_known = names == [match[2] for match in found] and not _has_odd_space(text)
        self._ranks = list(map(index.rank, nodes))
        self._starts = [match.start(1) - 1 for match in found]

    def start(self, definition: cst.CSTNode) -> int:
        """Return the offset at which a definition begins, its decorators aside."""
        return self._starts[bisect_left(self._ranks, self._index.rank(definition))]

    def find(self, statement: cst.CSTNode, text: str) -> int | None:
        """Return the offset of a statement when its text, as it follows an indent, stands once on a line of its own."""
        place = bisect_right(self._ranks, self._index.rank(statement))
        begin = self._starts[place - 1] if place else 0
        end = self._starts[place] + 1 if place < len(self._starts) else len(self._lines)
        sought = f"\n{self.indent(statement)}{text}"
        start = self._lines.find(sought, begin, end)
        if start < 0 or self._lines.find(sought, start + 1, end) >= 0:
            return None
        return start + len(sought) - len(text) - 1

    def indent(self, statement: cst.CSTNode) -> str:
        """Return the white space before a statement."""
        around = self._index.ancestors(statement)
        blocks = [node for node in around if isinstance(node, cst.IndentedBlock | cst.Match)]
        default = self._module.default_indent
        return "".join(default if block.indent is None else block.indent for block in reversed(blocks))


def _has_odd_space(text: str) -> bool:
    if "\f" in text or LONE_RETURN.search(text):
        return True
    return ("\\\n" in text or "\\\r" in text) and CONTINUED.search(text) is not None
