"""Small questions about program text that need no parser: its lines, its strings and its depth."""

from __future__ import annotations

import re

# Python and libcst end a line here and nowhere else; `str.splitlines` also splits at form feeds and U+2028.
LINE_END = re.compile(r"\r\n|\r|\n")

_STRING_OR_COMMENT = re.compile(
    r'"""(?:[^\\]|\\.)*?(?:"""|\Z)'
    r"|'''(?:[^\\]|\\.)*?(?:'''|\Z)"
    r'|"(?:[^"\\\r\n]|\\(?:\r\n|.))*(?:"|(?=[\r\n])|\Z)'
    r"|'(?:[^'\\\r\n]|\\(?:\r\n|.))*(?:'|(?=[\r\n])|\Z)"
    r"|#[^\r\n]*",
    re.DOTALL,
)
_NOT_LINE_END = re.compile(r"[^\r\n]")
_FEED_FIRST = re.compile(r"\A(?P<feeds>\f+)(?P<line>[ \t]*[^\s#][^\r\n]*(?<!\\))")
_FEED_AHEAD = re.compile(r"(?<!\\)(?P<end>\r\n|\r|\n)(?P<feeds>\f+)(?=[ \t]*[^\s#])")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def split_lines(text: str) -> list[str]:
    """Return the lines of `text` without their ends, counted as Python counts them."""
    return LINE_END.split(text)


def line_starts(text: str) -> list[int]:
    """Return the offset at which each line of `text` starts."""
    return [0, *(match.end() for match in LINE_END.finditer(text))]


def blank(text: str) -> str:
    """Return spaces in place of everything but line ends."""
    return _NOT_LINE_END.sub(" ", text)


def mask(text: str) -> str:
    """Return `text` with comments and the inside of strings blanked, at equal length; quotes stay."""
    return _STRING_OR_COMMENT.sub(_hide, text)


def encodable(text: str) -> str:
    """Return `text` with lone surrogates replaced by U+FFFD, so that it can be parsed and printed."""
    return _LONE_SURROGATE.sub("\ufffd", text)


def settle_form_feeds(text: str) -> str:
    r"""Move form feeds that begin a line of code to the end of a line.

    libcst drops them where they are (`\fdef f(): ...`), and every position behind them would be off.
    """
    if "\f" not in text:
        return text
    return _FEED_AHEAD.sub(r"\g<feeds>\g<end>", _FEED_FIRST.sub(r"\g<line>\g<feeds>", text))


def _hide(match: re.Match[str]) -> str:
    found = match.group()
    if found.startswith("#"):
        return blank(found)
    width = 3 if found[:3] in ('"""', "'''") else 1
    closed = len(found) >= 2 * width and found.endswith(found[:width])
    inside = found[width:-width] if closed else found[width:]
    return found[:width] + blank(inside) + (found[:width] if closed else "")
