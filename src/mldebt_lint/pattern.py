"""The declarative kind of rule: one call and its arguments, written as YAML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import libcst as cst

from mldebt_lint.analysis.arguments import Arguments
from mldebt_lint.analysis.constants import UNKNOWN
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.library import Literal, Role
from mldebt_lint.analysis.needs import Needs
from mldebt_lint.errors import UserError, did_you_mean
from mldebt_lint.model import Confidence, Debt, Finding, Profile, Severity
from mldebt_lint.reading.strict_yaml import Table, load_table
from mldebt_lint.rule import Bad, Example, FileRule, Good

RULE_KEYS = (
    *("code", "name", "debt", "severity", "confidence", "profile", "since", "effort-minutes"),
    *("summary", "why", "instead", "limits", "references", "match", "message", "examples"),
)
MATCH_KEYS = ("call", "with", "missing", "inside")


@dataclass(frozen=True, slots=True)
class Match:
    """Which calls a pattern reports.

    `roles` or `names` say what is called; every parameter of `present` must have one of the given literal
    values; none of `missing` may be passed; `inside` is `loop`, `function`, `class` or empty.
    """

    roles: frozenset[str]
    names: frozenset[str]
    present: dict[str, tuple[Literal, ...]]
    missing: tuple[str, ...]
    inside: str


INSIDE: dict[str, tuple[type[cst.CSTNode], ...]] = {
    "loop": (cst.For, cst.While),
    "function": (cst.FunctionDef,),
    "class": (cst.ClassDef,),
}


class PatternRule(FileRule):
    """A rule made from a YAML file."""

    match: ClassVar[Match]
    message: ClassVar[str]

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Report every call that the pattern matches."""
        for call in file.calls:
            if self._is_called(file, call) and self._fits(file, call):
                yield self.found(file.at(call), self.message)

    def _is_called(self, file: SourceFile, call: cst.Call) -> bool:
        if self.match.names:
            return file.callee(call) in self.match.names
        api = file.api(call)
        return api is not None and api.role in self.match.roles

    def _fits(self, file: SourceFile, call: cst.Call) -> bool:
        arguments = file.arguments(call)
        if self.match.missing and not arguments.lacks(*self.match.missing):
            return False
        if not all(_passes(file, arguments, name, values) for name, values in self.match.present.items()):
            return False
        kinds = INSIDE.get(self.match.inside)
        return kinds is None or file.index.enclosing(call, *kinds) is not None


def _passes(file: SourceFile, arguments: Arguments, name: str, values: tuple[Literal, ...]) -> bool:
    value = arguments.get(name)
    if value is None:
        return False
    folded = file.constant(value)
    return folded is not UNKNOWN and folded in values


def load_pattern(path: Path, shown: str) -> type[PatternRule]:
    """Read one YAML rule. Raises UserError with file and line for anything that is not in the schema."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"cannot read the rule: {error}", place=shown) from error
    table = load_table(text, shown)
    table.only(RULE_KEYS)
    name = table.text("name")
    members = {
        "code": table.text("code"),
        "name": name,
        "debt": _member(table, "debt", Debt),
        "severity": Severity[_level(table, "severity", Severity.__members__)],
        "confidence": Confidence[_level(table, "confidence", Confidence.__members__, "high")],
        "profile": Profile[_level(table, "profile", Profile.__members__, "default")],
        "since": table.text("since", "0.1.0"),
        "effort_minutes": table.integer("effort-minutes", 10),
        "match": (match := _match(table)),
        "message": table.text("message"),
        "needs": _needs(match),
        "__doc__": _prose(table),
        "examples": tuple(_examples(table)),
    }
    return type("".join(part.title() for part in name.split("-")), (PatternRule,), members)


def _level(table: Table, key: str, known: object, default: str | None = None) -> str:
    word = table.text(key, default)
    names = [name.lower() for name in known] if isinstance(known, dict) or hasattr(known, "__iter__") else []
    if word not in names:
        raise UserError(f"unknown {key} '{word}'", place=table.at(key), hint=did_you_mean(word, names))
    return word.upper()


def _member(table: Table, key: str, kind: type[Debt]) -> Debt:
    word = table.text(key)
    if word not in set(kind):
        raise UserError(f"unknown {key} '{word}'", place=table.at(key), hint=did_you_mean(word, set(kind)))
    return kind(word)


def _prose(table: Table) -> str:
    parts = [table.text("summary").strip()]
    headings = {"why": "Why it is debt", "instead": "What to do instead", "limits": "Known limits"}
    for key, heading in headings.items():
        parts.append(f"{heading}\n{table.text(key, '').strip()}")
    if "references" in table.items:
        parts.append(f"References\n{table.text('references').strip()}")
    return "\n\n".join(parts)


def _match(table: Table) -> Match:
    match = table.table("match")
    if match is None:
        raise UserError("'match' is missing", place=table.at())
    match.only(MATCH_KEYS)
    called = match.texts("call")
    roles = frozenset(word for word in called if word in set(Role))
    inside = match.text("inside", "")
    if not called or (roles and len(roles) < len(called)):
        raise UserError("'call' must be roles or qualified names, not both", place=match.at("call"))
    if inside and inside not in INSIDE:
        raise UserError(
            f"unknown place '{inside}'", place=match.at("inside"), hint=did_you_mean(inside, INSIDE)
        )
    names = frozenset() if roles else frozenset(called)
    return Match(roles, names, _values(match), match.texts("missing"), inside)


def _needs(match: Match) -> Needs:
    """The call that a pattern reports is written somewhere, under whatever alias."""
    words = frozenset(name.rpartition(".")[2] for name in match.names)
    return Needs(words=words, roles=frozenset(map(Role, match.roles)))


def _values(match: Table) -> dict[str, tuple[Literal, ...]]:
    nested = match.table("with")
    found: dict[str, tuple[Literal, ...]] = {}
    for name, value in (nested.items if nested else {}).items():
        values = value if isinstance(value, list) else [value]
        found[name] = tuple(v for v in values if v is None or isinstance(v, str | int | float | bool))
    return found


def _examples(table: Table) -> Iterator[Example]:
    for item in table.tables("examples"):
        item.only(("bad", "good"))
        yield Bad(item.text("bad")) if "bad" in item.items else Good(item.text("good"))
