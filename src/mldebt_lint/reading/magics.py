"""Replaces IPython's escapes in a cell by Python of equal length that names nothing, and keeps them as facts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mldebt_lint.reading.document import Magic, MagicKind
from mldebt_lint.reading.text import blank

_CELL_MAGIC = re.compile(
    r"(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n))*%%(?P<name>[^\W\d][\w.-]*)(?P<rest>[^\r\n]*)"
)
_INDENT = re.compile(r"[ \t\f]*")
_REST_OF_LINE = re.compile(r"(?:\\(?:\r\n|\r|\n)|[^\r\n])*")
_NAME = re.compile(r"%{1,2}\s*(?P<name>[\w.]*)(?P<rest>.*)", re.DOTALL)
_CONTINUATION = re.compile(r"[ \t]*\\(?:\r\n|\r|\n)[ \t]*")
_AUTOCALL = re.compile(r"/[^\W\d]|[,;][^\W\d]")
_ASSIGNED = re.compile(r"=[ \t]*(?P<escape>![^=]|%[^\W\d])")
_TOKEN = re.compile(
    r'(?P<string>"""(?:[^\\]|\\.)*?(?:"""|\Z)'
    r"|'''(?:[^\\]|\\.)*?(?:'''|\Z)"
    r'|"(?:[^"\\\r\n]|\\(?:\r\n|.))*(?:"|(?=[\r\n])|\Z)'
    r"|'(?:[^'\\\r\n]|\\(?:\r\n|.))*(?:'|(?=[\r\n])|\Z))"
    r"|(?P<comment>\#[^\r\n]*)"
    r"|(?P<joined>\\(?:\r\n|\r|\n))"
    r"|(?P<end>\r\n|\r|\n)"
    r"|(?P<open>[(\[{])"
    r"|(?P<close>[)\]}])"
    r"|(?P<equals>(?<![=!<>:+\-*/%&|^@~])=(?!=))"
    r"|(?P<help>\?\??[ \t]*(?=[\r\n#]|\Z))"
    r"|[^\"'#\\\r\n()\[\]{}=?]+|.",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Replaced:
    """A cell's text without escapes, of the same length and lines, and the escapes that stood there."""

    text: str
    magics: tuple[Magic, ...]


def replace_magics(text: str, python_cell_magics: tuple[str, ...]) -> Replaced:
    """Replace every escape of a cell; a cell magic not among `python_cell_magics` blanks the cell."""
    magics: list[Magic] = []
    while match := _CELL_MAGIC.match(text):
        magics.append(_fact(MagicKind.CELL, text, match.start("name") - 2, match["name"], match["rest"]))
        if match["name"] not in python_cell_magics:
            return Replaced(blank(text), tuple(magics))
        start = match.start("name") - 2
        text = text[:start] + blank(text[start : match.end()]) + text[match.end() :]
    pieces: list[str] = []
    done = 0
    for escape in _escapes(text):
        pieces += [text[done : escape.start], _stand_in(text[escape.start : escape.end], escape.is_value)]
        done = escape.end
        magics.append(escape.magic)
    return Replaced("".join([*pieces, text[done:]]), tuple(magics))


@dataclass(frozen=True, slots=True)
class _Escape:
    start: int
    end: int
    magic: Magic
    is_value: bool = False


def _escapes(text: str) -> Iterator[_Escape]:
    """Walk over the logical lines of `text` and find the escape in each."""
    position = 0
    while position < len(text):
        start = _end(_INDENT, text, position)
        escape = _at_start(text, start)
        if escape is None:
            escape, position = _within(text, start)
        else:
            position = escape.end
        if escape is not None:
            yield escape
            position = _next_line(text, escape.end)


def _at_start(text: str, start: int) -> _Escape | None:
    """Return the escape that a logical line beginning at `start` is."""
    sigil = text[start : start + 1]
    if sigil not in ("%", "!", "?", "/", ",", ";") or not sigil:
        return None
    if sigil in "/,;" and not _AUTOCALL.match(text, start):
        return None
    end = _end(_REST_OF_LINE, text, start)
    return _Escape(start, end, _read(text, start, end))


def _within(text: str, start: int) -> tuple[_Escape | None, int]:
    """Scan the logical line beginning at `start`; return its escape, if any, and where the next line begins."""
    depth, position = 0, start
    while position < len(text):
        match = _TOKEN.match(text, position)
        assert match is not None
        position = match.end()
        match match.lastgroup:
            case "open":
                depth += 1
            case "close":
                depth = max(depth - 1, 0)
            case "end" if depth == 0:
                return None, position
            case "equals" if depth == 0 and (assigned := _ASSIGNED.match(text, match.start())):
                at = assigned.start("escape")
                end = _end(_REST_OF_LINE, text, at)
                return _Escape(at, end, _read(text, at, end), is_value=True), end
            case "help" if depth == 0:
                fact = _fact(MagicKind.HELP, text, match.start(), "", text[start : match.start()])
                return _Escape(start, match.end(), fact), match.end()
    return None, position


def _read(text: str, start: int, end: int) -> Magic:
    said = text[start:end]
    match said[0]:
        case "!":
            return _fact(MagicKind.SHELL, text, start, "", said.lstrip("!"))
        case "?":
            return _fact(MagicKind.HELP, text, start, "", said.lstrip("?"))
        case "%":
            if said.rstrip().endswith("?"):
                return _fact(MagicKind.HELP, text, start, "", said.rstrip(" \t?"))
            match = _NAME.match(said)
            name, rest = (match["name"], match["rest"]) if match else ("", said)
            return _fact(MagicKind.LINE, text, start, name, rest)
        case _:
            return _fact(MagicKind.LINE, text, start, "", said[1:])


def _fact(kind: MagicKind, text: str, at: int, name: str, said: str) -> Magic:
    line = 1
    begin = 0
    for end in re.finditer(r"\r\n|\r|\n", text[:at]):
        line, begin = line + 1, end.end()
    return Magic(kind, line, at - begin + 1, name, _CONTINUATION.sub(" ", said).strip())


def _stand_in(escape: str, is_value: bool) -> str:
    """Return Python that does nothing, as long as `escape` and with its line ends."""
    first = re.split(r"[\r\n]", escape, maxsplit=1)[0]
    word = "0" if is_value or len(first) < 3 else "..." if len(first) == 3 else "pass"
    return word + blank(escape[len(word) :])


def _next_line(text: str, position: int) -> int:
    """Return where the line after the one at `position` begins."""
    position = _end(re.compile(r"[^\r\n]*"), text, position)
    return _end(re.compile(r"\r\n|\r|\n|"), text, position)


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position
