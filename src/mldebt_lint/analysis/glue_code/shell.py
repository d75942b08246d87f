"""Commands that code gives to a shell or starts as a process, and the Python programs among them."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.glue_code.templates import HOLE, template, words_of
from mldebt_lint.analysis.library import Library, Role
from mldebt_lint.analysis.names import Binds
from mldebt_lint.model import Location
from mldebt_lint.reading.document import Magic, MagicKind

STARTING = frozenset(
    ("system", "popen", "run", "call", "check_call", "check_output", "Popen", "getoutput", "getstatusoutput")
) | {"create_subprocess_shell", "create_subprocess_exec"}
COMMAND_KEYWORDS = frozenset({"args", "cmd", "command", "program"})
SHELL_CELLS = frozenset({"bash", "sh", "script", "shell", "zsh"})
SHELL_LINES = frozenset({"sx", "system", "bash", "sh"})
PYTHON = re.compile(r"(?:[^\s=]*/)?(?:python|pypy)[\d.]*w?(?:\.exe)?")
SEPARATOR = re.compile(r"[;&|()\n]+")
ASSIGNMENT = re.compile(r"\w+=.*", re.DOTALL)
INTERPOLATION = re.compile(r"\$\([^)]*\)|\$\{[^}]*\}|\$\w+|(?<!\{)\{[^{}\s][^{}]*\}(?!\})")
WRAPPERS = frozenset(
    ("time", "nice", "env", "sudo", "exec", "xvfb-run", "stdbuf", "timeout", "ionice", "command", "then")
)
RUNNERS = frozenset(("poetry", "pipenv", "uv", "conda", "mamba", "micromamba", "pdm", "hatch", "rye", "pixi"))
WITH_VALUE = frozenset(("-n", "-p", "--name", "--prefix", "-e", "-W", "-X", "--python", "--with"))
SHELLS = frozenset(("bash", "sh", "zsh", "/bin/bash", "/bin/sh", "cmd", "cmd.exe"))


@dataclass(frozen=True, slots=True)
class ShellCommand:
    """One command line: HOLE stands for what is not known. `is_list` when it was given as separate words."""

    words: tuple[str, ...]
    is_list: bool
    background: bool = False


@dataclass(frozen=True, slots=True)
class PythonRun:
    """A Python script (`path/x.py`) or module that a command runs, and the words after it."""

    target: str
    is_module: bool
    arguments: tuple[str, ...]


# -- calls ------------------------------------------------------------------------------------------------


def command_of(file: SourceFile, call: cst.Call) -> cst.BaseExpression | None:
    """Return the expression of the command that a call hands to a shell or starts as a process, or None.

    A call of the file's own function that does so with its parameter counts too.
    """
    func = call.func
    name = (
        func.attr.value
        if isinstance(func, cst.Attribute)
        else func.value
        if isinstance(func, cst.Name)
        else ""
    )
    if not call.args:
        return None
    if (param := file.once(_helpers).get(name)) is not None:
        return param.given(call)
    return _started(file, call) if name in STARTING or isinstance(func, cst.Name) else None


def _started(file: SourceFile, call: cst.Call) -> cst.BaseExpression | None:
    if not _is_ipython(call):
        api = file.api(call)
        if api is None or api.role is not Role.SHELL:
            return None
    first = call.args[0]
    if first.keyword is None:
        return first.value if not first.star else None
    return next(
        (a.value for a in call.args if a.keyword is not None and a.keyword.value in COMMAND_KEYWORDS), None
    )


@dataclass(frozen=True, slots=True)
class _Param:
    """The parameter that a helper function hands to a shell."""

    name: str
    place: int

    def given(self, call: cst.Call) -> cst.BaseExpression | None:
        """Return what a call passes for it."""
        plain = [arg.value for arg in call.args if arg.keyword is None and not arg.star]
        named = (arg.value for arg in call.args if arg.keyword is not None and arg.keyword.value == self.name)
        return plain[self.place] if len(plain) > self.place else next(named, None)


def _helpers(file: SourceFile) -> dict[str, _Param]:
    """Return this file's functions and methods that hand one of their parameters to a shell as it is."""
    found: dict[str, _Param] = {}
    for call in file.calls:
        func = call.func
        name = (
            func.attr.value
            if isinstance(func, cst.Attribute)
            else func.value
            if isinstance(func, cst.Name)
            else ""
        )
        command = _started(file, call) if name in STARTING and call.args else None
        owner = file.index.function(call) if isinstance(command, cst.Name) else None
        if owner is None or not isinstance(command, cst.Name):
            continue
        names = [p.name.value for p in (*owner.params.posonly_params, *owner.params.params)]
        binding = file.values.binding(command)
        if binding is not None and binding.how is Binds.PARAMETER and command.value in names:
            names = names[1:] if names[0] in ("self", "cls") else names
            found[owner.name.value] = _Param(command.value, names.index(command.value))
    return found


def _is_ipython(call: cst.Call) -> bool:
    """`get_ipython().system("…")`, what `!…` becomes in an exported notebook."""
    base = call.func.value if isinstance(call.func, cst.Attribute) else None
    return isinstance(base, cst.Call) and isinstance(base.func, cst.Name) and base.func.value == "get_ipython"


