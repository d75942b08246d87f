"""Names of places: `model`, `self.model`, `df['x']`."""

from __future__ import annotations

import libcst as cst

from mldebt_lint.analysis.literals import string_value

MOST_STEPS = 6


def key_of(node: cst.CSTNode) -> str | None:
    """Return the name of a variable, attribute or item with a constant key, None for everything else."""
    steps: list[str] = []
    while len(steps) < MOST_STEPS:
        if isinstance(node, cst.Name):
            return node.value + "".join(reversed(steps))
        if isinstance(node, cst.Attribute):
            steps.append(f".{node.attr.value}")
            node = node.value
        elif isinstance(node, cst.Subscript):
            item = item_of(node)
            if item is None:
                return None
            steps.append(f"[{item}]")
            node = node.value
        else:
            return None
    return None


def item_of(node: cst.Subscript) -> str | None:
    """Return the constant key of an item as it is written, None for slices and everything computed."""
    if len(node.slice) != 1 or not isinstance(node.slice[0].slice, cst.Index):
        return None
    inner = node.slice[0].slice.value
    text = string_value(inner)
    if text is not None:
        return repr(text)
    return inner.value if isinstance(inner, cst.Integer) else None
