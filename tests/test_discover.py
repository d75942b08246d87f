"""Which files are found: ignore files, excludes, links, odd names, wrong paths."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mldebt_lint.errors import UserError
from mldebt_lint.reading.discover import DEFAULT_EXCLUDE, DiscoverOptions, Scan, discover, scan


def write(root: Path, *names: str, text: str = "") -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def found(root: Path, *paths: str, **options: object) -> list[str]:
    """The files found below `root`, or under some paths in it, relative to it."""
    chosen = DiscoverOptions(root, **options)  # type: ignore[arg-type]  # a test names its options
    files = discover([root / path for path in paths] or [root], chosen)
    return [file.relative_to(root).as_posix() for file in files]


def test_python_files_and_notebooks_are_found_in_order(tmp_path: Path) -> None:
    write(tmp_path, "b/z.py", "b/a.ipynb", "a.py", "b-c.py", "c.pyi", "d.txt", "e.PY.txt")
    assert found(tmp_path) == ["a.py", "b/a.ipynb", "b/z.py", "b-c.py"]


def test_paths_are_spelt_as_they_were_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "src/a.py")
    monkeypatch.chdir(tmp_path)
    options = DiscoverOptions(Path())
    assert discover([Path()], options) == [Path("src/a.py")]
    assert discover([Path("src/../src")], options) == [Path("src/../src/a.py")]


def test_a_file_given_twice_is_found_once(tmp_path: Path) -> None:
    write(tmp_path, "src/a.py")
    assert found(tmp_path, "src", "src/a.py", ".") == ["src/a.py"]


def test_an_ignore_file_speaks_of_its_own_directory(tmp_path: Path) -> None:
    write(tmp_path, "x/keep.py", "x/drop.py", "drop.py", "x/deep/drop.py", "x/deep/top.py", "x/top.py")
    write(tmp_path, "x/.gitignore", text="drop.py\n/top.py\n")
    assert found(tmp_path) == ["drop.py", "x/deep/top.py", "x/keep.py"]


def test_an_inner_ignore_file_wins_over_an_outer_one(tmp_path: Path) -> None:
    write(tmp_path, "gen/a.py", "x/gen_a.py", "x/gen_b.py", "gen_c.py")
    write(tmp_path, ".gitignore", text="gen/\ngen_*.py\n")
    write(tmp_path, "x/.gitignore", text="!gen_a.py\n")
    assert found(tmp_path) == ["x/gen_a.py"]


def test_an_ignored_directory_is_not_entered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "data/deep/a.py", "src/a.py")
    write(tmp_path, ".gitignore", text="data/\n")
    entered: list[str] = []
    listing = os.scandir

    def watched(path: str) -> object:
        entered.append(os.path.relpath(path, tmp_path))
        return listing(path)

    monkeypatch.setattr(os, "scandir", watched)
    assert found(tmp_path) == ["src/a.py"]
    assert entered == [".", "src"]


def test_nothing_below_an_ignored_directory_can_be_kept(tmp_path: Path) -> None:
    write(tmp_path, "data/a.py")
    write(tmp_path, ".gitignore", text="data/\n!data/a.py\n")
    assert found(tmp_path) == []


def test_ignore_files_above_the_given_directory_count(tmp_path: Path) -> None:
    write(tmp_path, "src/pkg/a.py", "src/pkg/gen_b.py")
    write(tmp_path, ".gitignore", text="gen_*\n")
    assert found(tmp_path, "src/pkg") == ["src/pkg/a.py"]


def test_ignore_files_above_the_root_count_up_to_the_repository(tmp_path: Path) -> None:
    write(tmp_path, "repo/project/a.py", "repo/project/b.py", "repo/project/c.py")
    write(tmp_path, "repo/.git/HEAD")
    write(tmp_path, "repo/.gitignore", text="b.py\n")
    write(tmp_path, ".gitignore", text="c.py\n")
    assert found(tmp_path / "repo/project") == ["a.py", "c.py"]


def test_without_a_repository_ignore_files_above_the_root_do_not_count(tmp_path: Path) -> None:
    write(tmp_path, "project/a.py")
    write(tmp_path, ".gitignore", text="*.py\n")
    assert found(tmp_path / "project") == ["a.py"]


def test_the_repository_s_own_excludes_count(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "scratch/b.py")
    write(tmp_path, ".git/info/exclude", text="/scratch\n")
    assert found(tmp_path) == ["a.py"]


def test_ignore_files_can_be_left_aside(tmp_path: Path) -> None:
    write(tmp_path, "a.py")
    write(tmp_path, ".gitignore", text="*.py\n")
    assert found(tmp_path, respect_gitignore=False) == ["a.py"]


@pytest.mark.parametrize("line", ["!", "[z-a].py", "\\", "a["])
def test_a_malformed_ignore_line_is_passed_over(tmp_path: Path, line: str) -> None:
    write(tmp_path, "a.py", "b.py")
    write(tmp_path, ".gitignore", text=f"{line}\nb.py\n")
    assert found(tmp_path) == ["a.py"]


def test_an_ignore_file_may_be_of_any_encoding(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "b.py")
    (tmp_path / ".gitignore").write_bytes(b"\xef\xbb\xbfb.py\r\n# caf\xe9\r\n")
    assert found(tmp_path) == ["a.py"]


def test_usual_rubbish_is_excluded_at_any_depth(tmp_path: Path) -> None:
    write(tmp_path, *(f"x/{name}/a.py" for name in DEFAULT_EXCLUDE), "x/a.py")
    assert found(tmp_path) == ["x/a.py"]


@pytest.mark.parametrize("mark", ["pyvenv.cfg", "conda-meta/history"])
def test_an_environment_is_left_out_whatever_its_name(tmp_path: Path, mark: str) -> None:
    write(tmp_path, "a.py", f"my-env/{mark}", "my-env/lib/b.py")
    assert found(tmp_path) == ["a.py"]


def test_exclude_patterns_are_relative_to_the_root(tmp_path: Path) -> None:
    write(tmp_path, "docs/a.py", "x/docs/b.py", "x/gen_c.py")
    assert found(tmp_path, exclude=("/docs", "gen_*.py")) == ["x/docs/b.py"]


def test_an_exclude_pattern_can_be_taken_back(tmp_path: Path) -> None:
    write(tmp_path, "build/a.py", "dist/b.py")
    assert found(tmp_path, exclude=("build", "dist", "!build")) == ["build/a.py"]


def test_a_malformed_exclude_pattern_is_the_user_s_mistake(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"invalid exclude pattern '\[z-a\]'"):
        found(tmp_path, exclude=("[z-a]",))


def test_a_named_file_is_found_though_excluded_or_of_another_suffix(tmp_path: Path) -> None:
    write(tmp_path, "build/a.py", "ignored.py", "script")
    write(tmp_path, ".gitignore", text="ignored.py\n")
    assert found(tmp_path, "build/a.py", "ignored.py", "script") == ["build/a.py", "ignored.py", "script"]


def test_force_exclude_leaves_out_named_files_too(tmp_path: Path) -> None:
    write(tmp_path, "build/deep/a.py", "x/ignored.py", "x/b.py")
    write(tmp_path, "x/.gitignore", text="ignored.py\n")
    names = ("build/deep/a.py", "build/deep", "x/ignored.py", "x/b.py")
    assert found(tmp_path, *names, force_exclude=True) == ["x/b.py"]


def test_a_named_directory_is_walked_though_it_is_left_out(tmp_path: Path) -> None:
    write(tmp_path, "build/a.py", "data/b.py", "data/.venv/c.py")
    write(tmp_path, ".gitignore", text="data/\n")
    assert found(tmp_path, "build", "data") == ["build/a.py", "data/b.py"]


def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    write(tmp_path, "pkg/a.py")
    (tmp_path / "pkg/loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "self.py").symlink_to(tmp_path / "self.py")
    assert found(tmp_path) == ["pkg/a.py"]


def test_a_link_to_a_file_is_found_unless_the_file_is(tmp_path: Path) -> None:
    write(tmp_path, "root/a.py", "outside/b.py")
    (tmp_path / "root/0.py").symlink_to(tmp_path / "root/a.py")
    (tmp_path / "root/c.py").symlink_to(tmp_path / "outside/b.py")
    (tmp_path / "root/d.py").symlink_to(tmp_path / "outside/b.py")
    (tmp_path / "root/broken.py").symlink_to(tmp_path / "nowhere.py")
    assert found(tmp_path / "root") == ["a.py", "c.py"]


def test_a_directory_given_by_two_names_is_read_once(tmp_path: Path) -> None:
    write(tmp_path, "real/a.py")
    (tmp_path / "link").symlink_to(tmp_path / "real", target_is_directory=True)
    assert len(found(tmp_path, "link", "real")) == 1


def test_odd_names_are_only_names(tmp_path: Path) -> None:
    write(tmp_path, "x.py/a.py", "we[ir]d*.py", "{{ cookiecutter.name }}/b.py", "ä ö.py")
    assert found(tmp_path) == ["we[ir]d*.py", "x.py/a.py", "{{ cookiecutter.name }}/b.py", "ä ö.py"]


def test_a_missing_path_is_the_user_s_mistake(tmp_path: Path) -> None:
    write(tmp_path, "train.py")
    with pytest.raises(UserError) as caught:
        found(tmp_path, "trian.py")
    assert str(caught.value) == (
        f"no such file or directory: '{tmp_path / 'trian.py'}' (did you mean 'train.py'?)"
    )


def test_a_path_in_a_missing_directory_has_no_suggestion(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        found(tmp_path, "nowhere/a.py")
    assert str(caught.value) == f"no such file or directory: '{tmp_path / 'nowhere/a.py'}'"


def test_a_broken_link_is_the_user_s_mistake(tmp_path: Path) -> None:
    (tmp_path / "a.py").symlink_to(tmp_path / "gone.py")
    with pytest.raises(UserError, match="broken link: "):
        found(tmp_path, "a.py")


def test_a_scan_finds_companions_in_the_same_walk(tmp_path: Path) -> None:
    write(tmp_path, "setup.py", "pkg/a.py", "Makefile", "conf/train.yaml", "data.csv", "build/x.yaml")
    write(tmp_path, ".github/workflows/ci.yml")
    result = scan(tmp_path, DiscoverOptions(tmp_path))
    assert result == Scan(
        tmp_path,
        python=[tmp_path / "pkg/a.py", tmp_path / "setup.py"],
        companions=[
            tmp_path / name
            for name in (".github/workflows/ci.yml", "Makefile", "conf/train.yaml", "setup.py")
        ],
    )


def test_discovering_the_root_uses_the_known_scan(tmp_path: Path) -> None:
    known = Scan(tmp_path, python=[tmp_path / "made-up.py"], companions=[])
    assert discover([tmp_path], DiscoverOptions(tmp_path), known) == [tmp_path / "made-up.py"]


def test_a_directory_that_cannot_be_listed_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "a.py", "locked/b.py")
    listing = os.scandir

    def denied(path: str) -> object:
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return listing(path)

    monkeypatch.setattr(os, "scandir", denied)
    result = scan(tmp_path, DiscoverOptions(tmp_path))
    assert result.python == [tmp_path / "a.py"]
    assert [(problem.path, problem.message) for problem in result.problems] == [
        ("locked", "cannot be listed: Permission denied")
    ]
