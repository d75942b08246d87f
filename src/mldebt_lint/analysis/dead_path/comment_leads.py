"""What the words around code in comments say of it: an example, an option to take, a heading, or no longer wanted."""

from __future__ import annotations

import re

# Comments that speak to tools, and cell marks of notebooks that are kept as scripts.
DIRECTIVE = re.compile(
    r"#+\s*(?:(?:type|noqa|pylint|mypy|flake8|ruff|isort|fmt|yapf|pragma|nosec|vim|mldebt|pyright|pytype|cython"
    r"|distutils|codespell)\s*:|coding\s*[:=]|-\*-|(?:end)?region\b|%|!|@(?:param|title|markdown)|///|\+\s*\{|In\s*\[)"
)
# What announces an illustration, or an option that the reader is invited to take.
VERBS = r"(?:be|use|do|run|have|look|see|write|call|set|add|access|skip|change|switch|replace)"
EXAMPLE = re.compile(
    rf"""
    \b(?:usage|examples?|e\.?g|i\.e|equivalent\w*|equals?|same\sas|similar\w*|instance|alternative\w*|pseudo\w*|formulas?
    |outputs?|prints|expect\w*|where|raises?|errors?|exercise|hint|tip|syntax|means?|optional\w*|notation|algorithm)\b
    | \blike\s(?:this|so|these)\b | \blooks?\slike\b | \bhow\sto\b | \bcorrespond | \b(?:computed?|defined)\sas\b
    | \b(?:can|could|may|might|should|would|must|shall)\s(?:also\s)?{VERBS}\b
    | \byou\s(?:can|may|could|might|need|should|want|have)\b | \bif\syou\b | ^\s*(?:step\s)?\d+[.)]\s
    | \bto\s(?:use|run|enable|disable|reuse|reproduce|turn)\b | \bfrom\sthe\sdocs\b | \blines?\sbelow\b
    | \b(?:next|following)\s(?:\w+\s)?(?:lines?|code|cell|statements?)\b | \boptions?\s?\d | \b(?:another|other)\s(?:option|way)\b
    | \bwork-?\s?arounds?\sfor\b | \bfor\s(?:old|older|earlier|previous|new|newer)\s(?:versions?|releases?)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
SWITCH = re.compile(r"\bun-?comment", re.IGNORECASE)
# What says that the code below is no longer wanted; it outweighs all of the above.
RETIRED = re.compile(
    r"\b(?:old|older|previous(?:ly)?|original(?:ly)?|deprecated|disabled?|todo|fixme|hack|xxx|removed?|legacy|unused"
    r"|former(?:ly)?|not (?:used|needed|working|work)|does ?n.t work|used to|obsolete|temporar(?:y|ily)|for now"
    r"|debug(?:ging)?|experiment\w*|tried)\b",
    re.IGNORECASE,
)
# Said of a case, not of the code: `if that does not work, another option is`.
CONDITION = re.compile(
    r"\bif\b[^,.:;]*|\bfor\s(?:old|older|earlier|previous)\s(?:versions?|releases?)\b", re.IGNORECASE
)
ABBREVIATED = re.compile(r"(?:e\.g|i\.e)\.", re.IGNORECASE)
RULER = re.compile(r"[^\w\s]{8,}")


def announces(lead: str, own: str) -> bool:
    """Whether the prose above code, or the remark behind it (`own`), presents it as an example or an option."""
    if RETIRED.search(CONDITION.sub("", lead)) or RETIRED.search(own):
        return False
    return bool(EXAMPLE.search(lead) or EXAMPLE.search(own) or lead.endswith((":", "->", "=>")))
