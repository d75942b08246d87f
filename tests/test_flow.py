"""What the flow knows of values: each test asks about the argument of the last `probe(…)`."""

from __future__ import annotations

import json
import textwrap

import libcst as cst
import pytest
from support import source_file

from mldebt_lint.analyse import parse
from mldebt_lint.analysis.flow import Flow, Happens, Learnt, Part, Read, Score, Value, flow, holds
from mldebt_lint.analysis.library import Library
from mldebt_lint.reading.options import ReadOptions
from mldebt_lint.reading.source import document_from_bytes
from mldebt_lint.registry import Registry

IMPORTS = """
import os
from pathlib import Path
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression, LinearRegression
from sklearn.model_selection import KFold, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
"""


@pytest.fixture
def library(registry: Registry) -> Library:
    return registry.library


def known(library: Library, text: str) -> Value:
    """What is known of the argument of the last call of `probe`."""
    file = source_file(IMPORTS + textwrap.dedent(text), library, "a.py")
    found = file.once(flow)
    probe = [c for c in file.calls if isinstance(c.func, cst.Name) and c.func.value == "probe"][-1]
    return found.value(probe.args[0].value)


def flow_of(library: Library, text: str) -> Flow:
    return source_file(IMPORTS + textwrap.dedent(text), library, "a.py").once(flow)


def paths(value: Value) -> list[str]:
    return [mark.path for mark in value.of(Read) if isinstance(mark, Read)]


def learners(value: Value) -> list[str]:
    return [mark.by.rpartition(".")[2] for mark in value.of(Learnt) if isinstance(mark, Learnt)]


# -- paths ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "expression",
    [
        "'data/a.csv'",
        "Path('data') / 'a.csv'",
        "os.path.join('data', 'a.csv')",
        "f'{FOLDER}/a.csv'",
        "FOLDER + '/a.csv'",
        "open('data/a.csv')",
    ],
)
def test_a_frame_knows_the_path_that_it_was_read_from(library: Library, expression: str) -> None:
    found = known(library, f"FOLDER = 'data'\nprobe(pd.read_csv({expression}))")
    assert paths(found) == ["data/a.csv"]


def test_a_file_handle_knows_its_path(library: Library) -> None:
    found = known(library, "with open('a.csv') as handle:\n    df = pd.read_csv(handle)\nprobe(df)")
    assert paths(found) == ["a.csv"]


# -- names ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "x = pd.read_csv('a.csv')\nx = pd.read_csv('b.csv')\nprobe(x)",
        "x, y = pd.read_csv('b.csv'), 1\nprobe(x)",
        "x = y = pd.read_csv('b.csv')\nprobe(y)",
        "x: pd.DataFrame = pd.read_csv('b.csv')\nprobe(x)",
        "if (x := pd.read_csv('b.csv')) is not None:\n    probe(x)",
        "class A: pass\na = A()\na.frame = pd.read_csv('b.csv')\nprobe(a.frame)",
        "cfg = {}\ncfg['a']['b'] = pd.read_csv('b.csv')\nprobe(cfg['a']['b'])",
        "x = [pd.read_csv('b.csv')]\nprobe(x[0])",
        "(x, _), z = (pd.read_csv('b.csv'), 1), 2\nprobe(x)",
        "for x in [pd.read_csv('b.csv')]:\n    probe(x)",
        "x = [f.fillna(0) for f in [pd.read_csv('b.csv')]]\nprobe(x)",
        "x = pd.read_csv('b.csv')\nx += 1\nprobe(x)",
        "x = pd.read_csv('b.csv').dropna().reset_index(drop=True).astype(float)\nprobe(x)",
        "def load():\n    return pd.read_csv('b.csv')\nprobe(load())",
        "def load(path):\n    return pd.read_csv('b.csv'), 1\nx, _ = load('c')\nprobe(x)",
        "def same(x):\n    return x\nprobe(same(pd.read_csv('b.csv')))",
        "class Data:\n    def __init__(self):\n        self.x = pd.read_csv('b.csv')\n    def get(self):\n        probe(self.x)",
        "try:\n    x = pd.read_csv('b.csv')\nexcept OSError:\n    raise\nprobe(x)",
        "x = pd.read_csv('a.csv')\nif not x:\n    exit()\nx = pd.read_csv('b.csv')\nprobe(x)",
    ],
)
def test_values_go_where_the_code_puts_them(library: Library, text: str) -> None:
    assert paths(known(library, text)) == ["b.csv"]


