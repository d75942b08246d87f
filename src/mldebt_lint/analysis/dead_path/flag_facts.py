"""What a project needs to know of flags: plain data that one file contributes."""

from __future__ import annotations

from dataclasses import dataclass

from mldebt_lint.analysis.facts import Fact
from mldebt_lint.model import Location

IMPORTED = "import:"


@dataclass(frozen=True, slots=True)
class FlagFact(Fact):
    """A name that its file gives one literal and nothing else; `key` tells it from all other flags.

    `is_local` when nothing outside its function can change it, `is_attribute` when it lives on a class or an
    object. `is_documented` when a comment beside or above the assignment tells the reader what to set it to.
    """

    key: str
    name: str
    value: bool | int | str | None
    where: Location
    is_local: bool
    is_attribute: bool
    is_documented: bool


@dataclass(frozen=True, slots=True)
class FlagUse(Fact):
    """A branch whose condition reads names that may be flags.

    `test` is the condition as text, `names` its names, each with a flag's key or the dotted target of an import
    (`import:config.DEBUG`). `first` and `other` say whether the arm holds code: the body, and what runs instead,
    which is an `else` or, behind a body that always leaves, the rest of the block.
    """

    test: str
    names: tuple[tuple[str, str], ...]
    first: bool
    other: bool
    has_else: bool
    where: Location


@dataclass(frozen=True, slots=True)
class FlagChanges(Fact):
    """What a file may do to flags: names it stores as attributes or hands to setters.

    `own` are the names stored on `self` or `cls` or in the body of a class, once for each store. `opaque` are the
    dotted modules that it imports whole or sets under computed names; `reflects` when it does so to any object, `reflects_self` when to
    `self`, so that it reaches subclasses elsewhere.
    """

    names: frozenset[str]
    own: tuple[str, ...]
    opaque: frozenset[str]
    reflects: bool
    reflects_self: bool


def flag_key(path: str, name: str) -> str:
    """Return the key of a flag at the top level of a file, or of `Class.name` in it."""
    return f"{path}::{name}"
