"""The command lines that companion files run, or tell their reader to run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mldebt_lint.reading.kinds import Companion, CompanionKind
from mldebt_lint.reading.packaging import pyproject_tasks
from mldebt_lint.reading.text import split_lines
from mldebt_lint.reading.yaml_commands import yaml_commands

_RUNNERS = r"(?:python[\d.]*|torchrun|accelerate|deepspeed|papermill|jupyter|streamlit|uvicorn|gunicorn)"
_FENCE = re.compile(r"^[ \t>]*(?P<mark>`{3,}|~{3,})[ \t]*\{?\.?(?P<language>[\w+-]*)")
_SHELLS = frozenset(
    ("", "bash", "sh", "shell", "console", "zsh", "shell-session", "shellsession", "text", "terminal")
)
_RUNNER_LINE = re.compile(
    rf"^(?: {{4,}}|\t)[!$%>]?[ \t]*(?P<command>(?:[A-Z_]+=\S+[ \t]+)*{_RUNNERS}[ \t]+\S.*)$"
)
_INLINE = re.compile(
    rf"(?<!`)``?[!$%]?[ \t]*(?P<command>(?:[A-Z_]+=\S+[ \t]+)*{_RUNNERS}[ \t]+[^`\n]+)``?(?!`)"
)
_PROMPT = re.compile(r"^[ \t]*(?:\([\w.-]+\)[ \t]*)?(?:[\w.@:~-]*[$>%!][ \t]+|!)?")
_TREE = re.compile("[\u2500-\u257f]")
_RECIPE = re.compile(r"^(?:\t| {4,})[ \t]*[@\-+]*(?P<command>.*)$")
_INLINE_RECIPE = re.compile(r"^[\w./ %-]+::?[^=;\n]*;[ \t]*(?P<command>.*)$")
_DOCKER = re.compile(r"^(?:RUN|CMD|ENTRYPOINT)\s+(?:--\S+\s+)*(?P<command>.*)$", re.IGNORECASE)
_EXEC_FORM = re.compile(r"^\[(?P<words>.*)\]\s*$")
_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"')
_QUOTED = r"(?P<quote>'''|\"\"\"|'|\")(?P<body>.*?)(?P=quote)"
_JENKINS = re.compile(rf"\b(?:sh|bat)\b[ \t]*\(?[ \t]*(?:script[ \t]*:[ \t]*)?{_QUOTED}", re.DOTALL)
_SNAKE = re.compile(rf"^[ \t]*(?:shell|script|notebook)[ \t]*:\s*[rf]?{_QUOTED}", re.DOTALL | re.MULTILINE)
_SNAKE_SCRIPT = re.compile(r"^[ \t]*(?:script|notebook)")
_TOX_KEY = re.compile(r"^(?:commands\w*|allowlist_externals)[ \t]*=[ \t]*(?P<value>.*)$")
_PROCESS = re.compile(r"^[\w-]+:[ \t]*(?P<command>.*)$")


def commands(companion: Companion) -> Iterator[str]:
    """Yield the command lines of `companion` in order, continued lines joined, comments left out."""
    for line in _joined(_lines(companion)):
        command = line.strip()
        if command and not command.startswith("#"):
            yield command


def _lines(companion: Companion) -> Iterable[str]:
    name = companion.path.rpartition("/")[2].lower()
    lines = split_lines(companion.text)
    if name.endswith((".yml", ".yaml")) or name == "mlproject":
        return yaml_commands(companion.text)
    match companion.kind:
        case CompanionKind.SHELL:
            return _matched(_PROCESS, lines) if name == "procfile" else lines
        case CompanionKind.MAKEFILE:
            return _recipes(lines)
        case CompanionKind.PYPROJECT:
            return pyproject_tasks(companion.text)
        case CompanionKind.README:
            return _shown(lines)
        case CompanionKind.DOCKER:
            return _docker(lines)
        case CompanionKind.CI if name == "tox.ini":
            return _tox(lines)
        case CompanionKind.CI:
            return _bodies(_JENKINS, companion.text)
        case CompanionKind.PIPELINE:
            return _bodies(_SNAKE, companion.text)
    return ()


def _joined(lines: Iterable[str]) -> Iterator[str]:
    """Join lines that end in a backslash to the next."""
    pending = ""
    for line in lines:
        if line.rstrip().endswith("\\") and not line.lstrip().startswith("#"):
            pending += line.strip()[:-1].rstrip() + " "
            continue
        yield pending + (line.strip() if pending else line)
        pending = ""
    yield pending


def _matched(pattern: re.Pattern[str], lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if match := pattern.match(line):
            yield match["command"]


def _recipes(lines: list[str]) -> Iterator[str]:
    """Yield a makefile's recipe lines; a line that continues one needs no tabulator."""
    continued = False
    for line in lines:
        match = _RECIPE.match(line) or _INLINE_RECIPE.match(line)
        if match or continued:
            yield match["command"] if match else line
            continued = line.rstrip().endswith("\\")


def _shown(lines: list[str]) -> Iterator[str]:
    """Yield the lines of a readme's code blocks in shell languages, and runner commands elsewhere."""
    mark, language = "", ""
    for line in lines:
        fence = _FENCE.match(line)
        if fence and not mark:
            mark, language = fence["mark"], fence["language"].lower()
        elif fence and fence["mark"].startswith(mark) and not fence["language"]:
            mark = ""
        elif mark and language in _SHELLS:
            yield "" if _TREE.search(line) else _PROMPT.sub("", line, count=1)
        elif (match := _RUNNER_LINE.match(line)) or (mark and (match := _RUNNER_LINE.match("    " + line))):
            yield match["command"]
        else:
            yield from (match["command"] for match in _INLINE.finditer(line))


def _docker(lines: list[str]) -> Iterator[str]:
    for line in _joined(line for line in lines if not line.lstrip().startswith("#")):
        if match := _DOCKER.match(line.strip()):
            command = match["command"]
            form = _EXEC_FORM.match(command)
            yield " ".join(_quoted(word) for word in _WORD.findall(form["words"])) if form else command


def _quoted(word: str) -> str:
    return f"'{word}'" if " " in word and "'" not in word else word


def _tox(lines: list[str]) -> Iterator[str]:
    inside = False
    for line in lines:
        if match := _TOX_KEY.match(line):
            inside = True
            yield match["value"]
        elif inside and line[:1] in (" ", "\t"):
            yield line.strip().removeprefix("- ")
        else:
            inside = False


def _bodies(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    for match in pattern.finditer(text):
        prefix = "python " if _SNAKE_SCRIPT.match(match.group()) else ""
        yield from (prefix + line for line in split_lines(match["body"]))
