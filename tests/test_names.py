"""Qualified names: imports, aliases, scopes and what makes a name unknown."""

from __future__ import annotations

import pytest
from support import source_file

from mldebt_lint.registry import Registry


def callee(text: str, registry: Registry, path: str = "pkg/mod.py") -> str | None:
    """Return the qualified name of the last call."""
    file = source_file(text, registry.library, path)
    return file.callee(file.calls[-1])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import numpy as np\nnp.random.rand(3)", "numpy.random.rand"),
        ("import numpy\nnumpy.random.rand(3)", "numpy.random.rand"),
        ("import numpy.random as npr\nnpr.rand(3)", "numpy.random.rand"),
        ("from numpy import random\nrandom.rand(3)", "numpy.random.rand"),
        ("from numpy.random import rand as r\nr(3)", "numpy.random.rand"),
        ("import numpy as np\nrand = np.random.rand\nrand(3)", "numpy.random.rand"),
        ("import numpy as np\nr = np.random\nr.rand(3)", "numpy.random.rand"),
        ("def f():\n    import numpy as np\n    np.ones(3)", "numpy.ones"),
        ("import numpy as np\ndef f():\n    np.ones(3)", "numpy.ones"),
        ("try:\n    import numpy as np\nexcept ImportError:\n    np = None\nnp.ones(3)", "numpy.ones"),
        ("from .util import go\ngo()", "pkg.util.go"),
        ("from ..other import go\ngo()", "other.go"),
        ("from . import util\nutil.go()", "pkg.util.go"),
        ("def go(): pass\ngo()", "pkg.mod.go"),
        ("class A:\n    def f(self): pass\n    def g(self):\n        self.f()", "pkg.mod.A.f"),
        ("len([])", "builtins.len"),
        ("import pandas as pd\ndf = pd.read_csv('x')\ndf.sample(3)", "pandas.DataFrame.sample"),
        ("import pandas as pd\ndef f(df: pd.DataFrame):\n    df.sample(3)", "pandas.DataFrame.sample"),
        ("import tensorflow as tf\ntf.keras.layers.Dense(3)", "keras.layers.Dense"),
    ],
)
def test_a_callee_is_known_through(text: str, expected: str, registry: Registry) -> None:
    assert callee(text, registry) == expected


@pytest.mark.parametrize(
    "text",
    [
        "import numpy as np\ndef f(np):\n    np.ones(3)",
        "import numpy as np\nnp = make()\nnp.ones(3)",
        "import numpy as np\ndef f():\n    np = 3\n    np.ones(3)",
        "import a\nif x:\n    import b as a\na.go()",
        "for np in things:\n    np.ones(3)",
        "with open('x') as np:\n    np.ones(3)",
        "unknown.ones(3)",
        "[np.ones(3) for np in things]",
        "rand = a if b else c\nrand()",
    ],
)
def test_a_rebound_or_unbound_name_is_not_known(text: str, registry: Registry) -> None:
    assert callee(text, registry) is None


def test_a_comprehension_variable_does_not_leak(registry: Registry) -> None:
    text = "import numpy as np\nxs = [np for np in range(3)]\nnp.ones(3)"
    assert callee(text, registry) == "numpy.ones"


def test_a_global_declaration_binds_at_the_top(registry: Registry) -> None:
    file = source_file("def f():\n    global model\n    model = 1\n", registry.library)
    assert [binding.name for binding in file.names.top["model"]] == ["model"]


def test_the_package_of_an_init_file_is_itself(registry: Registry) -> None:
    assert callee("from .util import go\ngo()", registry, "pkg/__init__.py") == "pkg.util.go"


def test_notebook_cells_share_their_top_scope(registry: Registry) -> None:
    from mldebt_lint.testing import notebook_from_text

    text = notebook_from_text("# %%\nimport numpy as np\n# %%\nnp.ones(3)\n")
    assert callee(text, registry, "a.ipynb") == "numpy.ones"
