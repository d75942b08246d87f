"""What stands in the place of IPython's escapes, and which facts they leave."""

from __future__ import annotations

import libcst.native
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mldebt_lint.reading.document import Magic, MagicKind
from mldebt_lint.reading.magics import replace_magics
from mldebt_lint.reading.options import PYTHON_CELL_MAGICS
from mldebt_lint.reading.text import line_starts

LINE, CELL, SHELL, HELP = MagicKind.LINE, MagicKind.CELL, MagicKind.SHELL, MagicKind.HELP


def replaced(text: str) -> str:
    result = replace_magics(text, PYTHON_CELL_MAGICS).text
    libcst.native.parse_module(result)
    return result


def facts(text: str) -> list[Magic]:
    return list(replace_magics(text, PYTHON_CELL_MAGICS).magics)


@pytest.mark.parametrize(
    ("text", "python"),
    [
        ("%matplotlib inline\nx = 1", "pass              \nx = 1"),
        ("!ls", "..."),
        ("?x", "0 "),
        ("?", "0"),
        ("x?", "0 "),
        ("x??", "..."),
        ("np.random?", "pass      "),
        ("x.*method*?", "pass       "),
        ("y = x.fit?", "pass      "),
        ("x? # what", "...# what"),
        ("%time?", "pass  "),
        ("%%time?\nx", "pass   \nx"),
        ("x = %env HOME", "x = 0        "),
        ("x = !ls *.py | wc", "x = 0            "),
        ("a, b = !ls", "a, b = 0  "),
        ("x: int = !ls", "x: int = 0  "),
        ("/f x", "pass"),
        (",f a b", "pass  "),
        (";f a b", "pass  "),
        ("if x:\n    !ls\n    %cd y\nelse:\n\t?z", "if x:\n    ...\n    pass \nelse:\n\t0 "),
        ("!pip install \\\n  a b\nx = 1", "pass          \n     \nx = 1"),
        ("%cd C:\\temp\\\nnext\nx = 1", "pass        \n    \nx = 1"),
        ("!ls\r\nx = 1\r\n", "...\r\nx = 1\r\n"),
        ("!echo it's \"\nx = 1", "pass        \nx = 1"),
        ("!(cd x; ls\nx = 1", "pass      \nx = 1"),
        ("%%bash\nif it's; then\n", "      \n             \n"),
        ("%%time\nx = 1", "      \nx = 1"),
        ("\n# note\n %%time\n%%capture out\nx = 1", "\n# note\n       \n             \nx = 1"),
        ("%%time\n%%html\n<p>", "      \n      \n   "),
        ("%md # Title\nit's text", "           \n         "),
        ("%sql\nSELECT 1", "    \n        "),
        ("%sql SELECT 1\nx = 1", "pass         \nx = 1"),
        ("pip install x\n", "pass         \n"),
        ("watermark -iv\n", "pass         \n"),
        ("# first\ncd ..\nls -la\nx = 1", "# first\npass \npass  \nx = 1"),
    ],
)
def test_an_escape_becomes_idle_python_of_equal_length(text: str, python: str) -> None:
    assert replaced(text) == python


@pytest.mark.parametrize(
    "text",
    [
        "a %b",
        "x = (a\n%b)",
        "x = a \\\n  %b",
        "x = a \\\n  / b",
        "x = '''\n%cd x\n!ls\n'''",
        'print("what?")\nx = "!ls"',
        "x = {'a': '%s' % b}  # %time or !ls?",
        "a = b != c",
        "f(x=1, y='?')",
        "cd = 3",
        "time = 1\nls(x)",
        "run.it()\nless < more",
        "x = 1\ntime",
    ],
)
def test_python_stays_as_it_is(text: str) -> None:
    assert replaced(text) == text
    assert facts(text) == []


