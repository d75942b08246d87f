"""Settings: what names and literals mean, which modules are one application, and where a file is configured."""

from __future__ import annotations

from collections.abc import Mapping

import libcst as cst
import pytest
from support import project_of, source_file

from mldebt_lint.analysis.facts import module_fact, vocabulary
from mldebt_lint.analysis.project import Project
from mldebt_lint.analysis.settings import applications, collect, executed, mechanism, places
from mldebt_lint.analysis.settings.conflicts import normal_value
from mldebt_lint.analysis.settings.literals import setting_value
from mldebt_lint.analysis.settings.names import Form, concept_of, stage_of
from mldebt_lint.reading.companion import Companion, CompanionKind
from mldebt_lint.registry import Registry


@pytest.mark.parametrize(
    ("name", "concept", "stage"),
    [
        ("LR", "learning_rate", ""),
        ("learningRate", "learning_rate", ""),
        ("TRAIN_BATCH_SIZE", "batch_size", "train"),
        ("val_batch_size", "batch_size", "validate"),
        ("per_device_eval_batch_size", "batch_size", "validate"),
        ("DEFAULT_SEED", "seed", ""),
        ("test_size", "test_size", ""),
    ],
)
def test_a_hyperparameter_is_known_under_its_many_names(name: str, concept: str, stage: str) -> None:
    known = concept_of(name)
    assert known is not None
    assert (known[0].name, known[1]) == (concept, stage)


@pytest.mark.parametrize("name", ["learning", "batch_index", "clip", "rate", "model"])
def test_other_names_are_no_hyperparameter(name: str) -> None:
    assert concept_of(name) is None


@pytest.mark.parametrize(
    ("name", "stage"), [("train_model", "train"), ("evaluate", "validate"), ("train_test", ""), ("model", "")]
)
def test_a_name_that_speaks_of_one_stage_tells_it(name: str, stage: str) -> None:
    assert stage_of(name) == stage


@pytest.mark.parametrize(
    ("code", "form", "text"),
    [
        ("1e-3", Form.NUMBER, "0.001"),
        ("64 * 2", Form.NUMBER, "128"),
        ("0", Form.NUMBER, None),
        ("(224, 224)", Form.SIZE, "(224, 224)"),
        ("[0.1, 0.01]", Form.NUMBER, None),
        ("['cat', 'dog']", Form.LIST, "('cat', 'dog')"),
        ("compute()", Form.NUMBER, None),
        ("'bert'", Form.TEXT, "'bert'"),
    ],
)
def test_a_literal_is_a_setting_in_its_form_only(code: str, form: Form, text: str | None) -> None:
    assert setting_value(cst.parse_expression(code), form) == text


@pytest.mark.parametrize(
    ("one", "other"), [("224", "(224, 224)"), ("(224, 224, 3)", "224"), ("(32, 64)", "(32, 64)")]
)
def test_sizes_that_say_the_same_have_one_value(one: str, other: str) -> None:
    assert normal_value(one) == normal_value(other)


def _project(registry: Registry, sources: Mapping[str, str], *companions: Companion) -> Project:
    files = [source_file(text, registry.library, path) for path, text in sources.items()]
    words = {file.path: [vocabulary(file)] for file in files}
    return project_of([module_fact(file) for file in files], words, companions, registry.library)


def test_an_import_from_a_package_joins_only_the_module_that_defines_the_name(registry: Registry) -> None:
    sources = {
        "train.py": "from lib import fit\nfit()\n",
        "lib/__init__.py": "from lib.fitting import fit\nfrom lib.plots import plot\n",
        "lib/fitting.py": "def fit():\n    pass\n",
        "lib/plots.py": "def plot():\n    pass\n",
    }
    assert [app.files for app in applications(_project(registry, sources))] == [
        ("train.py", "lib/fitting.py")
    ]


STAGES = {
    "train.py": "from common import load\nload()\n",
    "evaluate.py": "from common import load\nload()\n",
    "common.py": "def load():\n    pass\n",
}


def test_stages_that_share_a_module_are_one_application(registry: Registry) -> None:
    found = applications(_project(registry, STAGES))
    assert found[0].files == ("train.py", "common.py", "evaluate.py")


def test_several_trainers_that_share_a_module_are_alternatives(registry: Registry) -> None:
    sources = {**STAGES, "train_big.py": STAGES["train.py"]}
    assert {len(app.files) for app in applications(_project(registry, sources))} == {2}