@pytest.mark.parametrize(
    "text",
    [
        "if flag:\n    x = pd.read_csv('a.csv')\nelse:\n    x = pd.read_csv('b.csv')\nprobe(x)",
        "x = pd.read_csv('a.csv')\nfor _ in range(3):\n    probe(x)\n    x = pd.read_csv('b.csv')",
        "x = pd.read_csv('a.csv')\ntry:\n    x = pd.read_csv('b.csv')\nexcept OSError:\n    pass\nprobe(x)",
        "x = pd.read_csv('a.csv') if flag else pd.read_csv('b.csv')\nprobe(x)",
        "x = pd.concat([pd.read_csv('a.csv'), pd.read_csv('b.csv')])\nprobe(x)",
        "match flag:\n    case 1:\n        x = pd.read_csv('a.csv')\n    case _:\n        x = pd.read_csv('b.csv')\nprobe(x)",
    ],
)
def test_branches_and_loops_join(library: Library, text: str) -> None:
    assert paths(known(library, text)) == ["a.csv", "b.csv"]


def test_a_branch_that_leaves_does_not_join(library: Library) -> None:
    text = """
    def load(flag):
        x = pd.read_csv("a.csv")
        if flag:
            x = pd.read_csv("b.csv")
            return x
        probe(x)
    """
    assert paths(known(library, text)) == ["a.csv"]


@pytest.mark.parametrize("text", ["x = 1\nprobe(x)", "x = pd.read_csv('a.csv')\ndel x\nprobe(x)"])
def test_unknown_stays_unknown(library: Library, text: str) -> None:
    assert known(library, text) == Value()


def test_a_name_that_is_never_bound_is_one_unknown_thing(library: Library) -> None:
    found = known(library, "other = unheard\nprobe(unheard)")
    assert found.given >= 0
    assert found == known(library, "other = unheard\nprobe(other)")


# -- columns --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("x = df", True),
        ("x = df.drop(columns=['y'])", False),
        ("x = df.drop('y', axis=1)", False),
        ("df.drop('y', axis=1, inplace=True)\nx = df", False),
        ("df.drop('y', axis=1)\nx = df", True),
        ("t = df.pop('y')\nx = df", False),
        ("del df['y']\nx = df", False),
        ("x = df[['a', 'b']]", False),
        ("x = df[['a', 'y']]", True),
        ("x = df.drop(columns=['y'])\nx['y'] = 0", True),
        ("x = df.drop(columns=names)", False),
        ("x = df[names]", False),
        ("x = df.iloc[:, :-1]", False),
        ("x = df.loc[:, ['y', 'a']]", True),
        ("if flag:\n    df = df.drop(columns=['y'])\nx = df", False),
        ("x = df.fillna(0).values", True),
        ("FEATURES = ['a', 'b']\nx = df[FEATURES]", False),
    ],
)
def test_a_frame_knows_whether_it_certainly_holds_a_column(library: Library, text: str, held: bool) -> None:
    found = known(library, f"df = pd.read_csv('a.csv')\n{text}\nprobe(x)")
    assert (found.frame is not None and found.frame.may_hold("y")) == held


def test_a_column_knows_its_frame(library: Library) -> None:
    frame = known(library, "df = pd.read_csv('a.csv')\nprobe(df)").frame
    for column in ("df['y']", "df.y", "df.loc[:, 'y']", "df.pop('y')"):
        found = known(library, f"df = pd.read_csv('a.csv')\nprobe({column})").column
        assert found is not None
        assert frame is not None
        assert (found.name, found.frame) == ("y", frame.base), column


# -- rows -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("a, b = train_test_split(df)\nprobe(a)", Part.TRAIN),
        ("a, b = train_test_split(df)\nprobe(b)", Part.TEST),
        ("a, b, c, d = train_test_split(df, df['y'])\nprobe(d)", Part.TEST),
        ("s = train_test_split(df)\nprobe(s[1])", Part.TEST),
        ("a, b = df[:100], df[100:]\nprobe(b)", Part.TEST),
        ("a = df.iloc[:n]\nb = df.iloc[n:]\nprobe(a)", Part.TRAIN),
        ("for i, j in KFold(5).split(df):\n    probe(df.iloc[j])", Part.TEST),
        ("folds = KFold(5)\nfor k, (i, j) in enumerate(folds.split(df)):\n    probe(df.iloc[i])", Part.TRAIN),
        ("def halves(frame):\n    return train_test_split(frame)\na, b = halves(df)\nprobe(b)", Part.TEST),
    ],
)
def test_rows_know_their_side_of_a_split(library: Library, text: str, part: Part) -> None:
    found = known(library, f"df = pd.read_csv('a.csv')\nn = 100\n{text}")
    assert found.parts_of_split == {part}


def test_the_rows_of_a_side_are_among_those_that_were_split(library: Library) -> None:
    start = "df = pd.read_csv('a.csv')\na, b = train_test_split(df.dropna())\n"
    whole, side = known(library, f"{start}probe(df)"), known(library, f"{start}probe(b)")
    assert holds(whole.rows, side.rows)
    assert not holds(side.rows, whole.rows)
    assert not holds(known(library, f"{start}probe(a)").rows, side.rows)


