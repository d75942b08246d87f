"""What becomes of a prediction in expressions: the same score, a decision, or something else."""

from __future__ import annotations

import libcst as cst
import pytest
from support import source_file

from mldebt_lint.analysis.flow import Score, flow
from mldebt_lint.registry import Registry

HEAD = """\
import numpy as np
import pandas as pd
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

model = LogisticRegression().fit(X, y)
p = model.predict_proba(X)[:, 1]
frame = pd.read_csv("a.csv")
frame["p"] = p
"""


def score_of(expression: str, registry: Registry, before: str = "") -> Score | None:
    file = source_file(f"{HEAD}{before}\nfound = {expression}\n", registry.library)
    node = file.index.of(cst.Assign)[-1].value
    score = file.once(flow).value(node).score
    return score.score if score is not None else None


@pytest.mark.parametrize(
    "expression",
    [
        "p[0]",
        "float(p[3])",
        "np.array(p).reshape(-1, 1).ravel()",
        "list(p)",
        "1 - p",
        "p * 1.1",
        "np.max(p)",
        "[q for q in p]",
        "pd.Series(p)",
        "torch.tensor(p).cpu().numpy()",
        "frame.p",
        'frame["p"].values',
        'frame[frame["age"] > 3]["p"]',
        'frame.loc[frame.age > 3, "p"]',
    ],
)
def test_a_score_in_another_shape_stays_one(expression: str, registry: Registry) -> None:
    assert score_of(expression, registry) is Score.PROBABILITY


@pytest.mark.parametrize(
    "expression",
    [
        "p > 0.5",
        "(p >= 0.3).astype(int)",
        "np.where(p > 0.3, 1, 0)",
        "[1 if q > 0.3 else 0 for q in p]",
        "np.round(p)",
        "p.round()",
        "np.argmax(model.predict_proba(X), axis=1)",
        "np.greater(p, 0.4)",
        "pd.Series(p).map(lambda q: q > 0.6)",
        "model.predict(X)",
        "make_pipeline(scaler, SVC()).fit(X, y).predict(X)",
    ],
)
def test_a_decision_makes_labels(expression: str, registry: Registry) -> None:
    assert score_of(expression, registry) is Score.LABEL


@pytest.mark.parametrize(
    "expression",
    ["p == y", "p.mean()", "np.mean(p)", "len(p)", 'frame["age"]', "p - q", "np.round(y)"],
)
def test_what_is_computed_from_a_score_is_none(expression: str, registry: Registry) -> None:
    assert score_of(expression, registry) is None


def test_a_list_to_which_scores_are_appended_is_scores(registry: Registry) -> None:
    before = "said = []\nfor row in rows:\n    said.append(model.predict_proba([row])[0][1])\n"
    assert score_of("np.array(said)", registry, before) is Score.PROBABILITY


def test_a_loop_over_classifiers_predicts_labels(registry: Registry) -> None:
    before = 'for name, one in {"a": SVC(), "b": LogisticRegression()}.items():\n    said = one.predict(X)\n'
    assert score_of("said", registry, before) is Score.LABEL


def test_the_greatest_score_comes_with_its_label(registry: Registry) -> None:
    before = "best, label = torch.softmax(net(x), dim=1).max(dim=1)\n"
    assert [score_of(name, registry, before) for name in ("best", "label")] == [
        Score.PROBABILITY,
        Score.LABEL,
    ]


def test_a_round_to_digits_decides_nothing(registry: Registry) -> None:
    assert score_of("np.round(p, 2)", registry) is Score.PROBABILITY


@pytest.mark.parametrize(
    "before",
    [
        'table = pd.DataFrame({"age": ages, "p": p})\n',
        "table = frame.assign(p=p)\n",
        'frame.insert(0, "p", p)\ntable = frame\n',
        'table = frame[["age", "p"]]\n',
    ],
)
def test_the_column_of_a_score_is_known(before: str, registry: Registry) -> None:
    assert [score_of(f'table["{name}"]', registry, before) for name in ("p", "age")] == [
        Score.PROBABILITY,
        None,
    ]


def test_a_column_that_is_given_something_else_is_no_score(registry: Registry) -> None:
    assert score_of('frame["p"]', registry, 'frame["p"] = frame["age"]\n') is None


def test_a_function_on_one_line_returns_its_score(registry: Registry) -> None:
    before = "def risk(x): return model.predict_proba(x)[0, 1]\n"
    assert score_of("risk(X)", registry, before) is Score.PROBABILITY


def test_an_entry_of_what_a_network_gives_may_be_its_scores(registry: Registry) -> None:
    before = "out = net(images)[0]\n"
    found = [score_of(f'out["{name}"]', registry, before) for name in ("scores", "boxes")]
    assert found == [Score.PROBABILITY, None]
