"""The Python scripts, modules and notebooks that a command line runs."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator

_VARIABLE = re.compile(r"\$[({](\w+)[)}]")
_PLACEHOLDER = re.compile(r"<(?! )[\w ./-]*(?<! )>")
_SEPARATOR = re.compile(r"[;&|()]+")
_REDIRECTION = re.compile(r"[<>&|()]*[<>][<>&|()]*")
_WORD = re.compile(r"[;&|()<>]+|[^\s;&|()<>]+")
_PYTHON = re.compile(r"(?:[\w./~-]*/)?i?python[\d.]*(?:\.exe)?|\$\w*python\w*|\$py3?", re.IGNORECASE)
_FILE = re.compile(r"[\w./~@+-]+\.(?:py|ipynb)")
_UNKNOWN_FOLDER = re.compile(r"^(?:\$\w+|\{\w+\})/")
_SHELL = re.compile(r"(?:[\w/]*/)?(?:ba|z|da)?sh")
_MODULE = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_APPLICATION = re.compile(r"(?P<module>[^\W\d]\w*(?:\.[^\W\d]\w*)*):[^\W\d][\w.()]*")
# Programs that run the first script after them (or the module after -m); as commands and as modules.
_LAUNCHERS = frozenset(
    (
        "torchrun",
        "accelerate",
        "deepspeed",
        "horovodrun",
        "mpirun",
        "mpiexec",
        "spark-submit",
        "papermill",
        "jupyter",
        "jupyter-nbconvert",
        "jupyter-execute",
        "runipy",
        "streamlit",
        "chainlit",
        "fastapi",
        "srun",
        "coverage",
        "kernprof",
        "scalene",
        "py-spy",
        "uv",
        "torch.distributed.launch",
        "torch.distributed.run",
        "accelerate.commands.launch",
        "torch_xla.distributed.xla_dist",
        "cProfile",
        "pdb",
        "ipdb",
        "trace",
        "memory_profiler",
        "debugpy",
        "line_profiler",
    )
)
_SERVERS = frozenset(("gunicorn", "uvicorn", "hypercorn", "daphne", "celery", "waitress-serve"))
_PYTHON_VALUE_OPTIONS = ("-W", "-X", "--check-hash-based-pycs")


def run_targets(command: str) -> Iterator[str]:
    """Yield what a command line runs: `path/x.py`, `path/nb.ipynb`, or a dotted module, as they are spelt.

    A path is joined to the directory of a `cd` before it. What is only known when it runs is left out, or the
    first folder of a path if it is that.
    """
    folder = ""
    for words in _simple_commands(command):
        if words[0] == "cd" and len(words) == 2 and "$" not in words[1]:
            folder = posixpath.join(folder, words[1])
            continue
        for target in _targets(words):
            is_path = _FILE.fullmatch(target) and not target.startswith(("/", "~"))
            yield posixpath.normpath(posixpath.join(folder, target)) if is_path else target


def _simple_commands(command: str) -> Iterator[list[str]]:
    command = _PLACEHOLDER.sub("$_", _VARIABLE.sub(r"$\1", command))
    words: list[str] = []
    is_file = False
    for word in _split(command):
        if _REDIRECTION.fullmatch(word):
            is_file = True
        elif _SEPARATOR.fullmatch(word):
            if words:
                yield words
            words, is_file = [], False
        else:
            if not is_file:
                words.append(word)
            is_file = False
    if words:
        yield words


def _split(command: str) -> list[str]:
    lexer = shlex.shlex(command, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    try:
        return list(lexer)
    except ValueError:
        return _WORD.findall(command)  # an apostrophe, say


def _targets(words: list[str]) -> Iterator[str]:
    words = [_UNKNOWN_FOLDER.sub("", word) for word in words]
    for position, word in enumerate(words):
        rest = words[position + 1 :]
        name = posixpath.basename(word)
        if _SHELL.fullmatch(word) and len(rest) > 1 and re.fullmatch(r"-\w*c", rest[0]):
            yield from run_targets(rest[1])
            return
        if _PYTHON.fullmatch(word):
            yield from _of_python(rest)
            return
        if name in _LAUNCHERS:
            yield from _launched(rest)
            return
        if name in _SERVERS:
            yield from (match["module"] for word in rest if (match := _APPLICATION.fullmatch(word)))
            return
    first = next((word for word in words if "=" not in word), "")
    if first.endswith(".py") and _FILE.fullmatch(first):
        yield first


def _of_python(words: list[str]) -> Iterator[str]:
    position = 0
    while position < len(words):
        word = words[position]
        if word in _PYTHON_VALUE_OPTIONS:
            position += 2
        elif re.fullmatch(r"-[A-Za-z]*m", word):
            yield from _module(words[position + 1 :])
            return
        elif re.fullmatch(r"-[A-Za-z]*c", word) or word == "-":
            return
        elif word.startswith("-"):
            position += 1
        else:
            if _FILE.fullmatch(word):
                yield word
            return


def _module(words: list[str]) -> Iterator[str]:
    if not words:
        return
    if words[0] in _LAUNCHERS:
        yield from _launched(words[1:])
    elif _MODULE.fullmatch(words[0]):
        yield words[0]


def _launched(words: list[str]) -> Iterator[str]:
    """Yield the first script among a launcher's arguments, or the module after its `-m`."""
    for position, word in enumerate(words):
        if word in ("-m", "--module") and position + 1 < len(words):
            yield from _module(words[position + 1 :])
            return
        if _PYTHON.fullmatch(word):
            yield from _of_python(words[position + 1 :])
            return
        if _FILE.fullmatch(word):
            yield word
            return
