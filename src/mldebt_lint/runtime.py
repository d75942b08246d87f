"""How Python and libcst are set while files are analysed: for one run, and put back after it."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mldebt_lint.analysis.nodes import cheap_nodes

# Code generation and constant folding recurse; a sum of 900 terms is deeper than Python's default allows.
RECURSION_LIMIT = 20_000
SWEEP_CHARACTERS = 8_000_000

Sweep = Callable[[int], None]


@contextmanager
def ready() -> Iterator[Sweep]:
    """Make this process fit for analysis while the block lasts; the function yielded is told what was analysed."""
    sys.setrecursionlimit(max(sys.getrecursionlimit(), RECURSION_LIMIT))
    with cheap_nodes(), paused_collector() as sweep:
        yield sweep


@contextmanager
def paused_collector() -> Iterator[Sweep]:
    """Switch the cyclic garbage collector off while trees are built; the function yielded takes the length of
    what was read, and sweeps now and then.

    A tree is hundreds of thousands of objects that live for one file and are freed with it (`SourceFile.release`):
    the collector would visit them all, many times, and find nothing. What a rule leaves behind in cycles of its own
    is swept after every SWEEP_CHARACTERS characters.
    """
    was_on, built = gc.isenabled(), 0

    def sweep(characters: int) -> None:
        nonlocal built
        built += characters
        if built >= SWEEP_CHARACTERS:
            built = 0
            gc.collect()

    gc.disable()
    try:
        yield sweep
    finally:
        if was_on:
            gc.enable()
