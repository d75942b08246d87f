"""What the words of a name say that a number measures."""

from __future__ import annotations

import pytest
from support import source_file

from mldebt_lint.analysis.plain_data.quantities import Quantity, quantity_of, raw_floats
from mldebt_lint.registry import Registry


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("threshold", Quantity.THRESHOLD),
        ("decisionCutoff", Quantity.THRESHOLD),
        ("CHURN_PROBABILITY", Quantity.PROBABILITY),
        ("log_odds", Quantity.LOG_ODDS),
        ("y_logit", Quantity.LOG_ODDS),
        ("avg_logprob", Quantity.LOG_LIKELIHOOD),
        ("log_likelihood", Quantity.LOG_LIKELIHOOD),
        ("logprob_threshold", Quantity.LOG_LIKELIHOOD_THRESHOLD),
        ("prob_thresh", Quantity.PROBABILITY_THRESHOLD),
        ("timeout_seconds", Quantity.SECONDS),
        ("cost_usd", Quantity.DOLLARS),
        ("tokens_per_second", Quantity.RATE),
        ("iterate", None),
        ("learning_rate", None),
        ("problem", None),
        ("drop_prob", None),
        ("second", None),
        ("prob_logit", None),
    ],
)
def test_whole_words_decide(name: str, expected: Quantity | None) -> None:
    assert quantity_of(name) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def f(threshold: float): ...", ["threshold"]),
        ("def f(*, threshold=0.5): ...", ["threshold"]),
        ("from typing import Optional\ndef f(threshold: Optional[float] = None): ...", ["threshold"]),
        ("def f(threshold: float | None): ...", ["threshold"]),
        ("def probability(x) -> float: ...", ["probability"]),
        ("class C:\n    threshold: float", ["threshold"]),
        ("class C:\n    def __init__(self):\n        self.threshold = -0.5", ["threshold"]),
        ("THRESHOLD = 0.5", ["THRESHOLD"]),
        ("def f(threshold: int): ...", []),
        ("def f(threshold=1): ...", []),
        ("def f():\n    threshold = 0.5", []),
        ("def f(threshold: 'Probability'): ...", []),
        ("from x import float\ndef f(threshold: float): ...", []),
    ],
)
def test_bare_floats_are_told_by_annotation_or_default(
    text: str, expected: list[str], registry: Registry
) -> None:
    assert [found.name for found in raw_floats(source_file(text, registry.library))] == expected
