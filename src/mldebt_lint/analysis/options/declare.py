"""Reads the declaration of one option from a call such as `parser.add_argument("--lr", default=0.1)`."""

from __future__ import annotations

import re

import libcst as cst

from mldebt_lint.analysis.arguments import Arguments
from mldebt_lint.analysis.constants import UNKNOWN
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.options.facts import Declared
from mldebt_lint.analysis.options.writes import normal

# Options that another program's contract asks for, whether this one reads them or not: the launcher of distributed
# training passes `--local_rank`, the notebook kernel `-f`.
CONTRACTS = frozenset({"local_rank", "f"})
NO_VALUE = frozenset({"help", "version"})
ACTIONS = frozenset(
    "store store_true store_false store_const append append_const extend count argparse.BooleanOptionalAction".split()
)
IMPLIED = {"store_true": "False", "store_false": "True"}
KEPT_ON_PURPOSE = re.compile(
    r"deprecat|unused|not used|no longer|ignored|obsolete|legacy|backwards?[- ]compat|kept for|placeholder|no[- ]op",
    re.IGNORECASE,
)


def declared_option(file: SourceFile, call: cst.Call, place: str) -> Declared | None:
    """Return the option that an `add_argument` or `add_option` call declares, None when its name is not known."""
    arguments = file.arguments(call)
    names = _flags(file, call)
    if names is None:
        return None
    dest = _dest(file, arguments, names)
    if dest is None:
        return None
    return Declared(
        place=place,
        dest=dest,
        flag=next((name for name in names if name.startswith("--")), names[0]) if names else dest,
        where=file.at(call),
        default=_default(file, arguments),
        reported=_is_reported(file, arguments, dest),
    )


def takes_no_value(file: SourceFile, call: cst.Call) -> bool:
    """Whether the call declares `--help` or `--version`, which no namespace holds."""
    return _action(file, file.arguments(call)) in NO_VALUE


def _flags(file: SourceFile, call: cst.Call) -> list[str] | None:
    names = []
    for arg in call.args:
        if arg.star == "*":
            return None
        if arg.keyword is None and not arg.star:
            value = file.constant(arg.value)
            if not isinstance(value, str):
                return None
            names.append(value)
    return names


def _dest(file: SourceFile, arguments: Arguments, names: list[str]) -> str | None:
    given = arguments.get("dest")
    if given is not None:
        value = file.constant(given)
        return value if isinstance(value, str) else None
    if not names:
        return None
    if not names[0].startswith("-"):
        return names[0]
    chosen = next((name for name in names if name.startswith("--")), names[0])
    return chosen.lstrip("-").replace("-", "_")


def _action(file: SourceFile, arguments: Arguments) -> str:
    given = arguments.get("action")
    if given is None:
        return "store"
    value = file.constant(given)
    return value if isinstance(value, str) else file.qualified(given) or "?"


def _default(file: SourceFile, arguments: Arguments) -> str | None:
    given = arguments.get("default")
    if given is not None:
        return normal_constant(file, given)
    return IMPLIED.get(_action(file, arguments))


def normal_constant(file: SourceFile, expression: cst.BaseExpression) -> str | None:
    """Return the normalised text of a constant expression, None for any other."""
    value = file.constant(expression)
    return None if value is UNKNOWN else normal(value)


def _is_reported(file: SourceFile, arguments: Arguments, dest: str) -> bool:
    if arguments.opaque or dest in CONTRACTS or _action(file, arguments) not in ACTIONS:
        return False
    text = arguments.get("help")
    if text is None:
        return True
    if (file.qualified(text) or "").endswith(".SUPPRESS"):
        return False
    words = file.constant(text)
    return not (isinstance(words, str) and KEPT_ON_PURPOSE.search(words))
