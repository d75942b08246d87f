"""Numbers that convert a unit or a range, and correct nothing."""

from __future__ import annotations

import math
import re

import libcst as cst

from mldebt_lint.analysis.file import SourceFile

UNITS = frozenset(
    map(
        float,
        """0 1 0.5 2 0.01 100 255 127.5 128 256 180 360 10 1000 1e4 1e5 1e6 1e9 0.1 0.001 1e-6 7 12 24 60 365 1440 3600
        86400""".split(),
    )
)
CONVERSIONS = (0.3048, 2.54, 0.4536, 2.2046, 1.6093, 0.6214, 3.6, 1.8, 0.2778, 4.184, 57.2958, 3.1416, 1024.0)
UNIT_NAME = re.compile(
    r"(?i)(?<![a-z0-9])(?:kg|km|cm|mm|lbs?|miles?|meters?|feet|celsius|fahrenheit|kelvin|usd|eur|gbp|dollars?|euros?|cents?"
    r"|percent(?:age)?|pct|minutes?|mins?|hours?|seconds?|secs?|ms|days?|thousands?|millions?|[kmg]w?h|degrees?|radians?)(?![a-z0-9])"
)
NEUTRAL = frozenset({0.0, 1.0, 0.5, 2.0, 100.0, 255.0})
LARGEST = 1e8  # what is more stands for infinity
SMALLEST = 1e-3  # what is less keeps a logarithm or a division finite


def is_neutral(number: float) -> bool:
    """Whether a number that is added, or stored, is a bound, a shift of a range or a mask."""
    return (
        abs(number) in NEUTRAL
        or abs(number) < SMALLEST
        or not math.isfinite(number)
        or abs(number) >= LARGEST
    )


def converts(file: SourceFile, node: cst.CSTNode, number: float) -> bool:
    """Whether a factor is that of a unit, or what it gives is called by one."""
    if abs(number) in UNITS or abs(number) < SMALLEST:
        return True
    if any(math.isclose(abs(number), known, rel_tol=1e-3) for known in CONVERSIONS):
        return True
    assigned = file.index.enclosing(node, cst.Assign)
    targets = [t.target for t in assigned.targets] if isinstance(assigned, cst.Assign) else []
    return any(UNIT_NAME.search(file.text(target)) for target in targets)