@pytest.mark.parametrize(
    ("text", "python"),
    [
        ("%time fit(x)", "pass; fit(x)"),
        ("%time y = fit(x)", "pass; y = fit(x)"),
        ("y = %time fit(x)", "y =       fit(x)"),
        ("%timeit -n 10 -r3 fit(x)", "pass;             fit(x)"),
        ("%timeit fit(x, \\\n  y)", "pass;   fit(x, \\\n  y)"),
        ("best = %timeit -o fit(x)", "best =            fit(x)"),
        ("%prun -s cumtime -q fit(x)", "pass;               fit(x)"),
        ("%lprun -f fit fit(x)", "pass;         fit(x)"),
        ("time fit(x)", "pass;fit(x)"),
        ("%time for x in y: f(x)", "pass                  "),
        ("%time", "pass "),
        ("%timeit fit(x,", "pass          "),
    ],
)
def test_the_python_behind_timing_magics_stays(text: str, python: str) -> None:
    assert replaced(text) == python


@pytest.mark.parametrize(
    ("text", "python"),
    [
        ("  x = 1\n  if x:\n    y = 2", "x = 1  \nif x:  \n  y = 2  "),
        ("\n # c\n x = 1\n\n y", "\n# c \nx = 1 \n\ny "),
        ("  x = 1 + \\\n      2\ny = 3", "x = 1 +   \\\n    2  \ny = 3"),
        ("%%time\n    x = 1\n    !ls", "      \nx = 1    \npass   "),
    ],
)
def test_a_cell_indented_as_a_whole_is_moved_to_the_left(text: str, python: str) -> None:
    assert replaced(text) == python


@pytest.mark.parametrize(
    ("text", "magics"),
    [
        ("x = 1\n  %pip install -q torch", [Magic(LINE, 2, 3, "pip", "install -q torch")]),
        ("%config InlineBackend.x = 1", [Magic(LINE, 1, 1, "config", "InlineBackend.x = 1")]),
        ("!python train.py \\\n   --lr 1", [Magic(SHELL, 1, 1, "", "python train.py --lr 1")]),
        ("!!ls", [Magic(SHELL, 1, 1, "", "ls")]),
        ("out = !ls x", [Magic(SHELL, 1, 7, "", "ls x")]),
        ("x = %run a.py", [Magic(LINE, 1, 5, "run", "a.py")]),
        ("?x\nx??", [Magic(HELP, 1, 1, "", "x"), Magic(HELP, 2, 2, "", "x")]),
        ("%%bash --bg\nls", [Magic(CELL, 1, 1, "bash", "--bg")]),
        (
            "\n%%time\n%%writefile a.py\nx",
            [Magic(CELL, 2, 1, "time", ""), Magic(CELL, 3, 1, "writefile", "a.py")],
        ),
        ("%%time\n!ls", [Magic(CELL, 1, 1, "time", ""), Magic(SHELL, 2, 1, "", "ls")]),
        ("/f x", [Magic(LINE, 1, 1, "", "f x")]),
        ("pip install x", [Magic(LINE, 1, 1, "pip", "install x")]),
        ("%time fit(x)", [Magic(LINE, 1, 1, "time", "fit(x)")]),
    ],
)
def test_an_escape_is_kept_as_a_fact(text: str, magics: list[Magic]) -> None:
    assert facts(text) == magics


def test_which_cell_magics_hold_python_is_the_caller_s_choice() -> None:
    assert replace_magics("%%spark\nx = 1", ("spark",)).text == "       \nx = 1"
    assert replace_magics("%%time\nx = 1", ()).text == "      \n     "


PIECES = [
    "%",
    "%%",
    "!",
    "?",
    "=",
    "x",
    " ",
    "\n",
    "\r\n",
    "\t",
    "(",
    ")",
    "'",
    '"""',
    "\\",
    "#",
    "time ",
    "/f",
    ",",
    "pip i",
    "\f",
]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_length_and_lines_stay_whatever_a_cell_holds(text: str) -> None:
    result = replace_magics(text, PYTHON_CELL_MAGICS).text
    assert len(result) == len(text)
    assert line_starts(result) == line_starts(text)
