"""What a loop gives at each of its steps."""

from __future__ import annotations

from dataclasses import replace

from mldebt_lint.analysis.flow.model import NOTHING, Value, join, made_of


def element_of(found: Value) -> Value:
    """Return what a loop over a value gives at each step; of several instances it may be any."""
    if found.each:
        return replace(found, each=False)
    if found.parts and not found.rows:
        return any_of(found.parts)
    one = replace(made_of([found]), rows=frozenset(), score=found.score)
    return one if found is not NOTHING else NOTHING


def any_of(parts: tuple[Value, ...]) -> Value:
    """Return what is known of one of several values, side by side where they are tuples."""
    widths = {0 if part.type or part.rows else len(part.parts) for part in parts}
    if len(parts) > 1 and len(widths) == 1 and widths != {0}:
        return Value(parts=tuple(map(any_of, zip(*(part.parts for part in parts), strict=True))))
    joined = NOTHING
    for part in parts:
        joined = join(joined, part)
    if all(part.type for part in parts) and not joined.type:
        return replace(joined, parts=parts)
    return joined