# -- learning -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "x = StandardScaler().fit_transform(df)",
        "s = StandardScaler()\nx = s.fit_transform(df)",
        "s = StandardScaler().fit(df)\nx = s.transform(df)",
        "s = StandardScaler()\ns.fit(df)\nx = s.transform(df)",
        "s = make_pipeline(StandardScaler())\ns.fit(df)\nx = s.transform(df)",
        "def scale(f):\n    return StandardScaler().fit_transform(f)\nx = scale(df)",
        "def fit(s, f):\n    s.fit(f)\ns = StandardScaler()\nfit(s, df)\nx = s.transform(df)",
        "class P:\n    def __init__(self):\n        self.s = StandardScaler()\n    def run(self, f):\n        return self.s.fit_transform(f)\nx = P().run(df)",
        "x = (df - df.mean()) / df.std()",
        "x = df.fillna(df.median())",
        "df['age'] = df['age'].fillna(df['age'].mean())\nx = df",
    ],
)
def test_what_is_learnt_from_all_rows_goes_into_what_comes_out(library: Library, text: str) -> None:
    found = known(library, f"df = pd.read_csv('a.csv')\n{text}\nprobe(x)")
    whole = known(library, "df = pd.read_csv('a.csv')\nprobe(df)")
    assert found.learnt
    assert all([step for _, step in rows] == ["read"] for mark in found.learnt for rows in mark.rows)
    assert whole.rows


def test_what_was_learnt_before_is_forgotten_when_an_instance_is_fitted_again(library: Library) -> None:
    text = """
    df = pd.read_csv("a.csv")
    a, b = train_test_split(df)
    s = StandardScaler()
    s.fit(df)
    s.fit(a)
    probe(s.transform(b))
    """
    (mark,) = known(library, text).learnt
    assert [step for rows in mark.rows for _, step in rows] == ["read", "train"]


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("m = LogisticRegression().fit(df, y)\nprobe(m.predict(df))", Score.LABEL),
        ("m = LogisticRegression().fit(df, y)\nprobe(m.predict_proba(df)[:, 1])", Score.PROBABILITY),
        ("m = LogisticRegression().fit(df, y)\nprobe(1 - m.predict_proba(df)[:, 1])", Score.PROBABILITY),
        ("m = LogisticRegression().fit(df, y)\nprobe(m.decision_function(df))", Score.LOGIT),
        ("m = LinearRegression().fit(df, y)\nprobe(m.predict(df))", Score.VALUE),
        (
            "class M:\n    def __init__(self):\n        self.m = LogisticRegression()\n    def p(self, f):\n        return self.m.predict_proba(f)\nprobe(M().p(df))",
            Score.PROBABILITY,
        ),
    ],
)
def test_a_prediction_knows_what_it_is(library: Library, text: str, score: Score) -> None:
    found = known(library, f"df = pd.read_csv('a.csv')\ny = df.pop('y')\n{text}")
    assert found.score is not None
    assert found.score.score is score


def test_what_is_computed_with_a_prediction_is_made_of_it(library: Library) -> None:
    found = known(library, "m = LinearRegression()\np = m.predict(x) + offset(x)\nprobe(p)")
    assert len(found.predictions) == 1


# -- events ---------------------------------------------------------------------------------------------------


def test_what_happens_in_a_helper_happens_at_each_call_with_what_is_passed(library: Library) -> None:
    text = """
    def train(model, x):
        model.fit(x)
    train(LinearRegression(), pd.read_csv("a.csv"))
    train(LogisticRegression(), pd.read_csv("b.csv"))
    """
    fits = [event for event in flow_of(library, text).of(Happens.FIT) if event.via]
    assert [(event.value("model").type.rpartition(".")[2], paths(event.value("X"))) for event in fits] == [
        ("LinearRegression", ["a.csv"]),
        ("LogisticRegression", ["b.csv"]),
    ]


def test_functions_that_call_each_other_come_to_an_end(library: Library) -> None:
    text = "def a(x):\n    return b(x)\ndef b(x):\n    return a(x) or x\nprobe(a(pd.read_csv('a.csv')))"
    assert paths(known(library, text)) in ([], ["a.csv"])


def test_the_cells_of_a_notebook_are_one_scope(library: Library) -> None:
    sources = ["import pandas as pd\ndf = pd.read_csv('a.csv')", "df = df.dropna()", "probe(df)"]
    cells = [
        {"cell_type": "code", "source": text, "metadata": {}, "outputs": [], "execution_count": None}
        for text in sources
    ]
    raw = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
    file = parse(document_from_bytes(raw, "a.ipynb", ReadOptions()), library)
    assert paths(file.once(flow).value(file.calls[-1].args[0].value)) == ["a.csv"]
