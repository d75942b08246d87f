"""Which orders of a notebook's cells can change a result."""

from __future__ import annotations

import json

import pytest

from mldebt_lint.analyse import parse
from mldebt_lint.analysis.notebooks.execution import displaced_reads, executed_cells
from mldebt_lint.reading.options import ReadOptions
from mldebt_lint.reading.source import document_from_bytes
from mldebt_lint.registry import Registry

Cells = list[tuple[int, str]]


def displaced(cells: Cells, registry: Registry) -> list[tuple[int, str]]:
    """Return what the cells, given by counts and texts, would read from another state."""
    shown = [
        {"cell_type": "code", "execution_count": count, "source": text, "metadata": {}, "outputs": []}
        for count, text in cells
    ]
    raw = json.dumps({"cells": shown, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
    file = parse(document_from_bytes(raw, "a.ipynb", ReadOptions()), registry.library)
    return [(found.cell.count, found.what) for found in displaced_reads(file, executed_cells(file))]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([(1, "x = 1"), (3, "y = 2"), (2, "z = x")], []),
        ([(3, "x = 1"), (2, "z = x")], [(2, "x")]),
        ([(9, "import numpy as np"), (2, "z = np.ones(3)")], []),
        ([(1, "x = [1]"), (4, "x.append(2)"), (3, "z = sum(x)")], [(3, "x")]),
        ([(1, "x = [1]"), (4, "x.index(2)"), (3, "z = sum(x)")], []),
        ([(1, "df = load()"), (4, "df.drop('a', inplace=True)"), (3, "m = df.corr()")], [(3, "df")]),
        ([(1, "df = load()"), (4, "df.drop('a', inplace=False)"), (3, "m = df.corr()")], []),
        ([(1, "df = load()"), (4, "df['a'] = 0"), (3, "df.head()")], []),
        ([(5, "fig = plot()\nfig.show()"), (3, "fig = plot()\nfig.show()")], []),
        ([(5, "for i in range(3):\n    print(i)"), (3, "for i in range(4):\n    print(i)")], []),
        ([(1, "def f(m):\n    m.w = 1"), (2, "m = new()"), (5, "f(m)"), (4, "k = m.w")], [(4, "m")]),
        ([(1, "def f():\n    return n"), (5, "n = 1"), (4, "k = f()")], [(4, "n")]),
        ([(5, "df.to_csv('a.csv')"), (4, "k = pd.read_csv('./a.csv')")], [(4, "the file a.csv")]),
        ([(5, "df.to_csv('a.csv')"), (4, "k = pd.read_csv('b.csv')")], []),
        ([(5, "%%writefile a.py\nb = 1"), (4, "from a import b\nc = b")], [(4, "the file a.py")]),
        ([(1, "o = SGD(net.parameters())\nnet = N()"), (5, "o.step()"), (4, "k = net.w")], [(4, "net")]),
        (
            [
                (1, "import numpy as np\nnp.random.seed(1)"),
                (5, "a = np.random.rand()"),
                (4, "b = np.random.rand()"),
            ],
            [4, 5],
        ),
        ([(5, "a = np.random.rand()"), (4, "b = np.random.rand()")], []),
        ([(5, "!python prepare.py"), (4, "!python train.py")], [4, 5]),
        ([(5, "!pip install a"), (4, "!nvidia-smi")], []),
    ],
)
def test_what_is_read_from_another_state(
    cells: Cells, expected: list[tuple[int, str] | int], registry: Registry
) -> None:
    found = displaced(cells, registry)
    if all(isinstance(each, int) for each in expected):
        assert sorted(count for count, _ in found) == expected
    else:
        assert found == expected
