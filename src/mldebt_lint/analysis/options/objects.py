"""What is no options, and what hides them: objects of other classes, callees that nobody knows."""

from __future__ import annotations

from collections.abc import Mapping

from mldebt_lint.analysis.library import OPTION_ROLES, Library, Role
from mldebt_lint.analysis.options.facts import SPREAD, Kind, OptionFacts, Pass
from mldebt_lint.analysis.options.resolve import Resolver, Target

CONTAINERS = frozenset(
    "append appendleft extend insert add put put_nowait send submit apply apply_async map map_async imap starmap "
    "imap_unordered setdefault push update".split()
)


def is_other_object(
    node: tuple[str, str], facts: Mapping[str, OptionFacts], resolver: Resolver, library: Library
) -> bool:
    """Whether a node is an instance of a class that has no options for fields and is no parser."""
    path, place = node
    name = place.removeprefix("s:")
    shape = next((s for s in facts[path].shapes if s.name == name), None) if path in facts else None
    if shape is None or name == place:
        return False
    return not any(
        _holds_options(kind, facts, library) for kind in resolver.ancestry(Target(path, name, shape=shape))
    )


def _holds_options(kind: Target, facts: Mapping[str, OptionFacts], library: Library) -> bool:
    if kind.path:
        return any(option.place == f"s:{kind.name}" for option in facts[kind.path].declared)
    api = library.find(kind.name)
    return api is not None and (api.role in OPTION_ROLES or "fields" in api.traits)


def hidden_by(passed: Pass) -> Kind:
    """How far a callee that nobody knows hides what it does with a value."""
    if passed.slot == SPREAD:
        return Kind.OPAQUE
    if passed.callee.startswith("*.") and passed.callee[2:] not in CONTAINERS:
        return Kind.OPAQUE
    return Kind.UNCLEAR


def hidden_by_foreign(target: Target, slot: str, library: Library) -> Kind:
    """How far another package's function hides what it does with a value."""
    api = library.find(target.name)
    if api is not None and api.role in (Role.ARTEFACT_SAVE, Role.LAUNCHER):
        return Kind.UNCLEAR
    is_sink = api is not None and api.role is Role.DATA_SINK
    return Kind.UNCLEAR if target.is_standard and slot != SPREAD and not is_sink else Kind.OPAQUE


def only_records(target: Target, library: Library) -> bool:
    """Whether another package's function does nothing with a value but write it down."""
    api = library.find(target.name)
    return api is not None and api.role in (Role.TRACKER, Role.DATA_SINK, Role.ARTEFACT_SAVE)
