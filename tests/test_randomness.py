"""Randomness: which calls draw and seed, what a draw is for, and which functions a program reaches."""

from __future__ import annotations

import pytest
from support import project_of, source_file, unpacked

from mldebt_lint.analysis.facts import module_fact
from mldebt_lint.analysis.library import Library
from mldebt_lint.analysis.randomness.blocks import Block, blocks
from mldebt_lint.analysis.randomness.draws import Draw, Seeding, TrainingFact, randomness
from mldebt_lint.analysis.randomness.installed import installed_files, is_showing
from mldebt_lint.analysis.randomness.live import Live
from mldebt_lint.analysis.randomness.placebos import placebo
from mldebt_lint.analysis.randomness.purpose import Purpose
from mldebt_lint.analysis.randomness.reach import Reach
from mldebt_lint.analysis.randomness.seed_order import SeedOrder
from mldebt_lint.analysis.randomness.unseeded import unseeded
from mldebt_lint.reading.companion import Companion, CompanionKind
from mldebt_lint.registry import Registry

IMPORTS = """
import os, random, time
import jax
import numpy as np
import torch
import tensorflow as tf
from sklearn.model_selection import KFold, train_test_split
from sklearn.tree import DecisionTreeClassifier
from torch import nn
"""


def draws(text: str, registry: Registry, path: str = "train.py") -> list[Draw]:
    """Return the draws of a piece of code after the usual imports."""
    file = source_file(IMPORTS + text, registry.library, path)
    return [fact for fact in randomness(file) if isinstance(fact, Draw)]


@pytest.mark.parametrize(
    ("text", "purpose"),
    [
        ("a, b = train_test_split(rows)", Purpose.DECIDES),
        ("folds = KFold(5, shuffle=True)", Purpose.DECIDES),
        ("tree = DecisionTreeClassifier()", Purpose.DECIDES),
        ("tree = DecisionTreeClassifier(max_depth=2)", Purpose.TOY),
        ("weights = np.random.randn(3, 4)", Purpose.STARTS),
        ("order = np.random.permutation(1000)", Purpose.CHOOSES),
        ("train = np.random.rand(len(rows)) < 0.8", Purpose.CHOOSES),
        ("def f(rows):\n    i = np.random.randint(0, 9, 100)\n    return rows[i]", Purpose.CHOOSES),
        ("few = random.sample(rows, 5)", Purpose.FEEDS),
        ("flip = random.random() < 0.5", Purpose.FEEDS),
        ("def f(rows):\n    i = np.random.randint(0, 9)\n    return rows[i : i + 9]", Purpose.FEEDS),
        ("import albumentations as A\nflip = A.Compose([A.HorizontalFlip()])", Purpose.TRAINS),
        ("net = nn.Linear(3, 4)", Purpose.BUILDS),
        ("dense = tf.keras.layers.Dense(3, kernel_initializer='zeros')", Purpose.ASIDE),
        ("color = np.random.rand(3)", Purpose.ASIDE),
        ("cv2.rectangle(image, a, b, thickness=random.randint(1, 3))", Purpose.ASIDE),
        ("def plot_some(rows):\n    return random.sample(rows, 100)", Purpose.ASIDE),
        ("def call():\n    wait = random.random()\n    time.sleep(wait)", Purpose.ASIDE),
        ("print(random.random())", Purpose.ASIDE),
        ("def split_train_test(rows):\n    random.shuffle(rows)", Purpose.CHOOSES),
    ],
)
def test_a_draw_is_judged_by_what_it_is_for(text: str, purpose: Purpose, registry: Registry) -> None:
    assert [draw.purpose for draw in draws(text, registry)] == [purpose]


