"""What runs only when its file is the program, and not when the file is imported."""

from __future__ import annotations

import libcst as cst

from mldebt_lint.analysis.file import SourceFile

MAINS = frozenset({"main", "cli", "parse_args", "get_args", "demo", "example", "test"})


def is_owned(file: SourceFile, node: cst.CSTNode) -> bool:
    """Whether a node stands under a main guard, or in a function `main`."""
    for ancestor in file.index.ancestors(node):
        if isinstance(ancestor, cst.If) and _is_guard(ancestor.test):
            return True
        if isinstance(ancestor, cst.FunctionDef) and ancestor.name.value.strip("_") in MAINS:
            return True
    return False


def _is_guard(test: cst.BaseExpression) -> bool:
    if not isinstance(test, cst.Comparison) or len(test.comparisons) != 1:
        return False
    sides = (test.left, test.comparisons[0].comparator)
    return any(isinstance(side, cst.Name) and side.value == "__name__" for side in sides)
