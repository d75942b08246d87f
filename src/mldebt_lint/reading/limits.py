"""Tells which texts are too deep for a recursive parser, which would not fail on them but end the process."""

from __future__ import annotations

import re

from mldebt_lint.reading.text import mask

# CPython's own tokenizer allows 200 brackets; libcst's parser overflows an 8 MB stack at about 1200.
MAX_DEPTH = 200
# libcst overflows at about 5000 operators in one expression.
MAX_OPERATORS = 2500

_NOT_BRACKETS = bytes(set(range(256)) - set(b"()[]{}"))
_OPERATORS = rb"+\-*/%@&|^~."
_NOT_OPERATORS = bytes(set(range(256)) - set(b"+-*/%@&|^~.,;:=()[]{}"))
_CHAIN = re.compile(rb"[%s]{%d,}" % (_OPERATORS, MAX_OPERATORS))
_PAIR = re.compile(rb"\(\)|\[\]|\{\}")


def too_deep(text: str) -> str:
    """Return why `text` is too deep to be parsed, or an empty string; costs little where it is not."""
    raw = text.encode("utf-8", "replace")
    if not _is_deep(raw) and not _is_long(raw):
        return ""
    raw = mask(text).encode("utf-8", "replace")
    if _is_deep(raw):
        return f"brackets are nested deeper than {MAX_DEPTH}"
    return f"an expression has more than {MAX_OPERATORS} operators" if _is_long(raw) else ""


def _is_deep(raw: bytes) -> bool:
    """Take away innermost pairs, one level at a time; what never closes counts as well."""
    brackets = raw.translate(None, _NOT_BRACKETS)
    for _ in range(MAX_DEPTH):
        fewer = _PAIR.sub(b"", brackets)
        if len(fewer) == len(brackets):
            return len(brackets) > MAX_DEPTH
        brackets = fewer
    return bool(brackets)


def _is_long(raw: bytes) -> bool:
    return len(raw) > MAX_OPERATORS and _CHAIN.search(raw.translate(None, _NOT_OPERATORS)) is not None
