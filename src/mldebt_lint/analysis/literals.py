"""What a literal evaluates to."""

from __future__ import annotations

import ast
import warnings

import libcst as cst

_QUOTES = ('"""', "'''", '"', "'")


def evaluated(node: cst.Integer | cst.Float | cst.SimpleString) -> object:
    r"""Return the Python value of a literal, None where Python itself refuses it (`"\N{nothing}"`).

    Plain text and numbers are read here: `ast.literal_eval` costs more than the parser of this tool spends on them.
    """
    text = node.value
    if isinstance(node, cst.SimpleString):
        return _string(text)
    if text.isdecimal() and text.isascii() and (text[0] != "0" or len(text) == 1):
        return int(text)
    return _evaluated(text)


def string_value(node: cst.CSTNode | None) -> str | None:
    """Return the value of a string literal; None for bytes and for every other node."""
    value = _string(node.value) if isinstance(node, cst.SimpleString) else None
    return value if isinstance(value, str) else None


def _string(text: str) -> object:
    if "\\" not in text and text[0] in "\"'":
        for quote in _QUOTES:
            if text.startswith(quote) and len(text) >= 2 * len(quote):
                return text[len(quote) : -len(quote)]
    return _evaluated(text)


def _evaluated(text: str) -> object:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape is the author's business
            value: object = ast.literal_eval(text)
            return value
    except (ValueError, SyntaxError):
        return None
