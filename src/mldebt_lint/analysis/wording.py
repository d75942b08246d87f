"""What the words of a name say about the thing it names."""

from __future__ import annotations

import re

HELD_OUT = re.compile(
    r"(?i)(?<!la)(?<!con)(?<!at)test|(?:^|_)[xy]?_?(?:val|valid|validation|eval|evaluation|dev|hold_?out)(?:\d*$|_)"
)


def is_held_out(name: str) -> bool:
    """Whether a name says that its rows are for validation or testing."""
    return HELD_OUT.search(name) is not None


TRUTH = re.compile(
    r"(?i)^(?:y|ys|labels?|targets?|truths?|actuals?|expected|gt|ground_?truths?|(?:all|true|real|test|val)_?(?:y|labels?|targets?)"
    r"|(?:y|labels?|targets?)_?(?:true|test|val|valid|validation|dev|eval|train|tr|te|holdout|actual|real|gt|all|list|\d)+)s?$"
)
SAID = re.compile(r"(?i)pred|prob|hat(?:$|_)|score|output|logit|forecast|estimated|guess")


def names_truth(name: str) -> bool:
    """Whether a name says that it holds what really was."""
    return TRUTH.match(name) is not None and not SAID.search(name)


def names_prediction(name: str) -> bool:
    """Whether a name says that it holds what a model said."""
    return SAID.search(name) is not None and not TRUTH.match(name)
