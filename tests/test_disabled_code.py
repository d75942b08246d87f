"""Which comments are taken for disabled code, and which are left alone."""

from __future__ import annotations

import textwrap

import pytest

from mldebt_lint.analysis.dead_path.disabled_code import find_disabled
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.library import build_library
from mldebt_lint.reading.document import Cell, Document


def found(text: str) -> list[tuple[int, int, int]]:
    """Return first line, last line and number of code lines of each stretch of disabled code."""
    text = textwrap.dedent(text).lstrip("\n")
    file = SourceFile(Document("a.py", (Cell(text, text),)), (), build_library([]))
    return [(d.first.line, d.last.line, d.lines) for d in find_disabled(file)]


DISABLED = {
    "two statements with the file's names": "# x = f(x)\n# x = g(x)\nx = f(g(1))\n",
    "a function below its decorator": "# @wraps(f)\n# def g(x):\n#     return x\n",
    "a call in the words of learning": "# model.fit(X)\nmodel = X = 1\n",
    "an assignment from a function that is gone": "# loss = focal(pred, y)\nloss = pred = y = 1\n",
    "an element-wise change": "# img[0, :] = 127\n# img[-1, :] = 127\nimg = 1\n",
    "entries of a list": 'COLUMNS = [\n    "a",\n    # "b",\n    # "c",\n]\n',
    "arguments of a call": "v = f(\n    1,\n    # dtype=v.dtype,\n    # shape=v.shape,\n)\n",
    "settings among the arguments of a call": "v = f(\n    1,\n    # fp16=True,\n    # steps=3,\n)\n",
    "one step of a list that holds a call": "v = [\n    1,\n    # ('pca', PCA(20)),\n]\nPCA = 1\n",
    "a clause of a branch": "x = 1\nif x:\n    pass\n# else:\n#     print(x)\n",
    "a header whose body lives on": "x = y = []\n# for a in x:\n# print(y)\nfor a in y:\n    pass\n",
    "code after a remark that it is old": "# old version:\n# x = f(x)\n# x = x.g()\nx = f = 1\n",
    "names that other comments bind": "# a = load(1)\n\n# b = a.x()\n# c = b.y(a)\nload = 1\n",
    "doubled signs": "## x = f(x)\n## x = x.g()\nx = f = 1\n",
    "an object of a class that is gone": "# model = Lasso(alpha=0.1)\n# model.positive = True\nmodel = 1\n",
    "a loop of names that are gone": "# for epoch in range(10):\n#     train(model)\n#     validate(model)\nx = 1\n",
    "what did not work": "# does not work:\n# x = f(x)\n# x = x.g()\nx = f = 1\n",
    "a call over several lines": "# print(\n#     x,\n# )\nx = 1\n",
}


@pytest.mark.parametrize("text", DISABLED.values(), ids=DISABLED)
def test_disabled_code_is_found(text: str) -> None:
    assert len(found(text)) == 1


SILENT = {
    "an option if something fails": "# If g() doesn't work, another option is\n# x = f(x)\n# x = x.g()\nx = f = 1\n",
    "a numbered option": "# Option1: push it\n# model.push(x)\nmodel = x = 1\n",
    "what is worked around": "# workaround for\n# x = f(x)\n# x = x.g()\nx = f = 1\n",
    "the form for other versions": "# For older versions of g:\n# x = f(x)\n# x = x.g()\nx = f = 1\n",
    "a heading in a frame": "# ----------\n# predict_batch()\n# ----------\ndef predict_batch():\n    pass\n",
    "a formula of single letters": "w = u = pred = 1\n\n# pred[i, j] = w[i].dot(u[j])\n",
    "a rule of updating": "# w = w - lr * grad\nlr = grad = 1\n",
    "equations": "# Q = W * A\n# C = b * A + B\nW = A = b = B = 1\n",
    "an abbreviation": "# e.g. model.fit(x)\nmodel = x = e = 1\n",
    "prose": "# Train the model, then\n# return the best of them.\nx = 1\n",
    "prose that parses": "# not yet\n# x and y\nx = y = 1\n",
    "a usage example": "# Usage:\n#   x = f(1)\n#   print(x)\nf = 1\n",
    "an example behind a blank comment": "# This is equivalent to\n#\n# x = f(x)\n# x = x.g()\nx = f = 1\n",
    "a doctest": "# >>> x = f(1)\n# >>> print(x)\nf = 1\n",
    "shape notes": "# x = (batch, time)\n# y.shape = (n, c)\nx = y = n = c = 1\n",
    "a formula of functions that the file lacks": "# loss = -log(p)\nloss = p = 1\n",
    "a formula with a factor": "# grad = 2(w*x+b-y)*x\ngrad = w = x = b = y = 1\n",
    "settings": "# lr = 0.1\n# batch_size = 32\nlr = 1\n",
    "documented options": "# The class of the catalog.\n# from a import B\n# CATALOG_CLASS = B\n",
    "YAML": "# model: resnet\n# layers:\n#   - conv\n",
    "printed values": "x = f()\n# array([1, 2])\n# tensor([[1.0]])\n",
    "directives": "# pylint: disable=x\n# type: ignore\n# fmt: off\nx = 1\n",
    "code of other names": "# a = b(c)\n# d(e, f)\nx = 1\n",
    "a sketch": "# class Net(Module):\n#     [...]\nx = 1\n",
    "what the reader may uncomment": "# Uncomment to see more\nx = 1\n# print(x)\n# print(x + x)\n",
    "a Markdown fence": "# ```python\n# x = f(x)\n# x = x.g()\n# ```\nx = f = 1\n",
    "a comment behind code": "x = 1  # x = f(x)\ny = 2  # y = g(y)\n",
    "one import": "# import pandas as pd\nx = 1\n",
    "a string that looks like comments": 's = """\n# x = f(x)\n# x = g(x)\n"""\nx = 1\n',
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_other_comments_are_left_alone(text: str) -> None:
    assert found(text) == []


def test_a_stretch_spans_the_blank_lines_inside_one_construct() -> None:
    text = """
        x = 1
        # if x:
        #     print(x)

        # else:
        #     print(2 * x)
        """
    assert found(text) == [(2, 6, 4)]


def test_two_disabled_functions_are_two_stretches() -> None:
    text = "# def f(x):\n#     return x\n\n# def g(x):\n#     return x\n"
    assert [first for first, _, _ in found(text)] == [1, 4]


def test_prose_around_the_code_is_not_part_of_the_stretch() -> None:
    text = "# Keep the largest boxes.\n# x = f(x)\n# x = x.g()\n# That is all there is.\nx = f = 1\n"
    assert found(text) == [(2, 3, 2)]


def test_prose_above_a_cell_presents_its_comments() -> None:
    text = "# import a\n# import b\n"
    for lead, silent in (("To try it, run the following code:", True), ("Two steps.", False)):
        document = Document("a.ipynb", (Cell(text, text, 1, lead=lead),), is_notebook=True)
        assert (not list(find_disabled(SourceFile(document, (), build_library([]))))) is silent
