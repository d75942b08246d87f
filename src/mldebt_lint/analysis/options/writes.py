"""What is known about the setting of an option in code: its constant value, and what decides whether it happens."""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst

from mldebt_lint.analysis.constants import UNKNOWN
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.guards import is_main_guard
from mldebt_lint.analysis.literals import string_value
from mldebt_lint.analysis.options.facts import Under

MAX_TEXT = 40


def literal_text(file: SourceFile, value: cst.BaseExpression | None) -> str | None:
    """Return the text of a constant, None for what is computed."""
    constant = file.constant(value)
    if constant is UNKNOWN:
        return None
    text = repr(constant)
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"


def normal(value: object) -> str:
    """Return a default as text: lists and tuples alike, whole floats as integers, paths without a trailing slash."""
    match value:
        case bool() | None:
            return repr(value)
        case float() if value.is_integer():
            return repr(int(value))
        case list() | tuple():
            return f"[{', '.join(normal(item) for item in value)}]"
        case str() if len(value) > 1:
            return repr(value.rstrip("/"))
    return repr(value)


def under(file: SourceFile, node: cst.CSTNode, name: str, is_options: Callable[[str], bool]) -> Under:
    """Return what decides whether a setting of option `name` happens, within its function."""
    found = Under.NOTHING
    for ancestor in file.index.ancestors(node):
        match ancestor:
            case cst.FunctionDef() | cst.Lambda() | cst.ClassDef() | cst.Module():
                return found
            case cst.If() if is_main_guard(ancestor, alone=True):
                continue
            case cst.If():
                options, words = _tested(file, ancestor.test, is_options)
                if name in options or name in words:
                    return Under.ITSELF
                if not options:
                    found = Under.OTHER
                elif found is Under.NOTHING:
                    found = Under.OPTION
            case cst.For() | cst.While() | cst.ExceptHandler() | cst.MatchCase():
                found = Under.OTHER
    return found


def _tested(
    file: SourceFile, test: cst.BaseExpression, is_options: Callable[[str], bool]
) -> tuple[set[str], set[str]]:
    """The options that a condition reads, and the strings in it."""
    options: set[str] = set()
    words: set[str] = set()
    for node in (test, *file.index.below(test)):
        if isinstance(node, cst.Attribute):
            base = node.value.attr if isinstance(node.value, cst.Attribute) else node.value
            if isinstance(base, cst.Name) and is_options(base.value):
                options.add(node.attr.value)
        elif (word := string_value(node)) is not None:
            words.add(word)
    return options, words
