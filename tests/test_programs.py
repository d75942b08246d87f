"""Which files are programs: what a file's top level does."""

from __future__ import annotations

import pytest
from support import source_file

from mldebt_lint.analysis.facts import module_fact
from mldebt_lint.registry import Registry


@pytest.mark.parametrize(
    ("text", "acts"),
    [
        ("print(1)", True),
        ("for x in y:\n    pass", True),
        ("def prepare():\n    return 1\nrows = prepare()", True),
        ("import pandas as pd\nrows = pd.read_csv('x.csv')", True),
        ("from sklearn.model_selection import train_test_split\na, b = train_test_split(rows)", True),
        ("model.fit(X, y)\n", True),
        ("fitted = model.fit(X, y)\n", True),
        ("import logging\nlogger = logging.getLogger(__name__)", False),
        ("from pathlib import Path\nROOT = Path('data')", False),
        ("class Config:\n    pass\nconfig = Config()", False),
        ("def prepare():\n    rows = read()\n    print(rows)", False),
    ],
)
def test_a_top_level_acts_when_it_runs_reads_draws_or_fits(text: str, acts: bool, registry: Registry) -> None:
    assert module_fact(source_file(text, registry.library)).acts is acts
