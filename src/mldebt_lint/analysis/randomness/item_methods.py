"""The methods of datasets that the workers of a data loader run."""

from __future__ import annotations

import libcst as cst

from mldebt_lint.analysis.file import SourceFile

_BY_INDEX = frozenset({"__getitem__", "__getitems__"})
_ITEM_METHODS = _BY_INDEX | {"__iter__", "__next__"}


def is_item_method(file: SourceFile, function: cst.FunctionDef) -> bool:
    """Whether a worker calls a method: `__getitem__`, or what goes through a dataset; samplers stay outside."""
    if function.name.value not in _ITEM_METHODS:
        return False
    owner = file.index.enclosing(function, cst.ClassDef, cst.FunctionDef)
    bases = owner.bases if isinstance(owner, cst.ClassDef) else ()
    shown = " ".join(file.text(base.value) for base in bases)
    return "Dataset" in shown or (function.name.value in _BY_INDEX and "Sampler" not in shown)


def names_in_items(file: SourceFile) -> frozenset[str]:
    """Return every name and attribute that the item methods of a file's classes use."""
    bodies = [f.body for f in file.index.of(cst.FunctionDef) if is_item_method(file, f)]
    names = {name.value for body in bodies for name in file.index.within(body, cst.Name)}
    return frozenset(
        names | {a.attr.value for body in bodies for a in file.index.within(body, cst.Attribute)}
    )
