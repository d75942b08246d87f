"""Constant folding, and where it refuses to guess."""

from __future__ import annotations

import libcst as cst
import pytest
from support import source_file

from mldebt_lint.registry import Registry
from mldebt_lint.rule import UNKNOWN


def fold(text: str, registry: Registry) -> object:
    """Return the folded value of the last assignment."""
    file = source_file(text, registry.library)
    return file.constant(file.index.of(cst.Assign)[-1].value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = 1", 1),
        ("x = -1.5", -1.5),
        ("x = 'a' 'b'", "ab"),
        ("x = None", None),
        ("x = not True", False),
        ("x = 2 * 3 + 1", 7),
        ("x = 1 / 0", UNKNOWN),
        ("x = 10 ** 400", UNKNOWN),
        ("a = 'data'\nx = a + '/train.csv'", "data/train.csv"),
        ("a = 'data'\nx = f'{a}/train.csv'", "data/train.csv"),
        ("import os\nx = os.path.join('a', 'b', 'c.csv')", "a/b/c.csv"),
        ("from pathlib import Path\nROOT = Path('a')\nx = ROOT / 'b'", "a/b"),
        ("x = (1, 'a')", (1, "a")),
        ("x = [1, 2]", [1, 2]),
        ("x = {'a': 1}", {"a": 1}),
        ("x = f()", UNKNOWN),
        ("a = 1\na = f()\nx = a", UNKNOWN),
        ("a = 1\nif c:\n    a = 2\nx = a", UNKNOWN),
        ("a = 1\na = 2\nx = a", 2),
        ("a = 1\nfor i in y:\n    x = a\n    a = 2\nx = x", UNKNOWN),
        ("def f(a=1):\n    x = a", UNKNOWN),
        ("x = f'{a!r}'", UNKNOWN),
        ("x = int('7')", 7),
    ],
)
def test_folding(text: str, expected: object, registry: Registry) -> None:
    assert fold(text, registry) == expected


def test_a_sum_of_900_terms_folds_or_is_unknown_but_never_raises(registry: Registry) -> None:
    assert fold("x = " + " + ".join(["1"] * 900), registry) in (900, UNKNOWN)
