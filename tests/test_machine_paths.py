"""Which texts name a path on somebody's machine, and which only look so."""

from __future__ import annotations

import pytest

from mldebt_lint.analysis.prototype.loose_strings import find_strings
from mldebt_lint.analysis.prototype.machine_paths import Place, machine_path


@pytest.mark.parametrize(
    ("text", "place", "root"),
    [
        ("/home/alice/churn/train.csv", Place.HOME, "/home/alice/churn"),
        ("/home/alice/train.csv", Place.HOME, "/home/alice"),
        ("/Users/bob/Downloads/a/b.csv", Place.HOME, "/Users/bob/Downloads"),
        ("/private/home/bob/runs/1", Place.HOME, "/private/home/bob/runs"),
        ("file:///home/alice/x/y.db", Place.HOME, "/home/alice/x"),
        (r"C:\\Users\\Bob\\Desktop\\x.csv", Place.WINDOWS, "C:/Users/Bob/Desktop"),
        (r"d:\data\train.csv", Place.WINDOWS, "D:/data"),
        ("E:/models/best.pt", Place.WINDOWS, "E:/models"),
        ("/mnt/c/Users/bob/x/y", Place.WINDOWS, "/mnt/C:/Users/bob/x"),
        (
            "/content/drive/My Drive/Colab Notebooks/x.pkl",
            Place.COLAB,
            "/content/drive/My Drive/Colab Notebooks",
        ),
        ("/kaggle/input/titanic/train.csv", Place.KAGGLE, "/kaggle/input"),
        ("/gpfs/work/vision/best.pt", Place.DISK, "/gpfs/work"),
        ("/mnt/sda3/data/heart/x", Place.DISK, "/mnt/sda3/data"),
        ("/data/dsb15/train/*/study/", Place.DISK, "/data/dsb15"),
    ],
)
def test_a_path_of_one_machine_is_placed_and_rooted(text: str, place: Place, root: str) -> None:
    found = machine_path(text)
    assert found is not None
    assert (found.place, found.root) == (place, root)


@pytest.mark.parametrize(
    "text",
    [
        "/home/",
        "/home/jovyan/work",
        "/home/<you>/data",
        "/home/{user}/data",
        "/Users/someone@example.com/experiment",
        "/tmp/x",
        "/opt/ml/model",
        "/content/drive",
        "/data/train.csv",
        "/mnt/data/train/x.csv",
        "/path/to/data",
        "C:/",
        r"C:\n",
        r"K:\t%f",
        r"C:\\Program Files\\CUDA",
        r"C:\Windows\Fonts",
        "https://example.com/home/alice/x",
        "data/home/alice/x",
        "/home/alice/input. Use `ls` to look",
        "//home/alice/x",
    ],
)
def test_other_texts_are_no_path_of_one_machine(text: str) -> None:
    assert machine_path(text) is None


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("/home/user/data/x.csv", False),
        ("/home/alice/x.csv", True),
        ("/data/a/b", False),
        ("/scratch/a/b", True),
    ],
)
def test_placeholders_and_mount_points_are_unsure(text: str, sure: bool) -> None:
    found = machine_path(text)
    assert found is not None
    assert found.sure is sure


def test_strings_of_unparsed_text_are_found_outside_comments() -> None:
    text = "# 'no'\nprint 'a', x['b'] # \"c\"\n"
    assert [(s.text, s.line, s.column, s.before) for s in find_strings(text, None)] == [
        ("a", 2, 7, "print"),
        ("b", 2, 14, "print 'a', x["),
    ]


def test_a_string_that_is_a_statement_stands_alone_and_one_in_brackets_does_not() -> None:
    text = "def f():\n    'doc'\n    g(\n        'path')\n"
    assert [(s.text, s.alone) for s in find_strings(text, 3)] == [("doc", True), ("path", False)]
