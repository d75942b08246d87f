"""Strings as far as they are known: constant text with holes."""

from __future__ import annotations

import libcst as cst
import pytest
from support import source_file

from mldebt_lint.analysis.glue_code.templates import HOLE, template, words_of
from mldebt_lint.registry import Registry


def passed(text: str, registry: Registry) -> str | None:
    """Return the template of the argument of the last call `use(...)`."""
    file = source_file(text, registry.library)
    call = [c for c in file.calls if isinstance(c.func, cst.Name) and c.func.value == "use"][-1]
    return template(file, call.args[0].value)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('"python a.py"', "python a.py"),
        ('f"a {x} b"', f"a {HOLE} b"),
        ('f"a {1} {{b}}"', "a 1 {b}"),
        ('"a %s %d" % (x, 3)', f"a {HOLE} 3"),
        ('"a %(k)s" % {"k": x}', f"a {HOLE}"),
        ('"a {} {k}".format(x, k=1)', f"a {HOLE} {HOLE}"),
        ('"a " + x + " b"', f"a {HOLE} b"),
        ('" ".join(["a", x, "b"])', f"a {HOLE} b"),
        ('"a" "b" f"{x}"', f"ab{HOLE}"),
        ("str(x)", HOLE),
    ],
)
def test_text_is_known_up_to_the_values_put_in(expression: str, expected: str, registry: Registry) -> None:
    assert passed(f"use({expression})", registry) == expected


def test_a_constant_of_the_class_is_followed(registry: Registry) -> None:
    text = "class Job:\n    CMD = 'a %s'\n    def run(self, x):\n        use(self.CMD % x)\n"
    assert passed(text, registry) == f"a {HOLE}"


def test_a_name_is_followed_and_grows_by_augmented_assignment(registry: Registry) -> None:
    assert passed("cmd = 'a'\ncmd += f' --b {c}'\nuse(cmd)", registry) == f"a --b {HOLE}"


def test_the_running_interpreter_is_python(registry: Registry) -> None:
    assert passed("import sys\nuse(f'{sys.executable} a.py')", registry) == "python a.py"


@pytest.mark.parametrize("expression", ["x", "3", "f()", "[1]", "x.y"])
def test_what_is_not_visibly_a_string_has_no_template(expression: str, registry: Registry) -> None:
    assert passed(f"use({expression})", registry) is None


def test_a_list_of_words_keeps_its_holes(registry: Registry) -> None:
    file = source_file("words = ['a', x, *rest]\nuse(['b', *words] + more)", registry.library)
    assert words_of(file, file.calls[-1].args[0].value) == ["b", HOLE, HOLE]
