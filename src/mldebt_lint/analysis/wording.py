"""What the words of a name say about the thing it names."""

from __future__ import annotations

import re

HELD_OUT = re.compile(
    r"(?i)(?<!la)(?<!con)(?<!at)test|(?:^|_)[xy]?_?(?:val|valid|validation|eval|evaluation|dev|hold_?out)(?:\d*$|_)"
)


def is_held_out(name: str) -> bool:
    """Whether a name says that its rows are for validation or testing."""
    return HELD_OUT.search(name) is not None
