"""Cuts a run of comment lines into pieces that parse as Python and pieces that do not; text analysis only."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mldebt_lint.analysis.comments import Comment

MAX_LINES = 400
BRACKETS = {"(": ")", "[": "]", "{": "}"}
# What makes a line worth parsing at all; ordinary prose has none of it.
PROMISING = re.compile(
    r"[\w\])]\s*(?:[-+*/@|&%]|//|\*\*)?=(?!=)|[\w\])]\(|[)\]},:\\]\s*(?:#|$)|[\[{(]\s*$|\"\"\"|'''"
    r"|^\s*(?:from|import|return|raise|assert|del|global|pass|break|continue|yield|print|@)\b|^\s*@\w"
)
TOKEN = re.compile(
    r'"""|\'\'\'|"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|(?P<comment>#.*)|(?P<open>[(\[{])|(?P<close>[)\]}])'
)
CLAUSE = re.compile(r"(?:else|elif|except|finally)\b")
TRAILING = re.compile(r"(?P<code>(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|[^#\"'])*)#(?P<note>.*)")
# Openings that make the fragments of a larger construct complete.
OPENINGS = {
    "else": "if x:\n pass\n",
    "elif": "if x:\n pass\n",
    "except": "try:\n pass\n",
    "finally": "try:\n pass\n",
}
ENTRY_FRAMES = ("_(%s)", "[%s]", "{%s}")


@dataclass(frozen=True, slots=True)
class Line:
    """One comment line without its `#`: how far its text stands from the left margin, and the text."""

    comment: Comment
    indent: int
    text: str

    @property
    def code(self) -> str:
        """The text without a comment of its own."""
        match = TRAILING.fullmatch(self.text)
        return (match["code"] if match else self.text).rstrip()

    @property
    def note(self) -> str:
        """The comment behind the code, empty if there is none."""
        match = TRAILING.fullmatch(self.text)
        return match["note"].strip() if match else ""


@dataclass(frozen=True, slots=True)
class Piece:
    """Consecutive lines of a run, by index: `nodes` is what they parse to, empty for prose.

    `entries` is true when they are entries of a list, a call or a dictionary rather than statements.
    """

    first: int
    last: int
    nodes: tuple[ast.AST, ...] = ()
    entries: bool = False


def comment_runs(comments: Iterable[Comment]) -> Iterator[list[Comment]]:
    """Yield the comments that stand alone on consecutive lines of one cell."""
    run: list[Comment] = []
    for comment in comments:
        if not comment.alone:
            continue
        if run and (comment.cell, comment.line) != (run[-1].cell, run[-1].line + 1):
            yield run
            run = []
        run.append(comment)
    if run:
        yield run


def uncomment(run: Sequence[Comment]) -> list[Line]:
    """Return the lines of a run without the `#` signs that all of them share."""
    said = [comment.text for comment in run if comment.text.strip("# \t")]
    signs = min((len(text) - len(text.lstrip("#")) for text in said), default=1)
    lines = []
    for comment in run:
        text = comment.text[signs:].expandtabs(4)
        lines.append(Line(comment, comment.column + signs + len(text) - len(text.lstrip()), text.strip()))
    return lines


def pieces(lines: Sequence[Line], within_brackets: bool) -> list[Piece]:
    """Cut a run into the statements, entries and lines of prose that it holds."""
    found: list[Piece] = []
    position = 0
    lines = lines[:MAX_LINES]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # `"\d"` and `x is 1` in somebody's comment are nobody's business
        while position < len(lines):
            piece = _piece(lines, position, within_brackets)
            found.append(piece)
            position = piece.last + 1
    return found


def _piece(lines: Sequence[Line], start: int, within_brackets: bool) -> Piece:
    if not PROMISING.search(lines[start].text):
        return Piece(start, start)
    end = _logical_end(lines, start)
    if end is not None:
        if within_brackets and (entry := _entries(lines, start, end)):
            return Piece(start, end, entry, entries=True)
        last = (
            _block_end(lines, start, end)
            if lines[end].code.endswith(":") or lines[start].text[0] == "@"
            else end
        )
        for stop in dict.fromkeys((last, end)):
            nodes = _statements(lines, start, stop)
            if nodes:
                return Piece(start, stop, nodes)
    return Piece(start, start)


def _logical_end(lines: Sequence[Line], start: int) -> int | None:
    """Return the line on which the brackets, strings and backslashes opened at `start` are closed."""
    depth, quote = 0, ""
    for number in range(start, len(lines)):
        text = lines[number].text
        for token in TOKEN.finditer(text):
            said = token.group()
            if quote:
                quote = "" if said == quote else quote
            elif said in ('"""', "'''"):
                quote = said
            elif token.lastgroup == "open":
                depth += 1
            elif token.lastgroup == "close":
                depth -= 1
        if depth < 0:
            return None
        if depth == 0 and not quote and not text.endswith("\\"):
            return number
    return None


def _block_end(lines: Sequence[Line], start: int, header: int) -> int:
    """Return the last line of the compound statement whose header ends at `header`."""
    base, last = lines[start].indent, header
    number = header + 1
    while number < len(lines):
        line = lines[number]
        if line.text and line.indent <= base and not _continues(lines, start, number):
            break
        if line.text:
            last = _logical_end(lines, number) or number
            number = last
        number += 1
    return last


def _continues(lines: Sequence[Line], start: int, number: int) -> bool:
    """Whether a line at the statement's own level belongs to it: a clause, or what a decorator stands above."""
    line = lines[number]
    if line.indent != lines[start].indent:
        return False
    before = next((lines[n] for n in range(number - 1, start - 1, -1) if lines[n].text), None)
    decorated = before is not None and before.indent == line.indent and before.text.startswith("@")
    return bool(CLAUSE.match(line.text)) or decorated


def _statements(lines: Sequence[Line], start: int, end: int) -> tuple[ast.AST, ...]:
    text = _dedented(lines, start, end)
    clause = CLAUSE.match(lines[start].text)
    if clause:
        text = OPENINGS[clause.group()] + text
    if lines[end].code.endswith(":"):
        text += "\n" + " " * (lines[end].indent - lines[start].indent + 1) + "pass"
    return tuple(parsed.body) if (parsed := _parsed(text)) is not None else ()


def _entries(lines: Sequence[Line], start: int, end: int) -> tuple[ast.AST, ...]:
    """Parse entries of the brackets around a comment: arguments, elements, or pairs of a dictionary."""
    text = _dedented(lines, start, end)
    if not lines[end].code.endswith((",", ")", "]", "}")):
        return ()
    for frame in ENTRY_FRAMES:
        parsed = _parsed(frame % f"{text}\n")
        if parsed is None or len(parsed.body) != 1 or not isinstance(parsed.body[0], ast.Expr):
            continue
        match parsed.body[0].value:
            case ast.Call(args=args, keywords=keywords):
                return (*args, *keywords)
            case ast.List(elts=elements):
                return tuple(elements)
            case ast.Dict(keys=keys, values=values):
                return tuple(
                    ast.Tuple([key, value], ast.Load()) if key else value
                    for key, value in zip(keys, values, strict=True)
                )
    return ()


def _dedented(lines: Sequence[Line], start: int, end: int) -> str:
    base = lines[start].indent
    return "\n".join(" " * max(0, line.indent - base) + line.text for line in lines[start : end + 1])


def _parsed(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
