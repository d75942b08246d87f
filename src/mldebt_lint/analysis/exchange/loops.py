"""Artefacts that every round of a loop over folds or seeds writes to one and the same path."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from mldebt_lint.analysis.exchange.stores import store_of
from mldebt_lint.analysis.facts import Fact
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.flow import Flow, Happens, flow
from mldebt_lint.model import Location

ROUNDS = re.compile(r"(?i)(?:^|_)(?:folds?|seeds?|cv|trials?|repeats?|runs?|splits?)(?:$|_)|^k_?folds?")
WORDS = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Rewritten(Fact):
    """An artefact that is written in a loop, where, and the loop."""

    store: str
    where: Location
    loop: Location


def rewritten(file: SourceFile) -> Iterator[Rewritten]:
    """Yield the artefacts that each fold or seed writes over the last one's."""
    found = file.once(flow)
    told: set[int] = set()
    for event in found.of(Happens.SAVE):
        store = store_of(event.path)
        if not store or event.at in told:
            continue
        node = found.node(event.at)
        loop = _loop(file, found, node)
        if loop is not None:
            told.add(event.at)
            yield Rewritten(store, file.at(node), file.at(loop, "the loop"))


def _loop(file: SourceFile, found: Flow, node: cst.CSTNode) -> cst.For | None:
    """The loop over folds or seeds around a node, None where something chooses between the rounds."""
    for ancestor in file.index.ancestors(node):
        if isinstance(ancestor, cst.FunctionDef | cst.If | cst.While):
            return None
        if isinstance(ancestor, cst.For):
            return ancestor if _is_of_rounds(file, found, ancestor) else None
    return None


def _is_of_rounds(file: SourceFile, found: Flow, loop: cst.For) -> bool:
    if found.value(loop.iter).each:
        return True
    names = WORDS.findall(file.text(loop.target))
    return any(ROUNDS.search(name) for name in names) and not isinstance(loop.iter, cst.Dict)