@pytest.mark.parametrize(
    "text",
    [
        "a, b = train_test_split(rows, random_state=7)",
        "a, b = train_test_split(rows, **options)",
        "a, b = train_test_split(rows, shuffle=False)",
        "folds = KFold(5)",
        "rng = np.random.default_rng(3)\nrng.shuffle(rows)",
        "rng = random.Random(3)\nrng.shuffle(rows)",
        "x = torch.rand(3, generator=g)",
        "import albumentations as A\nval = A.Compose([A.Resize(9, 9), A.Normalize()])",
        "def f(rows, seed):\n    random.seed(seed)\n    random.shuffle(rows)",
        "def f(frame, seed=None):\n    return train_test_split(frame, random_state=seed)",
    ],
)
def test_what_is_seeded_or_may_be_is_no_draw(text: str, registry: Registry) -> None:
    assert draws(text, registry) == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("random.seed()", "absent"),
        ("random.seed(None)", "none"),
        ("SEED = None\nnp.random.seed(SEED)", "none"),
        ("now = time.time()\nrandom.seed(int(now))", "time.time"),
        ("torch.manual_seed(int.from_bytes(os.urandom(4), 'big'))", "os.urandom"),
        ("key = jax.random.PRNGKey(int(time.time()))", "time.time"),
        ("torch.seed()", "entropy"),
        ("random.seed(args.seed or time.time())", ""),
        ("random.seed(3)", ""),
        ("random.seed(args.seed)", ""),
    ],
)
def test_a_seed_that_is_none_is_told_from_one_that_may_be(text: str, why: str, registry: Registry) -> None:
    file = source_file(IMPORTS + text, registry.library)
    calls = [
        (call, api)
        for call in file.calls
        if (api := file.api(call)) and (api.seeds or api.role == "generator")
    ]
    assert [placebo(file, call, api) for call, api in calls] == [why]


@pytest.mark.parametrize(
    ("text", "late"),
    [
        ("a, b = train_test_split(rows)\nnp.random.seed(1)", 1),
        ("np.random.seed(1)\na, b = train_test_split(rows)\nnp.random.seed(1)", 0),
        ("if big:\n    a, b = train_test_split(rows)\nnp.random.seed(1)", 0),
        ("def build():\n    return nn.Linear(2, 2)\nnet = build()\ntorch.manual_seed(1)", 1),
        ("random.shuffle(rows, random=random.seed(3))", 0),
        ("folds = KFold(5, shuffle=True)\nnp.random.seed(1)", 0),
        ("for i in range(3):\n    order = np.random.permutation(99)\n    np.random.seed(i)", 0),
    ],
)
def test_a_seed_is_late_after_a_draw_on_a_straight_path(text: str, late: int, registry: Registry) -> None:
    assert len(list(SeedOrder(source_file(IMPORTS + text, registry.library)).late())) == late


@pytest.mark.parametrize(
    ("text", "overrides"),
    [
        ("np.random.seed(1)\nnp.random.seed(2)", 1),
        ("np.random.seed(1)\nnp.random.seed(1)", 0),
        ("np.random.seed(1)\nrandom.seed(2)", 0),
        ("def fix(seed):\n    np.random.seed(seed)\nfix(1)\nfix(2)", 1),
        ("for seed in (1, 2):\n    np.random.seed(seed)", 0),
        ("if a:\n    np.random.seed(1)\nelse:\n    np.random.seed(2)", 0),
    ],
)
def test_a_second_different_constant_seed_on_a_path_overrides(
    text: str, overrides: int, registry: Registry
) -> None:
    assert len(list(SeedOrder(source_file(IMPORTS + text, registry.library)).overrides())) == overrides


def live(files: dict[str, str], entry: str, library: Library) -> set[str]:
    """Return the blocks that the program of `entry` reaches, as `path:name`, top levels and guards left out."""
    sources = [source_file(text, library, path) for path, text in files.items()]
    known = [block for file in sources for block in blocks(file)]
    project = project_of([module_fact(file) for file in sources], {}, (), library)
    program = next(program for program in project.programs if program.entry == entry)
    found = Live(project, Reach(project, known), [program]).places()
    return {f"{path}:{name}" for path, name in found if name not in ("", "<main>")}


