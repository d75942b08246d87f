"""The main guard: what runs only when a file is the program."""

from __future__ import annotations

import libcst as cst


def is_main_guard(node: cst.CSTNode | None, *, alone: bool = False) -> bool:
    """Whether a statement is `if __name__ == "__main__":`, either way round.

    With `alone` it has no further condition: what stands under it then runs whenever the file is the program.
    """
    if not isinstance(node, cst.If):
        return False
    test = node.test
    while isinstance(test, cst.BooleanOperation) and not alone:
        test = test.left
    if not isinstance(test, cst.Comparison) or len(test.comparisons) != 1:
        return False
    sides = (test.left, test.comparisons[0].comparator)
    return any(isinstance(side, cst.Name) and side.value == "__name__" for side in sides)
