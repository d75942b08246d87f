"""Values that go from one package's format to another's, and back."""

from __future__ import annotations

import pytest
from support import source_file

from mldebt_lint.analysis.glue_code.conversions import Conversions
from mldebt_lint.analysis.glue_code.round_trips import is_relabelled, left_format, stacked_elements, ways_back
from mldebt_lint.registry import Registry

HEAD = """
import jax.numpy as jnp
import numpy as np
import pandas as pd
from PIL import Image
"""


def trips(text: str, registry: Registry) -> list[tuple[str, str]]:
    """Return the formats of each round trip: the one returned to, and the one that was visited."""
    file = source_file(text, registry.library)
    conversions = Conversions(file)
    found = [(back, left_format(file, conversions, back)) for back in ways_back(file, conversions)]
    return [(back.target, there.target) for back, there in found if there is not None]


@pytest.mark.parametrize(
    ("text", "trip"),
    [
        ("import torch\ny = torch.tensor(x.detach().cpu().numpy())", ("torch", "numpy")),
        ("import torch\nx = x.numpy()\nx = torch.from_numpy(x)", ("torch", "numpy")),
        ("import torch\nx = torch.ones(3)\ny = torch.tensor(x.tolist())", ("torch", "list")),
        (
            "import torch\nimport numpy as np\na = np.zeros(3)\nb = torch.tensor(a).numpy()",
            ("numpy", "torch"),
        ),
        (f"{HEAD}w = jnp.exp(v)\ny = jnp.asarray(np.array(w))", ("jax", "numpy")),
        (f"{HEAD}i = Image.open('a.png')\nj = Image.fromarray(np.asarray(i))", ("pil", "numpy")),
        (f"{HEAD}d = pd.read_csv('a')\ne = pd.DataFrame(np.array(d))", ("pandas", "numpy")),
        (f"{HEAD}d = pd.read_csv('a')\ne = pd.DataFrame(d.values.tolist())", ("pandas", "numpy")),
        (f"{HEAD}d = pd.read_csv('a')\ne = pd.DataFrame(d.to_dict('records'))", ("pandas", "dict")),
        (f"{HEAD}d = pd.read_csv('a')\ne = pd.DataFrame([r for _, r in d.iterrows()])", ("pandas", "list")),
        (f"{HEAD}d = pd.read_csv('a')\ne = pd.Series(d['x'].tolist())", ("pandas", "list")),
        ("s2 = spark.createDataFrame(s.toPandas())", ("spark", "pandas")),
    ],
)
def test_a_value_that_comes_back_unchanged_has_gone_a_round_trip(
    text: str, trip: tuple[str, str], registry: Registry
) -> None:
    assert trips(text, registry) == [trip]


@pytest.mark.parametrize(
    "text",
    [
        "import torch\ny = torch.tensor(x.cpu().numpy(), dtype=torch.float32)",
        "import torch\ny = torch.from_numpy(x.cpu().numpy()).to(device)",
        "import torch\ny = torch.from_numpy(x.cpu().numpy())\ny = y.to(device)",
        "import torch\ny = torch.LongTensor(x.cpu().numpy())",
        "import torch\na = x.numpy()\na += 1\ny = torch.from_numpy(a)",
        "import torch\na = x.numpy()\nplot(a)\ny = torch.from_numpy(a)",
        "import torch\ny = torch.from_numpy(x.numpy().astype('f4'))",
        "import torch\nimport tensorflow as tf\ny = torch.from_numpy(x.numpy())",
        f"{HEAD}d = pd.read_csv('a')\ne = pd.DataFrame(d.values.T)",
        f"{HEAD}d = pd.read_csv('a')\ne = pd.Series(d['x'].values, index=days)",
        f"{HEAD}d = pd.read_csv('a')\ne = pd.DataFrame(d['x'].tolist())",
        f"{HEAD}d = pd.read_csv('a')\ne = np.array(d['x'].values.tolist())",
        f"{HEAD}d = pd.read_csv('a')\ne = pd.DataFrame(d.to_dict('index'))",
        f"{HEAD}e = pd.DataFrame(table.values())",
        f"{HEAD}import shap\ne = pd.DataFrame(explanation.values)",
    ],
)
def test_work_a_cast_or_an_unknown_format_is_no_round_trip(text: str, registry: Registry) -> None:
    assert trips(text, registry) == []


def test_a_helper_of_the_same_file_is_seen_through(registry: Registry) -> None:
    text = """
        import torch

        def host(t):
            "To numpy."
            return t.detach().cpu().numpy()

        y = torch.as_tensor(host(x))
    """
    assert trips(text, registry) == [("torch", "numpy")]


def test_new_columns_are_told_from_a_frames_own(registry: Registry) -> None:
    text = f"{HEAD}d = pd.read_csv('a')\npd.DataFrame(d.values, columns=d.columns)\npd.DataFrame(d.values, columns=names)"
    file = source_file(text, registry.library)
    conversions = Conversions(file)
    backs = list(ways_back(file, conversions))
    found = [(back, left_format(file, conversions, back)) for back in backs]
    assert [is_relabelled(back, there) for back, there in found if there is not None] == [False, True]


def test_elements_that_are_converted_to_be_stacked_are_known(registry: Registry) -> None:
    text = "import torch\nimport numpy as np\ny = torch.tensor(np.array([t.cpu().numpy() for t in ts]))"
    file = source_file(text, registry.library)
    conversions = Conversions(file)
    stacked = [stacked_elements(conversions, back) for back in ways_back(file, conversions)]
    assert [step.target for step in stacked if step is not None] == ["numpy"]
