"""Whose code a change of the module search path reaches."""

from __future__ import annotations

import pytest
from support import source_file

from mldebt_lint.analysis.glue_code.search_path import additions, is_checkout, shell_value
from mldebt_lint.registry import Registry

HEAD = "import os, sys, tempfile\nfrom pathlib import Path\nfrom config import ROOT\n"


def verdicts(text: str, registry: Registry) -> list[bool]:
    file = source_file(HEAD + text, registry.library)
    return [is_checkout(file, added.value) for added in additions(file)]


@pytest.mark.parametrize(
    "value",
    [
        '"src"',
        '""',
        '"/home/me/project"',
        "os.getcwd()",
        "os.pardir",
        "str(Path.cwd().parent)",
        "os.path.join(os.path.dirname(__file__), '..')",
        "str(Path(__file__).resolve().parents[1] / 'src')",
        'sys.path[0] + "/.."',
        'f"{base}/src"',
        "str(ROOT)",
        'os.path.expanduser("~/code")',
        'os.environ["HOME"] + "/code"',
    ],
)
def test_a_place_in_the_checkout_is_known(value: str, registry: Registry) -> None:
    assert verdicts(f"def f(base):\n    sys.path.append({value})\n", registry) == [True]


@pytest.mark.parametrize(
    "value",
    [
        "base",
        "args.src",
        'os.environ["SPARK_HOME"] + "/python"',
        'os.getenv("PLUGINS", "plugins")',
        '"/usr/lib/python3/dist-packages"',
        "tempfile.mkdtemp()",
        "unknown()",
        "Path(base)",
        "sys.path",
    ],
)
def test_what_comes_from_outside_is_not(value: str, registry: Registry) -> None:
    assert verdicts(f"def f(base):\n    sys.path.append({value})\n", registry) == [False]


def test_a_parameter_is_what_this_files_calls_pass(registry: Registry) -> None:
    text = "def add(p):\n    sys.path.insert(0, p)\n\nadd('../lib')\n"
    assert verdicts(text, registry) == [True]


def test_one_place_of_the_checkout_among_several_is_enough(registry: Registry) -> None:
    text = "for p in ['/usr/lib/x', 'src']:\n    sys.path.append(p)\n"
    assert verdicts(text, registry) == [True]


def test_every_way_to_add_is_found(registry: Registry) -> None:
    text = """
sys.path += ["a"]
sys.path[:0] = ["a"]
sys.path = ["a"] + sys.path
os.environ["PYTHONPATH"] = "a"
os.environ.setdefault("PYTHONPATH", "a")
env = dict(os.environ, PYTHONPATH="a")
env = {**os.environ, "PYTHONPATH": "a"}
"""
    assert verdicts(text, registry) == [True] * 7


@pytest.mark.parametrize(
    ("command", "value"),
    [
        ("PYTHONPATH=src python a.py", "src"),
        ("export PYTHONPATH=$PYTHONPATH:lib", "$PYTHONPATH:lib"),
        ("PYTHONPATH=$PYTHONPATH python a.py", None),
        ("PYTHONPATH= python a.py", None),
        ("python a.py", None),
    ],
)
def test_a_command_line_that_only_hands_the_variable_on_sets_nothing(command: str, value: str | None) -> None:
    assert shell_value(command) == value
