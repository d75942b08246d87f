"""Which files the cells of a notebook read and write, as far as literal paths and shell commands tell."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from mldebt_lint.analysis.literals import string_value
from mldebt_lint.analysis.names import dotted_name

_PATH = re.compile(r"[\w~.{][\w ~./{}-]*(?:/[\w{}*-]|\.[A-Za-z]\w{1,6}$)[\w./{}*-]*")
_SAVES = re.compile(r"(?:to_|save|dump|write|imsave|imwrite|copy|move|rename|remove|unlink|rmtree|export)")
_PROGRAM = re.compile(r"(?:python3?|accelerate|torchrun|bash|sh|make|\./\S+)\s+(?!-V|--version|-m pip)")
_CHANGING_SHELL = ("cp ", "mv ", "rm ", "sed ", "echo ", "touch ")


def imported_files(target: str) -> set[str]:
    """Return the files that an import of `features.make` may run."""
    path = target.replace(".", "/")
    return {f"{module}.py" for module in (path, path.rpartition("/")[0]) if module}


def shell_files(line: str) -> tuple[set[str], set[str]]:
    """Return the files that a shell command names, and those among them that it may write."""
    files = {word for word in line.split() if _PATH.fullmatch(word)}
    return files, files if line.startswith(_CHANGING_SHELL) or ">" in line else set()


def is_program(line: str) -> bool:
    """Whether a shell command runs a program of the project, which may read and write any file."""
    return _PROGRAM.match(line) is not None


def named_files(call: cst.Call) -> Iterator[str]:
    """Yield the literal paths that a call is given."""
    for arg in call.args:
        value = string_value(arg.value) if isinstance(arg.value, cst.SimpleString) else None
        if value and "://" not in value and _PATH.fullmatch(value):
            yield value.removeprefix("./")


def saves(call: cst.Call) -> bool:
    """Whether a call writes the files that it is given, by its name or its mode."""
    said = dotted_name(call.func).rpartition(".")[2]
    if said != "open":
        return bool(_SAVES.match(said))
    modes = (string_value(arg.value) for arg in call.args[1:] if isinstance(arg.value, cst.SimpleString))
    return any(mode and mode[0] in "wxa" for mode in modes)
