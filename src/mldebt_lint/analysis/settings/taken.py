"""The calls that take a whole dict of settings: `Model(**params)`."""

from __future__ import annotations

from collections.abc import Mapping

import libcst as cst

from mldebt_lint.analysis.prototype.path_use import last_name
from mldebt_lint.analysis.syntax import Index


def takers(index: Index) -> dict[str, cst.Call]:
    """Return the first call that takes all of a variable's entries, by the variable."""
    found: dict[str, cst.Call] = {}
    for arg in index.of(cst.Arg):
        call = index.parent(arg) if arg.star == "**" else None
        if isinstance(call, cst.Call) and isinstance(arg.value, cst.Name):
            found.setdefault(arg.value.value, call)
    return found


def taker(index: Index, literal: cst.CSTNode, known: Mapping[str, cst.Call]) -> cst.Call | None:
    """Return the call that takes the entries of a dict which is bound to one name, None for any other dict."""
    statement = index.parent(literal)
    if not isinstance(statement, cst.Assign) or len(statement.targets) != 1:
        return None
    return known.get(last_name(statement.targets[0].target))
