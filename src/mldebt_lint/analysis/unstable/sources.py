"""Reads of data from places that can change under them, with the reason why they can."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from mldebt_lint.analysis.constants import UNKNOWN
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.glue_code.shell import commands_of, shell_lines, split_commands
from mldebt_lint.analysis.glue_code.templates import HOLE, template
from mldebt_lint.analysis.library import Role
from mldebt_lint.analysis.unstable.addresses import LATEST, Address, address
from mldebt_lint.analysis.unstable.fetches import Fetch, Pin, fetches
from mldebt_lint.analysis.unstable.hub_ids import is_hub_id
from mldebt_lint.analysis.unstable.literals import Told, literals
from mldebt_lint.analysis.unstable.queries import why_query_moves
from mldebt_lint.model import Location

CHECKSUMS = ("hashlib", "md5", "sha256", "sha1", "sha512", "checksum", "known_hash")
DOWNLOADERS = frozenset({"wget", "curl", "aria2c"})
UNPACKING = frozenset({"ZipFile", "TarFile", "GzipFile", "extractall", "loadtxt", "genfromtxt"})
BODIES = frozenset({"content", "raw", "text", "iter_content", "read"})
VERSIONED = re.compile(r":v\d+$|/versions?/\d+$|/\d+$")
DATABASE_FILE = re.compile(r"(?i)\.(?:db\d?|sqlite\d?|duckdb)$|:memory:|^sqlite:")
MOST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Moving:
    """One read of data that can change: what it is called, why, and where the name is written."""

    where: cst.Call | Location
    name: str
    reason: str
    told: Told | None = None
    is_tag: bool = False
    is_near: bool = False  # in a file at hand, which changes less by itself


def moving_data(file: SourceFile) -> Iterator[Moving]:
    """Yield every read of data that comes from a place where it can change, in source order."""
    for fetch in fetches(file):
        if fetch.api.role in (Role.DATA_SOURCE, Role.REQUEST) and fetch.pin not in (Pin.FIXED, Pin.UNKNOWN):
            found = _fetched(file, fetch)
            if found is not None:
                yield found
    yield from _read(file)
    yield from _downloaded(file)


def _fetched(file: SourceFile, fetch: Fetch) -> Moving | None:
    traits = fetch.api.traits
    if "object" in traits:
        text = template(file, fetch.id)
        is_latest = text is not None and LATEST.search(text) is not None
        return (
            Moving(fetch.call, (text or "").replace(HOLE, "…"), "it is whatever is latest")
            if is_latest
            else None
        )
    if "sql" in traits:
        return _queried(file, fetch)
    if "remote" in traits:
        return _of_address(file, fetch) if fetch.pin is Pin.NONE else None
    if "version-word" in traits:
        return _versioned(file, fetch)
    if traits & {"hub-id", "bare-names"}:
        return _named(file, fetch)
    return None


def _queried(file: SourceFile, fetch: Fetch) -> Moving | None:
    query = fetch.id
    if isinstance(query, cst.Call) and len(query.args) == 1:  # `text("SELECT …")`
        query = query.args[0].value
    text = template(file, query)
    if text is None:
        return None
    if "table" in fetch.api.traits or not text.strip(" ;").count(" "):
        name = text.replace(HOLE, "…")
        return Moving(fetch.call, name, "the whole table is read, as it is at that moment") if text else None
    found = why_query_moves(text, HOLE)
    near = _is_near(file, fetch)
    return Moving(fetch.call, found[0], found[1], is_near=near) if found is not None else None


def _is_near(file: SourceFile, fetch: Fetch) -> bool:
    """Whether a query asks a database in a file."""
    connection = fetch.arguments.get("con")
    opened = file.definition(connection) if connection is not None else None
    if not isinstance(opened, cst.Call) or not opened.args:
        return False
    text = template(file, opened.args[0].value)
    return text is not None and DATABASE_FILE.search(text) is not None


def _versioned(file: SourceFile, fetch: Fetch) -> Moving | None:
    text = template(file, fetch.id)
    if (
        text is None
        or text.rpartition(":")[0].endswith(HOLE)
        or text.endswith(HOLE)
        or VERSIONED.search(text)
    ):
        return None
    version = text.rpartition(":")[2] if ":" in text else ""
    reason = (
        f"`{version}` is another version tomorrow" if version else "without a version the newest one is taken"
    )
    return Moving(fetch.call, text.replace(HOLE, "…"), reason)


def _named(file: SourceFile, fetch: Fetch) -> Moving | None:
    """A data set by its name on a hub."""
    any_bare = "bare-names" in fetch.api.traits
    for told in literals(file, fetch.id):
        if told.default:
            continue
        if told.text in fetch.api.local:
            return _files(file, fetch)
        if is_hub_id(told.text, file.library.moving, any_bare=any_bare):
            pins = " or ".join(fetch.api.pins[:1])
            if fetch.pin is Pin.TAG and "hub-id" in fetch.api.traits:
                reason = f"its owner can move the tag `{fetch.revision}`"
                return Moving(fetch.call, told.text, reason, told, is_tag=True)
            how = f"`{fetch.revision}` is no {pins}" if fetch.revision else f"it is loaded without a {pins}"
            return Moving(fetch.call, told.text, how, told) if fetch.pin is Pin.NONE else None
    return None


def _files(file: SourceFile, fetch: Fetch) -> Moving | None:
    given = fetch.arguments.get("data_files")
    constant = file.constant(given) if given is not None else UNKNOWN
    items = constant.values() if isinstance(constant, dict) else [constant]
    texts = [text for item in items for text in (item if isinstance(item, list | tuple) else [item])]
    for text in texts:
        known = address(text, HOLE) if isinstance(text, str) else None
        if known is not None and known.reason:
            return Moving(fetch.call, short(known.text), known.reason)
    return None


# -- addresses --------------------------------------------------------------------------------------------


def _addresses(file: SourceFile, node: cst.BaseExpression) -> Iterator[tuple[Address, Told | None]]:
    found = literals(file, node)
    for told in found:
        yield address(told.text, HOLE), told
    text = template(file, node) if not found else None
    if text is not None:
        yield address(text, HOLE), None


def _of_address(file: SourceFile, fetch: Fetch) -> Moving | None:
    if file.mentions(CHECKSUMS):
        return None
    for known, told in _addresses(file, fetch.id):
        if not known.reason or not known.may_be_data:
            continue
        if fetch.api.role is Role.REQUEST and not known.is_data:
            if known.suffix or not _is_unpacked(file, fetch.call):
                continue
        return Moving(fetch.call, short(known.text), known.reason, told)
    return None


def _is_unpacked(file: SourceFile, call: cst.Call) -> bool:
    """Whether what a request gives is opened as an archive or read as data."""
    if any(_unpacks(file, above) for above in file.index.ancestors(call)):
        return True
    statement = file.index.statement(call)
    around = file.index.function(call) or file.index.module(call)
    names = {
        n.target.value
        for n in file.index.within(statement, cst.AssignTarget)
        if isinstance(n.target, cst.Name)
    }
    for read in file.index.within(around, cst.Attribute):
        is_ours = isinstance(read.value, cst.Name) and read.value.value in names
        if (
            is_ours
            and read.attr.value in BODIES
            and any(_unpacks(file, a) for a in file.index.ancestors(read))
        ):
            return True
    return False


def _unpacks(file: SourceFile, node: cst.CSTNode) -> bool:
    if not isinstance(node, cst.Call):
        return False
    func = node.func
    name = func.attr.value if isinstance(func, cst.Attribute) else getattr(func, "value", "")
    api = file.api(node)
    return name in UNPACKING or (api is not None and api.role is Role.DATA_SOURCE)


def _read(file: SourceFile) -> Iterator[Moving]:
    """Tables and arrays that are read from an address right away."""
    for call, api in file.known_calls:
        if api.role is not Role.DATA_SOURCE or api.id:
            continue
        arguments = file.arguments(call, api.params)
        node = arguments.get(api.params[0]) if api.params else next(iter(arguments.positional), None)
        if node is None:
            continue
        for known, told in _addresses(file, node):
            if known.reason and known.may_be_data:
                yield Moving(call, short(known.text), known.reason, told)
                break


def _downloaded(file: SourceFile) -> Iterator[Moving]:
    """`!wget`, and calls that start it."""
    if file.mentions(CHECKSUMS):
        return
    for place, line in shell_lines(file):
        for command in split_commands(line):
            yield from _by_command(place, command.words)
    for call in file.calls if file.mentions(DOWNLOADERS) else ():
        for command in commands_of(file, call):
            yield from _by_command(call, command.words)


def _by_command(where: cst.Call | Location, words: tuple[str, ...]) -> Iterator[Moving]:
    if not words or words[0].rpartition("/")[2] not in DOWNLOADERS:
        return
    for word in words[1:]:
        known = address(word, HOLE)
        if known.reason and known.is_data:
            yield Moving(where, short(known.text), known.reason)


def short(text: str) -> str:
    """Return an address without its scheme, short enough for a message."""
    bare = (text.partition("://")[2] or text).replace(HOLE, "…")
    return bare if len(bare) <= MOST_SHOWN else f"{bare[:26]}…{bare[-32:]}"
