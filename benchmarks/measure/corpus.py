"""The code that is measured on: wheels of the package index and checked-out trees, cut to a number of lines.

Nothing of it is imported or run. A cut is a project of its own, outside any repository, with a pyproject.toml that
says nothing to any tool, so that each runs with its defaults.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import libcst.native

from measure.model import spaced

PACKAGES = (
    "accelerate==1.15.0",
    "diffusers==0.42.1",
    "peft==0.21.2",
    "transformers==5.23.0",
    "trl==1.16.0",
)
NEUTRAL = '[project]\nname = "corpus"\nversion = "0"\n'
# Left out by default by one tool or another: all shall read the same files.
LEFT_OUT = frozenset(
    "_build bower_components buck-out build CVS dist env node_modules site-packages venv virtualenv".split()
)


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file: its name in the project, where it is, how many lines it has."""

    name: str
    path: Path
    lines: int


@dataclass(frozen=True, slots=True)
class Tree:
    """A folder, what files in it are named relative to, and what to call it."""

    folder: Path
    base: Path
    title: str


class Corpus:
    """Every Python file of some trees that libcst parses."""

    def __init__(self, trees: Sequence[Tree]) -> None:
        self.title = ", ".join(tree.title for tree in trees)
        self._candidates = sorted({found for tree in trees for found in _files(tree)})
        self._sources: dict[str, Source | None] = {}

    def take(
        self, *, lines: int = sys.maxsize, count: int = sys.maxsize, spread: bool = False
    ) -> list[Source]:
        """Return whole files until there are that many lines, or files: the first ones by name.

        Spread, they come from everywhere, always the same ones, and what is taken first is part of what is taken
        later: cuts of several sizes then differ in size, not in kind.
        """
        taken: list[Source] = []
        total = 0
        for name, path in sorted(self._candidates, key=_digest) if spread else self._candidates:
            if total >= lines or len(taken) >= count:
                break
            if name not in self._sources:
                self._sources[name] = _source(name, path)
            if (source := self._sources[name]) is not None:
                taken.append(source)
                total += source.lines
        return taken

    def describe(self, sources: Sequence[Source]) -> str:
        """Return how much of what a cut is."""
        return f"{size(sources)} of {self.title}"


def size(sources: Sequence[Source]) -> str:
    """Return how many lines and files there are."""
    return f"{spaced(sum(source.lines for source in sources))} lines in {spaced(len(sources))} files"


def lay_out(sources: Sequence[Source], folder: Path) -> Path:
    """Copy files into a project folder, and return it."""
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(NEUTRAL, "utf-8")
    for source in sources:
        target = folder / source.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source.path, target)
    return folder


def package_trees(packages: Sequence[str], folder: Path) -> list[Tree]:
    """Fetch wheels once, unpack their Python files, and return the trees."""
    return [
        Tree(folder / package, folder / package, package) for package in packages if _fetch(package, folder)
    ]


def repository_trees(folders: Sequence[Path]) -> list[Tree]:
    """Return checked-out trees as they are."""
    return [Tree(tree, tree.parent, tree.name) for tree in (folder.resolve() for folder in folders)]


def _fetch(package: str, folder: Path) -> bool:
    """Fetch one wheel unless its files are there; what does not come is an error."""
    if (folder / package).is_dir():
        return True
    print(f"fetching {package}", file=sys.stderr)
    wheels = folder / "wheels" / package
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:"]
    done = subprocess.run([*command, "--quiet", "--dest", wheels, package], check=False)
    if done.returncode != 0:
        raise SystemExit(f"{package} cannot be fetched")
    partial = folder / f"{package}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    for wheel in wheels.glob("*.whl"):
        _unpack(wheel, partial)
    shutil.rmtree(wheels)
    partial.rename(folder / package)
    return True


def _unpack(wheel: Path, folder: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.endswith(".py"):
                archive.extract(name, folder)


def _files(tree: Tree) -> Iterator[tuple[str, Path]]:
    for path in tree.folder.rglob("*.py"):
        name = path.relative_to(tree.base).as_posix()
        parts = PurePosixPath(name).parts
        if not any(part in LEFT_OUT or part.startswith(".") for part in parts) and path.is_file():
            yield name, path


def _source(name: str, path: Path) -> Source | None:
    try:
        text = path.read_text("utf-8")
        libcst.native.parse_module(text)
    except (OSError, UnicodeDecodeError, libcst.ParserSyntaxError):
        return None
    return Source(name, path, text.count("\n"))


def _digest(candidate: tuple[str, Path]) -> str:
    return hashlib.sha256(candidate[0].encode()).hexdigest()
