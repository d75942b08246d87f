"""Digests of function bodies, to tell a copy from another function of the same name."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from mldebt_lint.analysis.facts import Fact
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.model import Location, Span
from mldebt_lint.reading.document import Cell

_HEADER = re.compile(r"\n(?:async[ \t]+)?def[ \t]+(\w+)")

_WRITTEN: frozenset[type] = frozenset(
    {cst.Name, cst.SimpleString, cst.FormattedStringText, cst.Integer, cst.Float, cst.Imaginary}
)


@dataclass(frozen=True, slots=True)
class FunctionBody(Fact):
    """A function at the top level of a file: its name, the digest of its body and the words that it is made of."""

    name: str
    params: tuple[str, ...]
    digest: str
    words: frozenset[str]
    where: Location


def function_bodies(file: SourceFile) -> Iterator[FunctionBody]:
    """Yield the functions at the top level of a file, except trivial ones."""
    for parsed in file.cells:
        headers = _headers(parsed.cell.text)
        for statement in parsed.module.body:
            if isinstance(statement, cst.FunctionDef) and not _is_trivial(statement):
                kinds, texts = _tokens(file, statement)
                tokens = "\x1f".join((*kinds, "", *texts))
                digest = hashlib.sha256(tokens.encode("utf-8", "surrogatepass")).hexdigest()[:16]
                words = frozenset(filter(str.isidentifier, texts))
                where = _where(file, parsed.cell, statement.name.value, headers)
                params = tuple(param.name.value for param in statement.params.params)
                yield FunctionBody(statement.name.value, params, digest, words, where)


def alikeness(one: FunctionBody, other: FunctionBody) -> float:
    """Return the share of common words of two functions, from 0 to 1."""
    together = one.words | other.words
    return len(one.words & other.words) / len(together) if together else 1.0


def _headers(text: str) -> dict[str, int]:
    """Return where the names of top-level functions first stand, by the text: positions of nodes would cost more."""
    found: dict[str, int] = {}
    for match in _HEADER.finditer(f"\n{text}"):
        found.setdefault(match[1], match.start(1) - 1)
    return found


def _where(file: SourceFile, cell: Cell, name: str, headers: dict[str, int]) -> Location:
    start = headers.get(name, 0)
    line = cell.text.count("\n", 0, start) + 1
    column = start - cell.text.rfind("\n", 0, start)
    span = Span(line, column, line, column + len(name))
    return Location(file.path, span, cell.number, (line, line))


def _is_trivial(function: cst.FunctionDef) -> bool:
    """Whether a function does nothing but be there: `pass`, `...`, a docstring."""
    small: list[cst.CSTNode] = []
    for statement in function.body.body:
        small += statement.body if isinstance(statement, cst.SimpleStatementLine) else [statement]
    return all(isinstance(s, cst.Pass | cst.Raise) or _is_constant(s) for s in small)


def _is_constant(statement: object) -> bool:
    return isinstance(statement, cst.Expr) and isinstance(statement.value, cst.Ellipsis | cst.SimpleString)


def _tokens(file: SourceFile, function: cst.FunctionDef) -> tuple[list[str], list[str]]:
    """Return the kinds of a function's nodes, and its names and literals.

    Comments, layout and the docstring have no part in them.
    """
    index = file.index
    nodes: list[cst.CSTNode] = []
    for part in (function.params, *_without_docstring(function)):
        nodes += index.nodes[index.rank(part) : index.end(part)]
    texts = [node.value for node in nodes if node.__class__ in _WRITTEN]  # type: ignore[attr-defined]  # all have one
    return [node.__class__.__name__ for node in nodes], texts


def _without_docstring(function: cst.FunctionDef) -> list[cst.CSTNode]:
    body: list[cst.CSTNode] = list(function.body.body)
    first = body[0] if body else None
    if isinstance(first, cst.SimpleStatementLine) and isinstance(first.body[0], cst.Expr):
        return body[1:] if isinstance(first.body[0].value, cst.SimpleString) else body
    return body
