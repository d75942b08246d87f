"""What is always true or false, and what can never run."""

from __future__ import annotations

import textwrap

import libcst as cst
import pytest

from mldebt_lint.analysis.dead_path.reachability import Reachability
from mldebt_lint.analysis.dead_path.truth import truth
from mldebt_lint.analysis.file import ParsedCell, SourceFile
from mldebt_lint.analysis.library import build_library
from mldebt_lint.analysis.python2 import modernised
from mldebt_lint.reading.document import Cell, Document

TRUTHS = {
    "0": False,
    "None": False,
    "''": False,
    "[]": False,
    "not True": False,
    "False and x": False,
    "x and False": False,
    "x or True": True,
    "x or False": None,
    "True and x": None,
    "1 == 2": False,
    "-1 < 0": True,
    "'a' in ('a', 'b')": True,
    "x": None,
    "0 < x < 1": None,
    "'{{ cookiecutter.license }}' == 'MIT'": None,
    "lambda: 0": True,
    "[*xs]": None,
}


@pytest.mark.parametrize(("text", "expected"), TRUTHS.items())
def test_literals_decide_a_condition(text: str, expected: bool | None) -> None:
    assert truth(cst.parse_expression(text)) is expected


def dead(text: str) -> list[tuple[int, str]]:
    """Return line and reason of each first statement that cannot be reached."""
    text = textwrap.dedent(text).lstrip("\n")
    cell = Cell(text, text)
    file = SourceFile(
        Document("a.py", (cell,)), (ParsedCell(cell, cst.parse_module(text)),), build_library([])
    )
    return [(file.at(found.dead[0]).span.line, found.how) for found in Reachability(file).unreachable()]


def test_what_follows_a_return_is_dead() -> None:
    assert dead("def f():\n    return 1\n    g()\n    h()\n") == [(3, "return")]


def test_what_follows_two_leaving_arms_is_dead() -> None:
    text = """
        def f(x):
            if x:
                return 1
            else:
                raise ValueError
            g()
        """
    assert dead(text) == [(6, "raise or return")]


def test_an_arm_that_passes_keeps_the_rest_alive() -> None:
    assert dead("def f(x):\n    if x:\n        return 1\n    g()\n") == []


def test_a_handler_that_passes_keeps_the_rest_alive() -> None:
    assert dead("def f():\n    try:\n        return g()\n    except OSError:\n        pass\n    h()\n") == []


def test_a_try_whose_every_way_leaves_ends_the_block() -> None:
    text = "def f():\n    try:\n        return g()\n    except OSError:\n        raise\n    h()\n"
    assert dead(text) == [(6, "raise or return")]


def test_a_context_manager_may_swallow_what_is_raised_before_the_return() -> None:
    assert dead("def f():\n    with suppress(OSError):\n        return g()\n    return 2\n") == []


def test_an_open_file_swallows_nothing() -> None:
    assert dead("def f():\n    with open('a') as file:\n        return file.read()\n    g()\n") == [
        (4, "return")
    ]


def test_an_exit_ends_the_block() -> None:
    assert dead("import sys\nsys.exit()\nf()\n") == [(3, "exit")]


def test_a_method_called_exit_ends_nothing() -> None:
    assert dead("stack.exit()\nf()\n") == []


def test_blocks_inside_a_dead_one_are_not_reported_again() -> None:
    assert dead("def f():\n    return\n    if x:\n        return\n        g()\n") == [(3, "return")]


def test_the_second_statement_of_a_line_counts() -> None:
    assert dead("def f():\n    return 1; g()\n") == [(2, "return")]


PYTHON_2 = {
    "print": "print 'a', x\n",
    "print with a comma": "if x: print x,\n",
    "print of a bracket": "print ('a %d') % 2\n",
    "except": "try:\n    f()\nexcept (A, B), e:\n    pass\n",
    "raise": "raise ValueError, 'no'\n",
    "exec": "exec code in names\n",
    "backticks": "x = `y`\n",
    "unequal": "x = a <> b\n",
    "octal and long": "x = 0777 + 10L\n",
    "raw unicode": "x = ur'a'\n",
    "tuple parameters": "f = lambda (a, b): a\n",
    "async as a name": "x.cuda(async=True)\n",
}


@pytest.mark.parametrize("text", PYTHON_2.values(), ids=PYTHON_2)
def test_python_2_becomes_python_3_of_equal_length(text: str) -> None:
    new = modernised(text)
    cst.parse_module(new)
    assert [len(line) for line in new.split("\n")] == [len(line) for line in text.split("\n")]


def test_strings_and_comments_stay_as_they_are() -> None:
    text = "x = 'print a <> b'  # print c\n"
    assert modernised(text) == text
