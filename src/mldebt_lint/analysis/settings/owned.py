"""What runs only when its file is the program, and not when the file is imported."""

from __future__ import annotations

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.guards import is_main_guard

MAINS = frozenset({"main", "cli", "parse_args", "get_args", "demo", "example", "test"})


def is_owned(file: SourceFile, node: cst.CSTNode) -> bool:
    """Whether a node stands under a main guard, or in a function `main`."""
    for ancestor in file.index.ancestors(node):
        if is_main_guard(ancestor):
            return True
        if isinstance(ancestor, cst.FunctionDef) and ancestor.name.value.strip("_") in MAINS:
            return True
    return False
