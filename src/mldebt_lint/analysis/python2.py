"""Reads Python 2 as Python 3 of equal length, as far as its shape goes: for rules that look at branches only."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import libcst as cst
import libcst.native

from mldebt_lint.analysis.file import ParsedCell, SourceFile
from mldebt_lint.reading.text import mask

PYTHON_2 = "Python 2"
_START = r"(?:^|[:;])[ \t]*"
_OPERAND = r"(?!(?:in|is|if|and|or|else|for|as|import)\b)[\w\"'`({\[~-]"

Change = Callable[[re.Match[str]], str]


def _pad(keep: str) -> Change:
    """Put `keep` in place of the group `old`, filled up with spaces."""
    return lambda match: _with(match, "old", keep.ljust(len(match["old"])))


def _with(match: re.Match[str], group: str, text: str) -> str:
    start = match.start()
    said = match.group()
    return said[: match.start(group) - start] + text + said[match.end(group) - start :]


# Applied to text whose strings and comments are blanked; each keeps the length.
_CHANGES: tuple[tuple[str, Change], ...] = (
    (rf"{_START}(?P<old>print)[ \t]*(?=[\w\"'`{{\[~-])(?!\w+[ \t]*=)", _pad("0,")),
    (rf"{_START}(?P<old>print)[ \t]*(?=\([^\n]*\)[ \t]*[%,.\w])", _pad("0,")),
    (rf"{_START}(?P<old>exec)[ \t]+(?={_OPERAND})", _pad("0,")),
    (r"^[ \t]*except\b[^\n:#]*?(?P<old>,[ \t]*[\w.]+)[ \t]*:", _pad("")),
    (rf"{_START}raise[ \t]+[\w.]+[ \t]*(?P<old>,)", _pad("@")),
    (r"(?P<old><>)", _pad("!=")),
    (r"(?<![\w.])(?P<old>0)(?=[0-7]+L?\b)(?![\d.]*[.eEjJ])", _pad("")),
    (r"(?<![\w.])(?:0[xX][\da-fA-F]+|\d+)(?P<old>[lL])\b", _pad("")),
    (r"\b(?P<old>[uU])[rR](?=[\"'])", _pad("")),
    (r"\blambda[ \t]*(?P<old>\()[ \t]*\w+[ \t]*,", _pad("")),
    (r"\b(?P<old>async)\b(?![ \t]+(?:def|with|for)\b)", _pad("asynk")),
)
_COMPILED = tuple((re.compile(pattern, re.MULTILINE), change) for pattern, change in _CHANGES)
_TUPLE_LAMBDA = re.compile(
    r"(?P<head>\blambda[ \t]* [ \t]*\w+(?:[ \t]*,[ \t]*\w+)*[ \t]*)(?P<old>\))(?P<colon>[ \t]*:)"
)
_BACKTICKS = re.compile(r"`(?P<inner>[^`\n]*)`")


def modernised(text: str) -> str:
    """Return Python 2 text with its own statements and literals replaced by Python 3 of equal length.

    Branches, loops, assignments and their lines stay; what `print` and `exec` did is lost.
    """
    masked = mask(text)
    for pattern, change in _COMPILED:
        masked = pattern.sub(change, masked)
    masked = _TUPLE_LAMBDA.sub(lambda m: f"{m['head']} {m['colon']}", masked)
    masked = _BACKTICKS.sub(lambda m: f"({m['inner']})", masked)
    hidden = mask(text)
    return "".join(new if new != old else said for said, old, new in zip(text, hidden, masked, strict=True))


def as_python_3(file: SourceFile) -> SourceFile | None:
    """Return a file's Python 2 cells as if they were Python 3; None where there are none or they do not parse."""
    old = {failure.cell for failure in file.failures if failure.kind == PYTHON_2}
    cells = []
    for cell in file.document.cells if old else ():
        if cell.number not in old:
            continue
        text = modernised(cell.text)
        try:
            cells.append(ParsedCell(replace(cell, text=text), libcst.native.parse_module(text)))
        except cst.ParserSyntaxError:
            continue
    return SourceFile(file.document, cells, file.library) if cells else None
