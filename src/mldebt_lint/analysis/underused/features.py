"""Columns that a file stores in its frames, and the lists of columns that models are fitted on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.flow import Happens, flow

LOCATORS = frozenset({"loc", "at", "iloc", "iat"})


@dataclass(frozen=True, slots=True)
class Stored:
    """One store of a column: `df["name"] = value`; `partly` when only some rows get it."""

    name: str
    node: cst.CSTNode
    value: cst.BaseExpression
    partly: bool = False


def stored_columns(file: SourceFile) -> dict[str, list[Stored]]:
    """Return the stores of columns by the columns' names, in source order."""
    found: defaultdict[str, list[Stored]] = defaultdict(list)
    for assign in file.index.of(cst.Assign):
        for target in assign.targets:
            if isinstance(target.target, cst.Subscript):
                stored = _stored(file, assign, target.target)
                if stored is not None:
                    found[stored.name].append(stored)
    return dict(found)


def _stored(file: SourceFile, assign: cst.Assign, target: cst.Subscript) -> Stored | None:
    last = target.slice[-1].slice
    name = file.constant(last.value) if isinstance(last, cst.Index) else None
    if not isinstance(name, str):
        return None
    holder = target.value
    partly = isinstance(holder, cst.Attribute) and holder.attr.value in LOCATORS
    return Stored(name, assign, assign.value, partly)


def fitted_columns(file: SourceFile) -> Iterator[tuple[cst.CSTNode, tuple[str, ...]]]:
    """Yield each fit once, with the columns of a written list that it learns from."""
    done: set[int] = set()
    known = file.once(flow)
    for event in known.of(Happens.FIT):
        frame = event.value("X").frame
        if frame is None or frame.selected is None or frame.opaque or event.at in done:
            continue
        done.add(event.at)
        yield known.node(event.at), tuple(name for name in frame.selected if name not in frame.dropped)
