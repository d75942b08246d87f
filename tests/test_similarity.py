"""How alike two pieces of code are."""

from __future__ import annotations

import libcst as cst

from mldebt_lint.analysis.dead_path.similarity import line_sketch, shape, similarity, sketch_similarity
from mldebt_lint.analysis.syntax import Index

TRAIN = """
def train(model, data, rate=0.1):
    optimizer = build(model, rate)
    for epoch in range(10):
        for batch in data:
            loss = model(batch)
            loss.backward()
            optimizer.step()
        print(epoch, loss)
    return model
"""


def likeness(first: str, second: str) -> float:
    shapes = []
    for text in (first, second):
        module = cst.parse_module(text)
        shapes.append(shape(Index([module]), module))
    return similarity(*shapes)


def test_names_strings_and_numbers_do_not_count() -> None:
    renamed = TRAIN.replace("model", "net").replace("0.1", "3").replace("loss", "cost")
    assert likeness(TRAIN, renamed) == 1.0


def test_an_operator_counts() -> None:
    assert likeness("x = a + b\n", "x = a * b\n") < 1.0


def test_one_more_statement_keeps_two_versions_alike() -> None:
    assert likeness(TRAIN, TRAIN.replace("    return", "    model.eval()\n    return")) > 0.9


def test_another_function_is_not_alike() -> None:
    other = "def read(path):\n    with open(path) as file:\n        return [line.split()[0] for line in file if line]\n"
    assert likeness(TRAIN, other) < 0.5


def test_nothing_is_like_nothing() -> None:
    assert similarity((), ()) == 0.0


def test_sketches_of_renamed_lines_are_equal() -> None:
    assert line_sketch([TRAIN]) == line_sketch([TRAIN.replace("epoch", "round").replace("10", "20")])


def test_a_repeated_line_counts_as_often_as_it_stands_there() -> None:
    once, twice = line_sketch(["x = f(y)\n"]), line_sketch(["x = f(y)\nz = f(y)\n"])
    assert sketch_similarity(once, twice) == 2 * 0.5 / 1.5


def test_sketches_of_different_files_share_little() -> None:
    other = "import os\n\nif os.path.exists('a'):\n    raise SystemExit\n"
    assert sketch_similarity(line_sketch([TRAIN]), line_sketch([other])) == 0.0