def test_a_program_reaches_what_it_names_and_not_what_it_only_imports(registry: Registry) -> None:
    files = {
        "train.py": "from seeds import fix as go, other\n\nif __name__ == '__main__':\n    go(1)\n",
        "seeds.py": "def fix(s):\n    inner(s)\n\ndef inner(s):\n    pass\n\ndef other():\n    pass\n",
    }
    assert live(files, "train.py", registry.library) == {"seeds.py:fix", "seeds.py:inner"}


def test_a_name_that_two_files_define_means_the_imported_one(registry: Registry) -> None:
    files = {
        "train.py": "from a import build\n\nbuild()\n",
        "a.py": "import b\n\ndef build():\n    pass\n",
        "b.py": "def build():\n    pass\n",
    }
    assert live(files, "train.py", registry.library) == {"a.py:build"}


def test_packages_hand_names_on(registry: Registry) -> None:
    files = {
        "train.py": "import pkg\n\npkg.run()\n",
        "pkg/__init__.py": "from .core import run\n",
        "pkg/core.py": "def run():\n    pass\n",
    }
    assert live(files, "train.py", registry.library) == {"pkg/core.py:run"}


def test_the_main_guard_of_an_imported_file_does_not_run(registry: Registry) -> None:
    files = {
        "train.py": "import tool\n\nprint(tool)\n",
        "tool.py": "def main():\n    pass\n\nif __name__ == '__main__':\n    main()\n",
    }
    assert live(files, "train.py", registry.library) == set()


def test_a_framework_calls_the_methods_of_a_subclass_that_runs(registry: Registry) -> None:
    text = """
    from torch import nn

    class Net(nn.Module):
        def forward(self, x):
            return x

    class Idle(nn.Module):
        def forward(self, x):
            return x

    print(Net())
    """
    assert live({"train.py": text}, "train.py", registry.library) == {"train.py:Net", "train.py:Net.forward"}


def test_a_decorated_function_runs(registry: Registry) -> None:
    text = (
        "import click\n\n@click.command()\ndef main():\n    pass\n\nif __name__ == '__main__':\n    main()\n"
    )
    assert live({"cli.py": text}, "cli.py", registry.library) == {"cli.py:main"}


def test_the_facts_of_randomness_survive_packing(registry: Registry) -> None:
    text = (
        IMPORTS + "np.random.seed(1)\nmodel.fit(*train_test_split(rows))\ndef f():\n    random.shuffle(rows)"
    )
    file = source_file(text, registry.library)
    facts = [*randomness(file), *blocks(file)]
    kinds = list(dict.fromkeys(type(fact) for fact in facts))
    assert set(kinds) == {Draw, Seeding, TrainingFact, Block}
    assert unpacked(facts) == sorted(facts, key=lambda fact: kinds.index(type(fact)))


@pytest.mark.parametrize(
    ("text", "streams"),
    [
        ("if not self.mixed:\n            np.random.seed(index)", 1),
        ("if self.seed is not None:\n            np.random.seed(self.seed + index)", 0),
        ("np.random.seed(index)", 0),
    ],
)
def test_a_seed_set_now_and_then_does_not_hold_for_every_item(
    text: str, streams: int, registry: Registry
) -> None:
    body = f"        {text}\n        return np.random.rand(3)\n"
    assert len(draws(f"class Rows:\n    def __getitem__(self, index):\n{body}", registry)) == streams


@pytest.mark.parametrize(
    ("text", "trains"),
    [
        ("model.compile(optimizer=tf.keras.optimizers.Adam())", False),
        ("adam = tf.keras.optimizers.Adam()\nmodel.compile(adam)", False),
        ("adam = tf.keras.optimizers.Adam()\nadam.apply_gradients(pairs)", True),
        ("model.compile(optimizer=tf.keras.optimizers.Adam())\nmodel.fit(x, y)", True),
    ],
)
def test_an_optimizer_that_a_model_is_compiled_with_trains_nothing_by_itself(
    text: str, trains: bool, registry: Registry
) -> None:
    file = source_file(IMPORTS + text, registry.library, "train.py")
    assert any(isinstance(fact, TrainingFact) for fact in randomness(file)) == trains


