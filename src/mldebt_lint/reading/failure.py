"""Says what a text that does not parse as Python recognisably is instead."""

from __future__ import annotations

import re

from mldebt_lint.reading.text import mask

_TEMPLATE_PATH = re.compile(r"\{\{.*\}\}|\{%")
_TEMPLATE = re.compile(r"\{%-?\s*\w+[^\n]*%\}|\{\{-?\s*[\w.]+[^{}\n]*\}\}|<%[=!\w\s]|\$\{\w+\}")
_NEVER_OPERAND = r"(?!(?:in|is|if|and|or|not|else|for|as|import)\b)"
# Statements and literals that Python 2 has and Python 3 has not; looked for outside strings and comments.
_PYTHON_2 = re.compile(
    rf"""
    (?:^|[:;])[ \t]*print[ \t]+{_NEVER_OPERAND}[\w`]      # print x
    | (?:^|[:;])[ \t]*print[ \t]*["']                     # print "x"
    | (?:^|[:;])[ \t]*print[ \t]*>>[ \t]*[\w.]+[ \t]*,    # print >>f, x
    | ^[ \t]*except[ \t]*(?:[\w.]+|\([^()\n]*\))[ \t]*,[ \t]*\w+[ \t]*:
    | (?:^|[:;])[ \t]*exec[ \t]+{_NEVER_OPERAND}["'\w]
    | (?:^|[:;])[ \t]*raise[ \t]+[\w.]+[ \t]*,
    | [=+(,%][ \t]*`[^`\n]+`(?!`)
    | \breturn[ \t]+`[^`\n]+`
    | \b[uU][rR]["']
    | [\w)\]"'][ \t]*<>[ \t]*[\w(\["'-]
    | (?<![\w.])(?:0[0-7]{{2,}}|[0-9]+L)\b(?![.\-/:])
    | \blambda[ \t]*\([ \t]*\w+[ \t]*,
    """,
    re.VERBOSE | re.MULTILINE,
)


def parse_failure_kind(text: str, relative: str) -> str:
    """Return "Python 2", "a template" or "" for a text that does not parse, from its path and its look."""
    code = mask(text)
    if _TEMPLATE_PATH.search(relative) or _TEMPLATE.search(code):
        return "a template"
    return "Python 2" if _PYTHON_2.search(code) else ""
