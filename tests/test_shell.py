"""Command lines and the Python programs that they run."""

from __future__ import annotations

import pytest
from support import source_file

from mldebt_lint.analysis.glue_code.shell import commands_of, python_run, shell_lines, split_commands
from mldebt_lint.analysis.glue_code.templates import HOLE
from mldebt_lint.registry import Registry
from mldebt_lint.testing import notebook_from_text


def ran(line: str) -> list[str]:
    return [run.target for command in split_commands(line) if (run := python_run(command)) is not None]


@pytest.mark.parametrize(
    ("line", "targets"),
    [
        ("python train.py --lr 0.1", ["train.py"]),
        ("python3.11 -u -W ignore src/train.py", ["src/train.py"]),
        ("/usr/bin/env python train.py", []),
        ("env A=1 B=2 python train.py", ["train.py"]),
        ("CUDA_VISIBLE_DEVICES=0 nice -n 5 python train.py", ["train.py"]),
        ("cd src && python a.py; python b.py | tee log", ["a.py", "b.py"]),
        ("bash -c 'python a.py --x 1'", ["a.py"]),
        ("poetry run python -m pkg.train --x", ["pkg.train"]),
        ("conda run -n env python a.py", ["a.py"]),
        ("./tools/train.py --x", ["./tools/train.py"]),
        ("timeout 10m python a.py", ["a.py"]),
        (f"python {HOLE}/a.py", [f"{HOLE}/a.py"]),
    ],
)
def test_the_script_is_found_behind_what_stands_before_it(line: str, targets: list[str]) -> None:
    assert ran(line) == targets


@pytest.mark.parametrize(
    "line",
    [
        "python -c 'print(1)'",
        "python --version",
        f"python {HOLE}",
        f"python {HOLE}.py",
        f"python -m {HOLE}",
        "torchrun --nproc_per_node 2 train.py",
        "nohup python serve.py",
        "echo python train.py",
        "cat train.py",
        "pip install x",
        "python ../.hidden.py",
        "",
        "'",
    ],
)
def test_what_runs_no_known_script_is_no_run(line: str) -> None:
    assert ran(line) == []


def test_a_command_in_the_background_is_marked() -> None:
    assert [c.background for c in split_commands("python a.py & python b.py")] == [True, False]


def test_a_list_of_words_is_told_from_a_line(registry: Registry) -> None:
    text = """
        import subprocess as sp
        from shlex import split

        sp.run(["python", "a.py", x])
        sp.run(split("python b.py"))
        sp.Popen(args=f"python c.py {x}", shell=True)
        sp.run(["bash", "-c", "python d.py"])
    """
    file = source_file(text, registry.library)
    found = [(c.words, c.is_list) for call in file.calls for c in commands_of(file, call)]
    assert found == [
        (("python", "a.py", HOLE), True),
        (("python", "b.py"), False),
        (("python", "c.py", HOLE), False),
        (("python", "d.py"), False),
    ]


def test_lines_of_a_notebook_keep_their_places(registry: Registry) -> None:
    from mldebt_lint.analyse import parse
    from mldebt_lint.reading.options import ReadOptions
    from mldebt_lint.reading.source import document_from_bytes

    text = "# %%\n!python a.py --x {x} $y\n# %%\n%%bash\n# no\npython b.py \\\n  --z 1\n"
    document = document_from_bytes(notebook_from_text(text).encode(), "n.ipynb", ReadOptions())
    file = parse(document, registry.library)
    found = [(where.cell, where.span.line, line) for where, line in shell_lines(file)]
    assert found == [(1, 1, f"python a.py --x {HOLE} {HOLE}"), (2, 3, "python b.py    --z 1")]