def test_a_library_is_told_from_the_program_that_is_laid_out_as_a_package(registry: Registry) -> None:
    files = [
        "boost/__init__.py",
        "boost/deep/__init__.py",
        "boost/deep/fit.py",
        "src/__init__.py",
        "src/fit.py",
    ]
    facts = [module_fact(source_file("x = 1\n", registry.library, path)) for path in (*files, "train.py")]
    setup = Companion("setup.py", CompanionKind.SETUP, "from setuptools import setup\nsetup(name='boost')\n")
    project = project_of(facts, {}, [setup], registry.library)
    assert installed_files(project) == set(files[:3])
    assert not installed_files(project_of(facts, {}, [], registry.library))


@pytest.mark.parametrize(
    ("path", "shows"),
    [("examples/train.py", True), ("docs/Tutorial.ipynb", True), ("a_demo.py", True), ("train.py", False)],
)
def test_examples_are_told_by_folder_and_name(path: str, shows: bool) -> None:
    assert is_showing(path) == shows


@pytest.mark.parametrize(("entry", "sure"), [("examples/fit.py", False), ("fit.py", True)])
def test_what_a_library_draws_in_an_example_is_for_the_strict_profile(
    entry: str, sure: bool, registry: Registry
) -> None:
    texts = {
        "boost/__init__.py": "",
        "boost/forest.py": "import numpy as np\n\ndef grow(rows):\n    return rows[np.random.permutation(99)]\n",
        entry: "from boost.forest import grow\n\nprint(grow(rows))\n",
    }
    files = [source_file(text, registry.library, path) for path, text in texts.items()]
    facts = {file.path: [*randomness(file), *blocks(file)] for file in files}
    setup = Companion("setup.py", CompanionKind.SETUP, "from setuptools import setup\nsetup(name='boost')\n")
    project = project_of([module_fact(file) for file in files], facts, [setup], registry.library)
    assert [item.sure for item in unseeded(project)] == [sure]


@pytest.mark.parametrize(
    ("text", "helpers"),
    [
        ("utils.random_seed(args.seed, args.rank)", ["random_seed"]),
        ("seed = random_seed()", []),
        ("env.seed(1)", []),
        ("fix_seeds(1)", ["fix_seeds"]),
        ("seed = get_seed(1)", []),
    ],
)
def test_a_helper_seeds_when_its_name_says_so(text: str, helpers: list[str], registry: Registry) -> None:
    facts = randomness(source_file(IMPORTS + text, registry.library))
    assert [fact.helper for fact in facts if isinstance(fact, Seeding)] == helpers


@pytest.mark.parametrize(
    ("entry", "sure"),
    [
        ("from pick import pick\npick(range(99))", True),
        ("import rows\nprint(rows.data)", False),
        ("import rows\ndef train_by_hand():\n    print(rows.data)\ntrain_by_hand()", True),
    ],
)
def test_what_a_helper_of_a_helper_draws_matters_where_something_trains(
    entry: str, sure: bool, registry: Registry
) -> None:
    texts = {
        "pick.py": "import numpy as np\n\ndef pick(rows):\n    return rows[np.random.permutation(99)]\n",
        "rows.py": "from pick import pick\n\ndata = pick(range(99))\n",
        "upload.py": entry + "\n",
    }
    files = [source_file(text, registry.library, path) for path, text in texts.items()]
    facts = {file.path: [*randomness(file), *blocks(file)] for file in files}
    project = project_of([module_fact(file) for file in files], facts, [], registry.library)
    judged = [item for item in unseeded(project) if item.program.entry == "upload.py"]
    assert [item.sure for item in judged] == [sure]
