"""The main guard: what runs only when a file is the program."""

from __future__ import annotations

import libcst as cst


def is_main_guard(node: cst.CSTNode | None) -> bool:
    """Whether a statement is `if __name__ == "__main__":`, either way round, alone or with further conditions."""
    if not isinstance(node, cst.If):
        return False
    test = node.test
    while isinstance(test, cst.BooleanOperation):
        test = test.left
    if not isinstance(test, cst.Comparison) or len(test.comparisons) != 1:
        return False
    sides = (test.left, test.comparisons[0].comparator)
    return any(isinstance(side, cst.Name) and side.value == "__name__" for side in sides)
