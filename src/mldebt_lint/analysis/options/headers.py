"""Where parameters stand, found in the text: exact, and much cheaper than the positions of all nodes."""

from __future__ import annotations

import re
from collections import defaultdict

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.model import Location, Span

DEFINITION = re.compile(r"^[ \t]*(?:async[ \t]+)?def[ \t]+(\w+)", re.MULTILINE)


class Headers:
    """The definitions in one file's text."""

    def __init__(self, file: SourceFile) -> None:
        self._file = file
        self._offsets: dict[cst.CSTNode, int] = {}
        self._nodes: defaultdict[tuple[cst.Module, str], list[cst.FunctionDef]] = defaultdict(list)
        for node in file.index.of(cst.FunctionDef):
            self._nodes[file.index.module(node), node.name.value].append(node)
        self._match()

    def _match(self) -> None:
        """Pair definitions of one name with what the text shows; leave out where strings show more."""
        for parsed in self._file.cells:
            found: defaultdict[str, list[int]] = defaultdict(list)
            for match in DEFINITION.finditer(parsed.cell.text):
                found[match[1]].append(match.end())
            for name, offsets in found.items():
                nodes = self._nodes.get((parsed.module, name), [])
                if len(nodes) == len(offsets):
                    self._offsets.update(zip(nodes, offsets, strict=True))

    def parameter(self, function: cst.FunctionDef, param: cst.Param) -> Location:
        """Return where a parameter of a function stands."""
        start = self._offsets.get(function)
        text = self._file.cell(function).text
        pattern = re.compile(rf"(?<![\w.\"\'#]){re.escape(param.name.value)}\s*(?::|=(?!=))")
        match = pattern.search(text, start) if start is not None else None
        if start is None or match is None:
            return self._file.at(param)
        first = text.count("\n", 0, start) + 1
        line = first + text.count("\n", start, match.start())
        column = match.start() - text.rfind("\n", 0, match.start())
        span = Span(line, column, line, column + len(param.name.value))
        return Location(self._file.path, span, self._file.cell(function).number, (first, line))
