"""Calls that fetch something by an id, and whether an argument fixes its version."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

import libcst as cst

from mldebt_lint.analysis.arguments import Arguments
from mldebt_lint.analysis.constants import UNKNOWN
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.library import Api
from mldebt_lint.analysis.unstable.addresses import is_commit

MOVING = frozenset(
    "main master head latest newest active default dev develop trunk production staging".split()
)
CLASSES = "hub-classes"
MOST_NAMES = 4


class Pin(IntEnum):
    """How well an argument fixes what is fetched."""

    NONE = 0
    TAG = 1
    FIXED = 2
    UNKNOWN = 3


@dataclass(frozen=True, slots=True)
class Fetch:
    """One call that fetches what `id` names; `revision` is the text that was given to fix it, if it is one."""

    call: cst.Call
    api: Api
    id: cst.BaseExpression
    arguments: Arguments
    pin: Pin
    revision: str = ""


def fetches(file: SourceFile) -> Iterator[Fetch]:
    """Yield every call of which a pack says by which argument it is told what to fetch."""
    for call in file.calls:
        api = api_of(file, call)
        if api is None or not api.id:
            continue
        arguments = file.arguments(call, api.params)
        named = next(filter(None, map(arguments.get, api.id)), None)
        if named is not None:
            pin, revision = _pinned(file, arguments, api)
            yield Fetch(call, api, named, arguments, pin, revision)


def api_of(file: SourceFile, call: cst.Call) -> Api | None:
    """Return what is called: by its name, as a method of any class of a package of the hub, or by the last names
    of a method of something that nobody knows (`client.chat.completions.create`).
    """
    api = file.api(call)
    if api is not None or not isinstance(call.func, cst.Attribute):
        return api
    name = file.qualified(call.func)
    pack = file.library.pack(file.library.canonical(name)) if name is not None else None
    if pack is not None:
        return file.library.method(call.func.attr.value) if CLASSES in pack.traits else None
    return _by_last_names(file, call.func)


def _by_last_names(file: SourceFile, func: cst.Attribute) -> Api | None:
    names, owner = func.attr.value, func.value
    found: Api | None = None
    while isinstance(owner, cst.Attribute | cst.Name):
        kind = file.type_of(owner)
        if kind is not None and not (isinstance(owner, cst.Name) and owner.value == "self"):
            return file.library.find(f"{kind}.{names}")
        if not isinstance(owner, cst.Attribute) or names.count(".") > MOST_NAMES:
            return found
        names, owner = f"{owner.attr.value}.{names}", owner.value
        found = found or file.library.method(names)
    return found


def _pinned(file: SourceFile, arguments: Arguments, api: Api) -> tuple[Pin, str]:
    """`revision="main"`, `revision=None` and `version="active"` fix nothing."""
    best, moving = Pin.NONE, ""
    if arguments.opaque:
        return Pin.UNKNOWN, ""
    for name in api.pins:
        node = arguments.get(name)
        if node is None:
            continue
        value = file.constant(node)
        if value is UNKNOWN:
            return Pin.UNKNOWN, ""
        if isinstance(value, str) and value.lower().removeprefix("refs/heads/") in MOVING:
            moving = value
        elif isinstance(value, str) and value and not is_commit(value):
            best, moving = max(best, Pin.TAG), value
        elif value:
            return Pin.FIXED, str(value)
    return best, moving
