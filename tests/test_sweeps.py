"""Loops that start one job for each of their values."""

from __future__ import annotations

import pytest
from support import source_file

from mldebt_lint.analysis.glue_code.sweeps import is_swept
from mldebt_lint.registry import Registry


def swept(text: str, registry: Registry, *, data: bool = False) -> bool:
    """Return the answer for the call `go(command)`."""
    file = source_file(text, registry.library)
    call = next(c for c in file.calls if getattr(c.func, "value", "") == "go")
    return is_swept(file, call, call.args[0].value, data=data)


@pytest.mark.parametrize(
    "text",
    [
        "for s in range(3):\n    go(f'x {s}')",
        "for a in A:\n    for b in B:\n        c = f'x {b}'\n        go(c)",
        "for s in S:\n    c = 'x'\n    c += str(s)\n    go(c)",
        "[go('x %s' % s) for s in S]",
        "w = ['x', '0']\nfor s in S:\n    w[-1] = str(s)\n    go(w)",
        "def run(s):\n    go(f'x {s}')\nfor s in S:\n    run(s)",
        "def run(s):\n    go(f'x {s}')\npool.map(run, S)",
        "pool.map(lambda s: go(f'x {s}'), S)",
        "for s in S:\n    w = ['x']\n    for k, v in zip(K, s):\n        w += [k, str(v)]\n    go(w)",
        "for s in S:\n    w = ['x']\n    w.append(str(s))\n    go(w)",
    ],
)
def test_a_loop_that_puts_its_value_into_the_command_is_a_sweep(text: str, registry: Registry) -> None:
    assert swept(text, registry)


@pytest.mark.parametrize(
    "text",
    [
        "go(f'x {s}')",
        "for s in S:\n    go('x')",
        "def run(s):\n    go(f'x {s}')\nrun(1)",
        "import threading\ndef run(s):\n    go(f'x {s}')\nthreading.Thread(target=run).start()",
        "import glob\nfor p in sorted(glob.glob('*.csv')):\n    go('x ' + p)",
        "for p in folder.iterdir():\n    go(f'x {p}')",
    ],
)
def test_one_command_or_a_step_over_data_is_none(text: str, registry: Registry) -> None:
    assert not swept(text, registry)


def test_jobs_over_data_in_the_background_are_a_sweep(registry: Registry) -> None:
    assert swept("import os\nfor p in os.listdir('d'):\n    go(f'x {p} &')", registry, data=True)
