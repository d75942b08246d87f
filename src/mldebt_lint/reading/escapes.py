"""Finds IPython's escapes in a cell, and what can stand in their place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mldebt_lint.reading.document import Magic, MagicKind
from mldebt_lint.reading.text import LINE_END, blank

_MAY_ESCAPE = re.compile(r"[%!?]|^[ \t]*[/,;]", re.MULTILINE)
_INDENT = re.compile(r"[ \t\f]*")
_TO_LINE_END = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)?")
_LOGICAL_REST = re.compile(r"(?:\\(?:\r\n|\r|\n)|[^\r\n])*")
_NAMED = re.compile(r"%{1,2}\s*(?P<name>[\w.]*)(?P<rest>.*)", re.DOTALL)
_JOINT = re.compile(r"[ \t]*\\(?:\r\n|\r|\n)[ \t]*")
_AUTOCALL = re.compile(r"[/,;][^\W\d]")
_ASSIGNED = re.compile(r"=[ \t]*(?P<escape>!(?!=)|%[^\W\d])")
_TOKEN = re.compile(
    r'(?P<string>"""(?:[^\\]|\\.)*?(?:"""|\Z)'
    r"|'''(?:[^\\]|\\.)*?(?:'''|\Z)"
    r'|"(?:[^"\\\r\n]|\\(?:\r\n|.))*(?:"|(?=[\r\n])|\Z)'
    r"|'(?:[^'\\\r\n]|\\(?:\r\n|.))*(?:'|(?=[\r\n])|\Z))"
    r"|(?P<comment>\#[^\r\n]*)"
    r"|(?P<joint>\\(?:\r\n|\r|\n))"
    r"|(?P<end>\r\n|\r|\n)"
    r"|(?P<open>[(\[{])"
    r"|(?P<close>[)\]}])"
    r"|(?P<equals>(?<![=!<>:+\-*/%&|^@~])=(?!=))"
    r"|(?P<help>\?\??[ \t]*(?=[\r\n#]|\Z))"
    r"|[^\"'#\\\r\n()\[\]{}=?]+|.",
    re.DOTALL,
)
# Line magics that run the Python behind them, with the options that take a value.
_PYTHON_MAGICS = {
    "time": "",
    "timeit": "nrp",
    "prun": "lsTD",
    "memit": "rti",
    "lprun": "fmuTD",
    "mprun": "fTc",
}
_OPTION = re.compile(r"\s*-{1,2}(?P<name>[A-Za-z][\w-]*)")
_VALUE = re.compile(r"\s+\S+")


@dataclass(frozen=True, slots=True)
class Escape:
    """A stretch of a cell that is no Python; `is_value` where it is what an assignment assigns."""

    start: int
    end: int
    magic: Magic
    is_value: bool = False


def find_escapes(text: str) -> Iterator[Escape]:
    """Yield the escapes of a cell in order: lines that are one, and assignments of one.

    Inside strings, brackets and continued lines there is none.
    """
    position = 0 if _MAY_ESCAPE.search(text) else len(text)
    while position < len(text):
        start = _end(_INDENT, text, position)
        escape = _at_start(text, start)
        if escape is None:
            escape, position = _within(text, start)
        if escape is not None:
            yield escape
            position = _end(_TO_LINE_END, text, escape.end)


def stand_in(said: str, escape: Escape) -> str:
    """Return Python that may stand for an escape, as long as it and with its line ends.

    It does nothing and names nothing, except that the Python behind `%time` and its like stays.
    """
    if escape.magic.name in _PYTHON_MAGICS and (start := _python_start(said, escape)):
        return ("" if escape.is_value else "pass;").ljust(start) + said[start:]
    first = LINE_END.split(said, maxsplit=1)[0]
    word = "0" if escape.is_value or len(first) < 3 else "..." if len(first) == 3 else "pass"
    return word + blank(said[len(word) :])


def fact(kind: MagicKind, text: str, at: int, name: str, said: str) -> Magic:
    """Return the fact of an escape that stands at the offset `at` of a cell's text."""
    ends = [match.end() for match in LINE_END.finditer(text, 0, at)]
    column = at - (ends[-1] if ends else 0) + 1
    return Magic(kind, len(ends) + 1, column, name, _JOINT.sub(" ", said).strip())


def _python_start(said: str, escape: Escape) -> int:
    """Return where the Python behind a magic begins, 0 if what stands there is none."""
    import ast
    import warnings

    takes_value = _PYTHON_MAGICS[escape.magic.name]
    position = said.index(escape.magic.name) + len(escape.magic.name)
    while match := _OPTION.match(said, position):
        position = match.end()
        if match["name"] in tuple(takes_value):
            position = _end(_VALUE, said, position)
    position = _end(_INDENT, said, position)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(("_ = " if escape.is_value else "pass;") + said[position:])
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return 0
    return position if said[position:].strip() else 0


def _at_start(text: str, start: int) -> Escape | None:
    """Return the escape that a logical line beginning at `start` is."""
    if not text.startswith(("%", "!", "?"), start) and not _AUTOCALL.match(text, start):
        return None
    end = _end(_LOGICAL_REST, text, start)
    return Escape(start, end, _read(text, start, end))


def _within(text: str, start: int) -> tuple[Escape | None, int]:
    """Scan the logical line beginning at `start`; return its escape, if any, and where the next line begins."""
    depth, position = 0, start
    while match := _TOKEN.match(text, position):
        position = match.end()
        match match.lastgroup:
            case "open":
                depth += 1
            case "close":
                depth = max(depth - 1, 0)
            case "end" if depth == 0:
                break
            case "equals" if depth == 0 and (assigned := _ASSIGNED.match(text, match.start())):
                at = assigned.start("escape")
                end = _end(_LOGICAL_REST, text, at)
                return Escape(at, end, _read(text, at, end), is_value=True), end
            case "help" if depth == 0:
                about = fact(MagicKind.HELP, text, match.start(), "", text[start : match.start()])
                return Escape(start, match.end(), about), match.end()
    return None, position


def _read(text: str, start: int, end: int) -> Magic:
    said = text[start:end]
    if said.startswith("!"):
        return fact(MagicKind.SHELL, text, start, "", said.lstrip("!"))
    if said.startswith("?"):
        return fact(MagicKind.HELP, text, start, "", said.lstrip("?"))
    if said.startswith("%") and said.rstrip().endswith("?"):
        return fact(MagicKind.HELP, text, start, "", said.rstrip(" \t?"))
    if match := _NAMED.match(said):
        return fact(MagicKind.LINE, text, start, match["name"], match["rest"])
    return fact(MagicKind.LINE, text, start, "", said[1:])


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position
