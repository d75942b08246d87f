"""How alike two pieces of code are when names, strings and numbers do not count."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Collection, Sequence
from difflib import SequenceMatcher

import libcst as cst

from mldebt_lint.analysis.syntax import Index

SHINGLE = 3
NEAR = (0.6, 0.9)
MAX_ORDERED = 3000
SKETCH = 160
# Nodes that hold others and say nothing themselves.
WRAPPERS = (
    *(cst.SimpleStatementLine, cst.IndentedBlock, cst.Arg, cst.Index, cst.Element, cst.AssignTarget),
    *(cst.SubscriptElement, cst.Parameters, cst.Asynchronous, cst.Annotation),
)
OPERATED = (
    cst.BinaryOperation,
    cst.BooleanOperation,
    cst.UnaryOperation,
    cst.AugAssign,
    cst.ComparisonTarget,
)
WORD = re.compile(r"\w+", re.ASCII)

Shape = tuple[str, ...]


def shape(index: Index, node: cst.CSTNode) -> Shape:
    """Return the kinds of the nodes below `node` in source order; operators count, names and literals do not."""
    kinds = []
    for item in index.below(node):
        if isinstance(item, WRAPPERS):
            continue
        kind = "Number" if isinstance(item, cst.BaseNumber) else type(item).__name__
        kinds.append(f"{kind}:{type(item.operator).__name__}" if isinstance(item, OPERATED) else kind)
    return tuple(kinds)


def similarity(first: Shape, second: Shape) -> float:
    """Return how much two shapes have in common, from 0 to 1.

    It is the share of runs of three nodes that both hold; where that is near the bounds that rules ask for, the
    share of nodes in common order, which forgives small edits in small functions.
    """
    left, right = _shingles(first), _shingles(second)
    total = left.total() + right.total()
    share = 2 * (left & right).total() / total if total else 0.0
    if not NEAR[0] <= share <= NEAR[1] or len(first) + len(second) > MAX_ORDERED:
        return share
    return max(share, SequenceMatcher(None, first, second, autojunk=False).ratio())


def _shingles(kinds: Shape) -> Counter[Shape]:
    runs = max(1, len(kinds) - SHINGLE + 1) if kinds else 0
    return Counter(kinds[n : n + SHINGLE] for n in range(runs))


def line_sketch(texts: Sequence[str]) -> tuple[int, ...]:
    """Return a sample of the line shapes of a whole file: the smallest hashes of its lines without names and literals.

    Cheap enough for every file; two samples are compared by `sketch_similarity`.
    """
    seen: dict[str, int] = {}
    hashes = set()
    for text in texts:
        for line in _line_shapes(text):
            count = seen[line] = seen.get(line, 0) + 1
            hashes.add(zlib.crc32(f"{count} {line}".encode()))
    return tuple(sorted(hashes)[:SKETCH])


def _line_shapes(text: str) -> list[str]:
    plain = WORD.sub("n", text).replace(" ", "").replace("\t", "").replace("\r", "")
    return [line for line in plain.split("\n") if len(line) > 2 and line[0] != "#"]


def sketch_similarity(first: Collection[int], second: Collection[int]) -> float:
    """Estimate from two samples the share of lines that two files have in common, from 0 to 1."""
    left, right = set(first), set(second)
    lowest = set(sorted(left | right)[:SKETCH])
    common, total = len(lowest & left & right), len(lowest)
    jaccard = common / total if total else 0.0
    return 2 * jaccard / (1 + jaccard)
