"""Values that go through the functions of other files."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

import pytest
from support import project_of, source_file

from mldebt_lint.analysis.exchange import Models, may_meet, store_of
from mldebt_lint.analysis.facts import module_fact
from mldebt_lint.analysis.flow import Happens, Read
from mldebt_lint.analysis.flow.facts import flow_facts
from mldebt_lint.analysis.flow.linking import ProjectFlow
from mldebt_lint.analysis.project import Project
from mldebt_lint.registry import Registry

PANDAS = "import pandas as pd\nfrom sklearn.linear_model import Ridge\n"


def project(registry: Registry, files: Mapping[str, str]) -> Project:
    parsed = [
        source_file(PANDAS + textwrap.dedent(text), registry.library, path) for path, text in files.items()
    ]
    facts = {file.path: flow_facts(file) for file in parsed}
    return project_of([module_fact(file) for file in parsed], facts, (), registry.library)


def trained_on(project: Project, path: str) -> list[str]:
    """The paths that the models of a file are fitted on."""
    events = project.once(ProjectFlow).events(path)
    fits = [event for event in events if event.kind is Happens.FIT]
    return [mark.path for event in fits for mark in event.value("X").of(Read) if isinstance(mark, Read)]


@pytest.mark.parametrize(
    ("helper", "main"),
    [
        ("def load():\n    return pd.read_csv('a.csv')", "from helper import load\nRidge().fit(load())"),
        (
            "def load():\n    return pd.read_csv('a.csv')",
            "import helper\nx = helper.load()\nRidge().fit(x.dropna())",
        ),
        (
            "def load():\n    return pd.read_csv('a.csv'), 1",
            "from helper import load\nx, y = load()\nRidge().fit(x)",
        ),
        (
            "def clean(x):\n    return x.dropna()",
            "from helper import clean\nRidge().fit(clean(pd.read_csv('a.csv')))",
        ),
        (
            "def train(x, m):\n    m.fit(x)",
            "from helper import train\ntrain(m=Ridge(), x=pd.read_csv('a.csv'))",
        ),
        (
            "def train(x):\n    return Ridge().fit(x)",
            "from helper import train\n\ndef main():\n    train(pd.read_csv('a.csv'))\n\nmain()",
        ),
    ],
)
def test_values_are_followed_through_another_file(registry: Registry, helper: str, main: str) -> None:
    assert "a.csv" in trained_on(project(registry, {"helper.py": helper, "main.py": main}), "main.py")


def test_values_are_followed_through_two_files(registry: Registry) -> None:
    files = {
        "a.py": "def load():\n    return pd.read_csv('a.csv')",
        "b.py": "from a import load\ndef clean():\n    return load().dropna()",
        "main.py": "from b import clean\nRidge().fit(clean())",
    }
    assert trained_on(project(registry, files), "main.py") == ["a.csv"]


def test_files_that_call_each_other_come_to_an_end(registry: Registry) -> None:
    files = {
        "a.py": "import b\ndef f(x):\n    return b.g(x)",
        "b.py": "import a\ndef g(x):\n    return a.f(x)",
        "main.py": "from a import f\nRidge().fit(f(pd.read_csv('a.csv')))",
    }
    assert trained_on(project(registry, files), "main.py") in ([], ["a.csv"])


def test_places_are_those_of_the_file_in_which_something_happens(registry: Registry) -> None:
    files = {
        "helper.py": "def train(x):\n    return Ridge().fit(x)",
        "main.py": "from helper import train\ntrain(pd.read_csv('a.csv'))",
    }
    flow = project(registry, files).once(ProjectFlow)
    (fit,) = [event for event in flow.events("main.py") if event.kind is Happens.FIT]
    where = flow.where(fit.at)
    assert where is not None
    assert (where.path, where.span.line) == ("helper.py", 4)
    assert [flow.path(at) for at in fit.via] == ["main.py"]


def test_a_model_has_one_name_where_it_is_saved_and_where_it_is_loaded(registry: Registry) -> None:
    files = {
        "train.py": "import joblib\nm = Ridge().fit(pd.read_csv('a.csv'))\njoblib.dump(m, './models/m.joblib')",
        "serve.py": "import joblib\nm = joblib.load('models/m.joblib')\nm.predict(x)",
    }
    models = Models(project(registry, files))
    (fit,) = models.of(Happens.FIT)
    (said,) = models.of(Happens.PREDICT)
    assert (
        models.name(fit.value("model").site)
        == models.name(said.value("model").site)
        == "artefact models/m.joblib"
    )


@pytest.mark.parametrize(
    ("path", "sql", "store"),
    [
        ("./data/a.csv", False, "data/a.csv"),
        ("data\\a.csv", False, "data/a.csv"),
        ("s3://bucket/a/", False, "s3://bucket/a"),
        ("SELECT id FROM users WHERE id > 3", False, "table users"),
        ("Users", True, "table users"),
        ("out.csv", False, ""),
        ("data/{}.csv", False, ""),
        ("../other/a.csv", False, ""),
        ("word", False, ""),
        ("", False, ""),
    ],
)
def test_what_a_literal_names(path: str, sql: bool, store: str) -> None:
    assert store_of(path, sql=sql) == store


@pytest.mark.parametrize(
    ("one", "other", "store", "meet"),
    [
        ("a.py", "b.py", "m.pkl", True),
        ("src/a.py", "b.py", "models/m.pkl", True),
        ("src/a.py", "b.py", "m.pkl", False),
        ("src/x/a.py", "src/y/b.py", "models/m.pkl", True),
        ("src/x/a.py", "src/y/b.py", "m.pkl", False),
        ("one/x/a.py", "two/y/b.py", "models/m.pkl", False),
        ("one/x/a.py", "two/y/b.py", "s3://b/m.pkl", True),
    ],
)
def test_where_two_files_may_mean_the_same(one: str, other: str, store: str, meet: bool) -> None:
    assert may_meet(one, other, store) == meet
