"""Where the project's root is."""

from __future__ import annotations

from pathlib import Path

import pytest

from mldebt_lint.config import find_root


def write(directory: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return directory


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A version-controlled folder, so that no search leaves it."""
    return write(tmp_path / "repository", {".git/HEAD": "", "src/models/train.py": ""})


def test_the_root_is_the_nearest_directory_with_the_tools_configuration(repository: Path) -> None:
    write(repository, {"mldebt-lint.toml": "", "src/.mldebt-lint.toml": "", "src/models/setup.py": ""})
    assert find_root(repository / "src/models/train.py") == repository / "src"


def test_a_pyproject_with_the_tools_section_is_its_configuration(repository: Path) -> None:
    write(repository, {"pyproject.toml": "[tool.mldebt-lint]\n", "src/pyproject.toml": "[project]\n"})
    assert find_root(repository / "src/models") == repository


def test_without_a_configuration_the_root_is_the_nearest_project(repository: Path) -> None:
    write(repository, {"setup.cfg": "", "src/pyproject.toml": "[tool.black]\n"})
    assert find_root(repository / "src/models") == repository / "src"


@pytest.mark.parametrize("name", ["pyproject.toml", "setup.py", "setup.cfg"])
def test_a_project_file_marks_a_project(repository: Path, name: str) -> None:
    write(repository, {f"src/{name}": ""})
    assert find_root(repository / "src/models/train.py") == repository / "src"


def test_without_a_project_the_root_is_that_of_version_control(repository: Path) -> None:
    assert find_root(repository / "src/models/train.py") == repository


def test_the_search_ends_at_the_root_of_version_control(tmp_path: Path) -> None:
    write(tmp_path, {"mldebt-lint.toml": "", "pyproject.toml": "", "inner/.hg/store": "", "inner/a.py": ""})
    assert find_root(tmp_path / "inner/a.py") == tmp_path / "inner"


def test_a_worktree_whose_git_is_a_file_is_version_controlled(tmp_path: Path) -> None:
    write(tmp_path, {".git/HEAD": "", "tree/.git": "gitdir: elsewhere", "tree/src/a.py": ""})
    assert find_root(tmp_path / "tree/src") == tmp_path / "tree"


def test_with_none_of_these_the_root_is_the_directory_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"scripts/a.py": ""})
    monkeypatch.setattr("mldebt_lint.config.load._holds", lambda *_: False)
    assert find_root(tmp_path / "scripts") == tmp_path / "scripts"
    assert find_root(tmp_path / "scripts/a.py") == tmp_path / "scripts"


def test_a_root_is_absolute(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository / "src")
    assert find_root(Path("models/../models/train.py")) == repository


def test_a_pyproject_that_only_depends_on_the_tool_does_not_configure_it(repository: Path) -> None:
    write(repository, {"pyproject.toml": '[project]\ndependencies = ["mldebt-lint"]\n[tool.black]\n'})
    write(repository, {"src/setup.py": ""})
    assert find_root(repository / "src/models") == repository / "src"
