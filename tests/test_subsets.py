"""What training learns from, walked back to the cuts that were made on the way."""

from __future__ import annotations

import pytest
from support import source_file

from mldebt_lint.analysis.origins import Origins
from mldebt_lint.analysis.prototype.subsets import Subsets
from mldebt_lint.analysis.prototype.training import trainings
from mldebt_lint.analysis.wording import is_held_out
from mldebt_lint.registry import Registry

SUBSET = "import torch\nfrom torch.utils.data import Subset\n"


def cuts(text: str, registry: Registry) -> list[str]:
    """Return the cuts on the way to every training, nearest first."""
    file = source_file(text, registry.library)
    subsets, origins = Subsets(file), Origins(file)
    nodes = [n for t in trainings(file) for d in t.data for n in origins.walk(d)]
    return [found.amount for found in map(subsets.of, dict.fromkeys(nodes)) if found is not None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("m.fit(x[:100], y)", ["the first 100 rows"]),
        ("m.fit(df.iloc[0:100], y)", ["the first 100 rows"]),
        ("m.fit(df.head(), y)", ["the first 5 rows"]),
        ("m.fit(df.sample(n=50), y)", ["50 sampled rows"]),
        ("m.fit(df.sample(frac=0.1), y)", ["sampled rows (frac=0.1)"]),
        ("m.fit(ds.take(10))", ["the first 10 rows"]),
        ("from itertools import islice\nm.fit(list(islice(rows, 20)), y)", ["the first 20 rows"]),
        ("m.fit(load('a', split='train[:5%]'))", ["the rows of 'train[:5%]'"]),
        ("def f():\n    return x[:7], z\na, b = f()\nm.fit(a, y)", ["the first 7 rows"]),
        ("def f():\n    return x[:7], z\na, b = f()\nm.fit(b, y)", []),
        ("class D:\n    def __init__(self, x):\n        self.x = x[:9]\nm.fit(D(q))", ["the first 9 rows"]),
        ("class D:\n    def __init__(self, x):\n        self.val = x[:9]\nm.fit(D(q))", []),
        ("def train(x):\n    m.fit(x, y)\ntrain(data[:8])", ["the first 8 rows"]),
        ("d = {'train': x[:5], 'test': x[:6]}\nm.fit(d['train'], y)", ["the first 5 rows"]),
        (f"{SUBSET}a = range(900)\nm.fit(Subset(x, a))", ["the first 900 rows"]),
        ("d['train'] = d['train'].select(range(5))\nm.fit(d['train'], y)", ["the first 5 rows"]),
    ],
)
def test_cuts_on_the_way_to_training_are_found(text: str, expected: list[str], registry: Registry) -> None:
    assert cuts(text, registry) == expected


@pytest.mark.parametrize(
    "text",
    [
        "m.fit(x[:, :10], y)",
        f"{SUBSET}a, b = torch.arange(0, 900), torch.arange(900, 999)\nm.fit(Subset(x, a))\nv = Subset(x, b)",
        f"{SUBSET}a = range(900)\nb = range(900, 1000)\nm.fit(Subset(x, a))\nv = Subset(x, b)",
        "m.fit(x[:n], y)",
        "m.fit(x[:-100], y)",
        "m.fit(x[100:], y)",
        "m.fit(x[:100], y)\nm.score(x[100:], z)",
        "m.fit(df.sample(frac=1.0), y)",
        "m.fit(df.sample(frac=0.8), y)",
        "m.fit(df[df.y == 0].sample(n=50), y)",
        "m.fit(load('a', split='train[:80%]'))",
        "a = load('a', split='train[:5%]')\nb = load('a', split='train[5%:]')\nm.fit(a)",
        "m.fit(df[columns[:3]], y)",
        "m.fit(x, validation_data=x[:10])",
        "m.fit(x, small_test[:10])\nprint(x[:5])",
        "scaler.fit(x[:10])",
        "encoder.fit_transform(x[:10])",
        "m.partial_fit(x[:10], y[:10])",
        "m.fit(x.shape[:2], y)",
    ],
)
def test_splits_columns_and_validation_data_are_no_cuts(text: str, registry: Registry) -> None:
    assert cuts(text, registry) == []


@pytest.mark.parametrize("name", ["X_test", "smalltest", "val_df", "x_val", "eval_dataset", "dev", "y_valid"])
def test_held_out_names_are_known(name: str) -> None:
    assert is_held_out(name)


@pytest.mark.parametrize("name", ["latest", "values", "interval", "device", "contest", "train"])
def test_other_names_are_not_taken_for_held_out(name: str) -> None:
    assert not is_held_out(name)
