"""Finds the project's root and its configuration file, and reads that file and the overrides over it."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mldebt_lint.config.locate import key_lines
from mldebt_lint.config.schema import Node, describe, read_config
from mldebt_lint.config.settings import Config, KeyPath
from mldebt_lint.errors import UserError
from mldebt_lint.model import Note

OWN_FILES = (".mldebt-lint.toml", "mldebt-lint.toml")
PROJECT_FILES = ("pyproject.toml", "setup.py", "setup.cfg")
REPOSITORY_MARKS = (".git", ".hg")
SECTION = ("tool", "mldebt-lint")
MISSPELT_SECTIONS = ("mldebt_lint", "mldebtlint", "mldebt")


def find_root(path: Path) -> Path:
    """Return the root of the project that `path` belongs to, as an absolute path.

    That is the nearest directory upwards, not beyond the version-control root, with a configuration of this
    tool; else the nearest with a `pyproject.toml`, `setup.py` or `setup.cfg`; else the version-control root;
    else `path` itself, or its directory if it is a file.
    """
    start = Path(os.path.abspath(path))
    if not os.path.isdir(start):
        start = start.parent
    upwards: list[Path] = []
    repository = None
    for directory in (start, *start.parents):
        upwards.append(directory)
        if _holds(directory, REPOSITORY_MARKS):
            repository = directory
            break
    configured = (directory for directory in upwards if config_files(directory))
    projects = (directory for directory in upwards if _holds(directory, PROJECT_FILES))
    return next(configured, None) or next(projects, None) or repository or start


def config_files(directory: Path) -> list[Path]:
    """Return the files in `directory` that configure this tool; the first one wins."""
    found = [directory / name for name in OWN_FILES if os.path.isfile(directory / name)]
    pyproject = directory / "pyproject.toml"
    if os.path.isfile(pyproject) and _has_section(pyproject):
        found.append(pyproject)
    return found


def load_config(
    root: Path, *, file: Path | None = None, overrides: Sequence[str] = (), isolated: bool = False
) -> Config:
    """Return the settings of the project at `root`.

    `file` is read instead of the configuration found in `root`; with `isolated` none is read. `overrides` are
    TOML pairs such as `ignore = ["MLD5"]` or `rules.path-hack.max-depth = 5`, laid over the file: tables are
    merged, other values replaced. Raises `UserError`, with the line, for a key or value that is wrong.
    """
    if file is not None and isolated:
        raise UserError("an isolated run reads no configuration file", hint=f"leave out --isolated or {file}")
    root = Path(os.path.abspath(root))
    found = [] if file is not None or isolated else config_files(root)
    source = file or next(iter(found), None)
    tree: dict[str, object] = {}
    places: dict[KeyPath, str] = {}
    if source is not None:
        _lay_over(tree, _read_file(source, root), places)
    for override in overrides:
        _lay_over(tree, _read_override(override, root), places)
    base = Config(root=root, source=source, notes=_notes(found), places=places)
    return read_config(Node(tree, places), base)


@dataclass(frozen=True, slots=True)
class _Layer:
    """One source of settings: its tree, and where the value at a path stands."""

    tree: Mapping[str, object]
    place: Callable[[KeyPath], str]


def _holds(directory: Path, names: Sequence[str]) -> bool:
    return any(os.path.exists(directory / name) for name in names)


def _has_section(pyproject: Path) -> bool:
    """Say whether this tool is configured there; a file that is not TOML counts only if it names the tool."""
    try:
        content = pyproject.read_bytes()
    except OSError:
        return False
    if b"mldebt" not in content:
        return False
    try:
        tool = tomllib.loads(content.decode("utf-8-sig")).get("tool")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return re.search(rb"^\s*\[\s*tool\s*\.\s*[\"']?mldebt", content, re.MULTILINE) is not None
    return isinstance(tool, dict) and any(name in tool for name in (SECTION[1], *MISSPELT_SECTIONS))


def _read_file(file: Path, root: Path) -> _Layer:
    shown = shown_path(file, root)
    text = _text(file, shown)
    tree = _parse(text, shown)
    lines = key_lines(text)
    prefix: KeyPath = ()
    if file.name not in OWN_FILES and (file.name == "pyproject.toml" or "tool" in tree):
        tree, prefix = _section(tree, lines, shown), SECTION

    def place(path: KeyPath) -> str:
        return f"{shown}:{lines[prefix + path]}" if prefix + path in lines else shown

    return _Layer(_anchored(tree, Path(os.path.abspath(file)).parent), place)


def _section(tree: Mapping[str, object], lines: Mapping[KeyPath, int], shown: str) -> dict[str, object]:
    """Return the table `[tool.mldebt-lint]`."""
    tool = tree.get("tool")
    tables = tool if isinstance(tool, dict) else {}
    section = tables.get(SECTION[1])
    if isinstance(section, dict):
        return section
    if section is not None:
        raise UserError(
            f"tool.mldebt-lint must be a table, not {describe(section)}", place=f"{shown}:{lines[SECTION]}"
        )
    for name in MISSPELT_SECTIONS:
        if name in tables:
            hint = "did you mean [tool.mldebt-lint]?"
            raise UserError(f"[tool.{name}] is not read", place=f"{shown}:{lines['tool', name]}", hint=hint)
    raise UserError("there is no [tool.mldebt-lint] in this file", place=shown)


def _read_override(override: str, root: Path) -> _Layer:
    try:
        tree = tomllib.loads(override)
    except tomllib.TOMLDecodeError:
        hint = """write "key = value" with quotes around strings, as in 'ignore = ["MLD5"]'"""
        message = f"'{override}' is no file and no TOML pair"
        raise UserError(message, place="--config", hint=hint) from None
    return _Layer(_anchored(tree, root), lambda _: "--config")


def _anchored(tree: Mapping[str, object], directory: Path) -> dict[str, object]:
    """Return the tree with the paths of packs and local rules made absolute."""
    anchored = dict(tree)
    for key in ("packs", "local-rules"):
        paths = anchored.get(key)
        if isinstance(paths, list):
            anchored[key] = [str(directory / path) if isinstance(path, str) else path for path in paths]
    return anchored


def _text(file: Path, shown: str) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UserError(f"cannot read this configuration: {error.strerror}", place=shown) from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise UserError("a configuration must be UTF-8", place=f"{shown}:{line}") from None


def _parse(text: str, shown: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = re.sub(r" \(at .*\)$", "", str(error))
        found = re.search(r"\(at line (\d+), column \d+\)$", str(error))
        line = found[1] if found else len(text.splitlines())
        raise UserError(f"not valid TOML: {message}", place=f"{shown}:{line}") from None


def shown_path(path: Path, root: Path) -> str:
    """Return a path as messages show it: POSIX, relative to the root where it lies inside."""
    absolute = Path(os.path.abspath(path))
    return absolute.relative_to(root).as_posix() if absolute.is_relative_to(root) else path.as_posix()


def _lay_over(below: dict[str, object], layer: _Layer, places: dict[KeyPath, str], at: KeyPath = ()) -> None:
    """Merge the layer's tables into `below`, replace its other values, and keep `places` true."""
    for key, value in layer.tree.items():
        path = (*at, key)
        old = below.get(key)
        if isinstance(value, dict) and isinstance(old, dict):
            _lay_over(old, replace(layer, tree=value), places, path)
            continue
        for stale in [known for known in places if known[: len(path)] == path]:
            del places[stale]
        for inner in _paths_in(value, path):
            places[inner] = layer.place(inner)
        below[key] = value


def _paths_in(value: object, path: KeyPath) -> Iterator[KeyPath]:
    yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for part, inner in parts:
        yield from _paths_in(inner, (*path, part))


def _notes(found: Sequence[Path]) -> tuple[Note, ...]:
    """Name the winner where one directory configures this tool more than once."""
    if not found[1:]:
        return ()
    winner, *others = (file.name for file in found)
    return (Note(f"{winner} is the configuration; not read beside it: {', '.join(others)}", path=winner),)
