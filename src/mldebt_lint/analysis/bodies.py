"""Digests of function bodies, to tell a copy from another function of the same name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from mldebt_lint.analysis.facts import Fact
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.syntax import children
from mldebt_lint.model import Location

MIN_STATEMENTS = 2


@dataclass(frozen=True, slots=True)
class FunctionBody(Fact):
    """A function at the top level of a file: its name, the digest of its body, where it stands in a notebook."""

    name: str
    digest: str
    where: Location | None


def function_bodies(file: SourceFile) -> Iterator[FunctionBody]:
    """Yield the functions at the top level of a file, except trivial ones.

    Locations are given in notebooks only: elsewhere they would cost the positions of every file.
    """
    for module in file.index.modules:
        for statement in module.body:
            if isinstance(statement, cst.FunctionDef) and _size(statement) >= MIN_STATEMENTS:
                where = file.at(statement.name) if file.is_notebook else None
                yield FunctionBody(statement.name.value, _digest(statement), where)


def _size(function: cst.FunctionDef) -> int:
    body = function.body.body
    return len(body) + sum(isinstance(statement, cst.BaseCompoundStatement) for statement in body)


def _digest(function: cst.FunctionDef) -> str:
    """Digest the names, literals and shape of a function; comments, layout and its docstring have no part."""
    words: list[str] = []
    stack: list[cst.CSTNode] = [function.params, *reversed(_without_docstring(function))]
    while stack:
        node = stack.pop()
        words.append(type(node).__name__)
        value = getattr(node, "value", None)
        if isinstance(value, str):
            words.append(value)
        stack.extend(reversed(list(children(node))))
    return hashlib.sha256("\x1f".join(words).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _without_docstring(function: cst.FunctionDef) -> list[cst.CSTNode]:
    body: list[cst.CSTNode] = list(function.body.body)
    first = body[0] if body else None
    if isinstance(first, cst.SimpleStatementLine) and isinstance(first.body[0], cst.Expr):
        return body[1:] if isinstance(first.body[0].value, cst.SimpleString) else body
    return body