def commands_of(file: SourceFile, call: cst.Call) -> list[ShellCommand]:
    """Return the commands that a call starts, as far as they are visible."""
    expression = command_of(file, call)
    if expression is None:
        return []
    if (inner := _taken_apart(file, expression)) is not None:
        return split_commands(inner)
    if (text := template(file, expression)) is not None and _is_one_string(file, call):
        return split_commands(text)
    words = words_of(file, expression)
    if words is None and text is not None:
        words = [
            template(file, arg.value) or HOLE for arg in call.args if arg.keyword is None and not arg.star
        ]
    if not words:
        return []
    if words[0] in SHELLS and len(words) > 2 and words[1].startswith(("-", "/")):
        return split_commands(words[2])
    return [ShellCommand(tuple(words), is_list=True)]


def _is_one_string(file: SourceFile, call: cst.Call) -> bool:
    """Whether the first argument is a whole command line; `create_subprocess_exec` takes one word in each."""
    return not (file.qualified(call.func) or "").endswith("_exec")


def _taken_apart(file: SourceFile, node: cst.BaseExpression) -> str | None:
    """Return the text that `shlex.split(text)` or `text.split()` takes apart, None for anything else."""
    split = file.definition(node)
    if not isinstance(split, cst.Call):
        return None
    if file.qualified(split.func) == "shlex.split" and split.args:
        return template(file, split.args[0].value)
    if isinstance(split.func, cst.Attribute) and split.func.attr.value == "split":
        return template(file, split.func.value)
    return None


# -- notebooks --------------------------------------------------------------------------------------------


def shell_lines(file: SourceFile) -> Iterator[tuple[Location, str]]:
    """Yield the command lines in a notebook's escapes with their places; what IPython puts in is a HOLE.

    A cell that runs in the background (`%%bash --bg`) is a job of its own and left out.
    """
    for cell, magic in file.magics:
        if magic.kind is MagicKind.SHELL or (magic.kind is MagicKind.LINE and magic.name in SHELL_LINES):
            yield file.magic_at(cell, magic), INTERPOLATION.sub(HOLE, magic.text)
        elif magic.kind is MagicKind.CELL and magic.name in SHELL_CELLS and "--bg" not in magic.text:
            for number, line in _cell_lines(cell.original, magic):
                yield (
                    file.magic_at(cell, replace(magic, line=number, column=1)),
                    INTERPOLATION.sub(HOLE, line),
                )


def _cell_lines(text: str, magic: Magic) -> Iterator[tuple[int, str]]:
    """Yield the lines of a shell cell with their numbers, continued ones joined, comments left out."""
    pending, start = "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        if number <= magic.line or line.lstrip().startswith("#"):
            continue
        start = start or number
        if line.rstrip().endswith("\\"):
            pending += line.rstrip()[:-1] + " "
            continue
        yield start, pending + line
        pending, start = "", 0


# -- command lines ----------------------------------------------------------------------------------------


def split_commands(text: str) -> list[ShellCommand]:
    """Take a command line apart into its simple commands; `bash -c "…"` is opened."""
    found: list[ShellCommand] = []
    words: list[str] = []
    for word in [*_words(text), ";"]:
        if not SEPARATOR.fullmatch(word):
            words.append(word)
            continue
        if words and words[0] in SHELLS and len(words) > 2 and words[1] == "-c":
            found += split_commands(words[2])
        elif words:
            found.append(ShellCommand(tuple(words), is_list=False, background=word == "&"))
        words = []
    return found


def _words(text: str) -> list[str]:
    lexer = shlex.shlex(text.replace("\n", " ; "), posix=True, punctuation_chars=";&|()")
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        return list(lexer)
    except ValueError:
        return text.split()


def python_run(command: ShellCommand) -> PythonRun | None:
    """Return the script or module that a command runs with Python, None when it runs something else.

    None as well when the script is not known, and for jobs of a launcher (`torchrun`, `nohup`, `screen`).
    """
    words = _unwrapped(command.words)
    if not words:
        return None
    if words[0].endswith(".py") and "/" in words[0]:
        return _script(words)
    if not PYTHON.fullmatch(words[0]):
        return None
    rest = _without_options(words[1:])
    if rest[:1] == ["-m"] and len(rest) > 1:
        return PythonRun(rest[1], True, tuple(rest[2:])) if HOLE not in rest[1] else None
    return _script(rest)


def _script(words: Sequence[str]) -> PythonRun | None:
    name = words[0].rpartition("/")[2] if words else ""
    if not name.endswith(".py") or name.startswith(".") or HOLE in name:
        return None
    return PythonRun(words[0], False, tuple(words[1:]))


def _unwrapped(words: Sequence[str]) -> list[str]:
    """Leave out assignments before a command, and programs that only run another."""
    rest = list(words)
    while rest:
        if ASSIGNMENT.fullmatch(rest[0]) and not rest[0].startswith("-"):
            rest = rest[1:]
        elif rest[0] in WRAPPERS:
            rest = _past_options(rest[1:])
            if rest and re.fullmatch(r"[\d.]+[smh]?", rest[0]):
                rest = rest[1:]
        elif rest[0] in RUNNERS and rest[1:2] == ["run"]:
            rest = _past_options(rest[2:])
        else:
            break
    return rest


def _past_options(words: list[str]) -> list[str]:
    while words and words[0].startswith("-"):
        words = words[2:] if words[0] in WITH_VALUE else words[1:]
    return words


def _without_options(words: list[str]) -> list[str]:
    """Leave out Python's own options before `-m` or the script."""
    while words and words[0].startswith("-") and words[0] not in ("-m", "-c", "-"):
        words = words[2:] if words[0] in WITH_VALUE else words[1:]
    return words


def is_tool_module(name: str, library: Library) -> bool:
    """Whether `python -m name` runs the standard library or a known package, not a project's own module."""
    return name.partition(".")[0] in sys.stdlib_module_names or library.pack(name) is not None
