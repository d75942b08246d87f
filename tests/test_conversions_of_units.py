"""Numbers that convert a unit or a range correct nothing."""

from __future__ import annotations

import libcst as cst
import pytest
from support import source_file

from mldebt_lint.analysis.erosion.conversions import converts, is_neutral
from mldebt_lint.registry import Registry


@pytest.mark.parametrize("number", [0, 1, -1, 0.5, 2, 100, 255, 1e-9, float("-inf"), -1e9])
def test_what_is_added_may_be_a_bound_or_a_mask(number: float) -> None:
    assert is_neutral(number)


@pytest.mark.parametrize("number", [3, 0.97, -12.5, 15000])
def test_another_number_corrects(number: float) -> None:
    assert not is_neutral(number)


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("a = p * 1000", 1000),
        ("a = p * 2.2046", 2.2046),
        ("price_usd = p * 1.09", 1.09),
        ('df["hours"] = p * 8', 8),
    ],
)
def test_a_factor_of_a_unit_converts(statement: str, number: float, registry: Registry) -> None:
    file = source_file(statement, registry.library)
    assert converts(file, file.index.of(cst.BinaryOperation)[0], number)


def test_any_other_factor_corrects(registry: Registry) -> None:
    file = source_file("price = p * 1.09", registry.library)
    assert not converts(file, file.index.of(cst.BinaryOperation)[0], 1.09)