def test_a_makefile_joins_the_stages_that_it_runs(registry: Registry) -> None:
    sources = {"prepare.py": "print(1)\n", "train.py": "print(1)\n"}
    makefile = Companion("Makefile", CompanionKind.MAKEFILE, "all:\n\tpython prepare.py\n\tpython train.py\n")
    assert [app.files for app in applications(_project(registry, sources, makefile))] == [
        ("prepare.py", "train.py")
    ]


def test_a_module_of_the_same_name_elsewhere_is_not_what_a_script_imports(registry: Registry) -> None:
    sources = {
        "demos/a/run.py": "import evaluate\nevaluate.load()\n",
        "tools/b/evaluate.py": "def load():\n    pass\n",
    }
    assert applications(_project(registry, sources)) == ()


@pytest.mark.parametrize(
    ("text", "concepts"),
    [
        ("batch_size = 32", ["batch_size"]),
        ("from torch.optim import Adam\nAdam(w, 1e-3)", ["learning_rate"]),
        ("params = {'lr': 0.1, 'name': 'x'}", ["learning_rate"]),
        ("scores = {'lr': 0.1}", []),
        ("def f(epochs=9): pass", ["epochs"]),
        ("from torch import nn\nnn.Linear(dropout=0.3)", []),
        ("parser.add_argument('--lr', lr=0.1)", []),
        ("import dataclasses\n@dataclasses.dataclass\nclass Config:\n    lr: float = 0.1", []),
        ("class Config:\n    lr = 0.1", ["learning_rate"]),
        ("class Cars:\n    num_classes = 80", []),
        ("class Slow(Base):\n    def __init__(self):\n        self.batch_size = 8", []),
        (
            "for epochs in (1, 2):\n    batch_size = 8\n    def f():\n        batch_size = 9",
            ["batch_size", "batch_size"],
        ),
    ],
)
def test_bindings_that_fix_a_setting_are_collected(
    text: str, concepts: list[str], registry: Registry
) -> None:
    assert [item.concept for item in collect(source_file(text, registry.library))] == concepts


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('PATH = "s3://acme-ml/train.csv"', [("s3://acme-ml/train.csv", "URL", True)]),
        ('frame = read("data/train.csv")', [("data/train.csv", "path", True)]),
        ('load("model.pkl")', [("model.pkl", "file", False)]),
        ('print("data/train.csv")', []),
        ('run(["/sbin/killall5", "/usr/bin/env"])', []),
        ('raise ValueError("data/train.csv")', []),
        ('log("losses/value")', []),
        ('url = "http://localhost:8000/predict"', []),
        ('uri = "http://mlflow.acme:5000"', [("http://mlflow.acme:5000", "URL", True)]),
        ('model.save_model("trees.json")', [("trees.json", "artefact", False)]),
        ('write("trees.json")', []),
        ('SEE = "https://arxiv.org/abs/1/2"', []),
        ('client.upload(Bucket="acme-ml")', [("acme-ml", "bucket", True)]),
        ('Tokenizer.from_pretrained("acme/bert")', [("acme/bert", "model", False)]),
        ('P = "path/to/train.csv"', []),
        ("def f(path='model.pkl'): pass", []),
    ],
)
def test_literals_that_name_a_place_are_collected(
    text: str, found: list[tuple[str, str, bool]], registry: Registry
) -> None:
    assert [(p.text, p.kind, p.distinct) for p in places(source_file(text, registry.library))] == found


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("lr = 0.1\nn = 3\nexec(open('conf.py').read())", [2]),
        ("lr = 0.1\nexec(open('conf.py').read())\nn = 3", []),
        ("lr = 0.1\nn = 3\nexec(open('conf.py').read(), {})", []),
        ("lr = 0.1\nn = 3\nexec('n = 4')", []),
        ("lr = 0.1\nn = 3\ndef f(p):\n    exec(open(p).read())", []),
        ("lr = 0.1\nn = 3\nglobals().update(load())", [2]),
    ],
)
def test_code_that_rebinds_the_modules_settings_is_found(
    text: str, counts: list[int], registry: Registry
) -> None:
    assert [item.count for item in executed(source_file(text, registry.library))] == counts


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("import argparse\nargparse.ArgumentParser()", "the command-line options"),
        ("def f(cfg):\n    return cfg.lr", "`cfg`"),
        ("opt.param_groups", None),
        ("import json\nrows = json.load(open('rows.json'))", None),
        ("import json\nconfig = json.load(open('run.json'))", "what `json.load` loads"),
        ("from project.settings import LR", "`project.settings`"),
    ],
)
def test_a_file_is_configured_by_options_objects_files_or_modules(
    text: str, how: str | None, registry: Registry
) -> None:
    assert mechanism(source_file(text, registry.library)) == how
