"""What packaging files declare: console scripts and the versions of requirements."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from configparser import ConfigParser, Error

from mldebt_lint.reading.kinds import Companion, CompanionKind
from mldebt_lint.reading.text import split_lines

_ENTRY = re.compile(r"(?P<name>[\w.-]+)\s*=\s*(?P<target>[\w.]+(?::[\w.]+)?)\s*(?:\[[^\]]*\])?")
_OBJECT = re.compile(r"[\w.]+:[\w.]+")
_SETUP_SCRIPTS = re.compile(
    r"['\"](?:console|gui)_scripts['\"]\s*[:=]\s*[\[(](?P<entries>.*?)[\])]", re.DOTALL
)
_STRING = re.compile(r"(?P<quote>['\"])(?P<text>(?:(?!(?P=quote)).)*)(?P=quote)")
_REQUIREMENT = re.compile(
    r"^\s*(?P<name>[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*"
    r"\(?(?P<bounds>(?:(?:[=!<>~]=?=?|@)\s*[^\s;,#()]+(?:\s*,\s*)?)*)\)?\s*(?:[;#].*)?$"
)
_CONDA_ITEM = re.compile(r"^\s*-\s+(?:[\w-]+::)?(?P<requirement>[A-Za-z0-9][^:]*)$")
_CONDA_PIN = re.compile(r"^(?P<name>[\w.-]+)\s*=(?P<version>[^=<>~!].*)$")
_SETUP_REQUIRES = re.compile(
    r"(?:install_requires|requires|REQUIRED|requirements)\s*=\s*\[(?P<entries>.*?)\]", re.DOTALL
)


def console_scripts(companion: Companion) -> Iterator[tuple[str, str]]:
    """Yield (command, "package.module:function") for the scripts that a packaging file installs."""
    match companion.kind, companion.path.rpartition("/")[2].lower():
        case CompanionKind.PYPROJECT, _:
            yield from _pyproject_scripts(_toml(companion.text))
        case CompanionKind.SETUP, "setup.cfg":
            yield from _cfg_scripts(companion.text)
        case CompanionKind.SETUP, _:
            for block in _SETUP_SCRIPTS.finditer(companion.text):
                yield from _entries(string["text"] for string in _STRING.finditer(block["entries"]))


def requirement_bounds(companions: Iterable[Companion]) -> Mapping[str, str]:
    """Return package (lower case, hyphens) -> version specifier ("" for any), as the project requires it.

    Of several files the first that gives a specifier counts, constraints and requirements before packaging.
    """
    order = (CompanionKind.REQUIREMENTS, CompanionKind.PYPROJECT, CompanionKind.SETUP)
    found: dict[str, str] = {}
    for kind in order:
        for companion in companions:
            if companion.kind is kind:
                for name, bounds in _required(companion):
                    found[name] = found.get(name) or bounds
    return found


def pyproject_tasks(text: str) -> Iterator[str]:
    """Yield the command lines of the tasks that a pyproject.toml defines for a task runner."""
    stack: list[tuple[str, object, bool]] = [("tool", _toml(text).get("tool"), False)]
    while stack:
        key, value, is_task = stack.pop()
        if isinstance(value, dict):
            inside = is_task or key in ("tasks", "scripts")
            stack += [(name, below, inside) for name, below in reversed(value.items())]
        elif isinstance(value, list) and is_task:
            stack += [(key, below, True) for below in reversed(value)]
        elif isinstance(value, str) and is_task and not _OBJECT.fullmatch(value):
            yield from split_lines(value)


def _required(companion: Companion) -> Iterator[tuple[str, str]]:
    name = companion.path.rpartition("/")[2].lower()
    if name.endswith((".yml", ".yaml")):
        lines: Iterable[str] = _conda(companion.text)
    elif name in ("pyproject.toml", "pipfile"):
        yield from _toml_requirements(_toml(companion.text))
        return
    elif name == "setup.cfg":
        lines = split_lines(_cfg(companion.text, "options", "install_requires"))
    elif name == "setup.py":
        blocks = _SETUP_REQUIRES.finditer(companion.text)
        lines = [string["text"] for block in blocks for string in _STRING.finditer(block["entries"])]
    else:
        lines = split_lines(companion.text)
    for line in lines:
        yield from _requirement(line)


def _requirement(line: str) -> Iterator[tuple[str, str]]:
    line = re.split(r"\s(?:--hash|#)|\s*\\$", line, maxsplit=1)[0]
    if match := _REQUIREMENT.match(line):
        yield _normal(match["name"]), re.sub(r"\s+", "", match["bounds"]).rstrip(",")


def _conda(text: str) -> Iterator[str]:
    section = ""
    for line in split_lines(text):
        if line[:1].isalpha():
            section = line.partition(":")[0]
        match = _CONDA_ITEM.match(line.split(" #")[0])
        if match and section == "dependencies":
            requirement = match["requirement"].strip().strip("'\"")
            pin = _CONDA_PIN.match(requirement)
            yield f"{pin['name']}=={pin['version'].split('=')[0]}" if pin else requirement


def _toml_requirements(data: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    project = _table(data, "project")
    lists = [project.get("dependencies"), *_table(project, "optional-dependencies").values()]
    lists += _table(data, "dependency-groups").values()
    for requirements in lists:
        for line in requirements if isinstance(requirements, list) else ():
            yield from _requirement(line) if isinstance(line, str) else ()
    poetry = _table(_table(data, "tool"), "poetry")
    groups = [group for group in _table(poetry, "group").values() if isinstance(group, dict)]
    tables = [_table(owner, "dependencies") for owner in (poetry, *groups)]
    tables += [_table(poetry, "dev-dependencies"), _table(data, "packages"), _table(data, "dev-packages")]
    for table in tables:
        for name, said in table.items():
            version = said.get("version", "") if isinstance(said, dict) else said
            yield _normal(name), _poetry_bounds(version if isinstance(version, str) else "")


def _poetry_bounds(version: str) -> str:
    version = version.replace(" ", "")
    if version in ("", "*"):
        return ""
    return f"=={version}" if version[0].isdigit() else version


def _pyproject_scripts(data: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    project, tool = _table(data, "project"), _table(data, "tool")
    tables = [
        _table(project, "scripts"),
        _table(project, "gui-scripts"),
        _table(_table(tool, "poetry"), "scripts"),
    ]
    for table in tables:
        for name, said in table.items():
            target = said.get("callable", said.get("reference")) if isinstance(said, dict) else said
            if isinstance(target, str):
                yield name, target.partition("[")[0].strip()


def _cfg_scripts(text: str) -> Iterator[tuple[str, str]]:
    for key in ("console_scripts", "gui_scripts"):
        yield from _entries(split_lines(_cfg(text, "options.entry_points", key)))


def _entries(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        if match := _ENTRY.fullmatch(line.strip()):
            yield match["name"], match["target"]


def _cfg(text: str, section: str, key: str) -> str:
    parser = ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except Error:
        return ""
    return parser.get(section, key, fallback="")


def _toml(text: str) -> Mapping[str, object]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def _table(data: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
