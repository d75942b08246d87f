"""What a path says about a file's part in the project."""

from __future__ import annotations

TEST_FOLDERS = frozenset({"test", "tests", "testing", "unittests", "unit_tests"})


def is_test_path(path: str) -> bool:
    """Whether a project-relative path is a test by the conventions of pytest and unittest."""
    *folders, name = path.lower().split("/")
    stem = name.rpartition(".")[0]
    return bool(TEST_FOLDERS.intersection(folders)) or (
        stem.startswith("test_") or stem.endswith("_test") or stem in {"conftest", "test", "tests"}
    )


def folder(path: str) -> str:
    """Return the folder of a project-relative path, empty for the root."""
    return path.rpartition("/")[0]
