"""Names that a program computes and reads by: `globals()[f"prepare_{kind}"]`, `getattr(models, args.arch)`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from mldebt_lint.analysis.constants import UNKNOWN
from mldebt_lint.analysis.facts import Fact
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.glue_code.templates import HOLE, template
from mldebt_lint.analysis.names import dotted_name
from mldebt_lint.analysis.project import Project

SPACES = frozenset({"globals", "locals", "vars"})


@dataclass(frozen=True, slots=True)
class ComputedRead(Fact):
    """Names that a file reads by: how they begin, and the dotted module that holds them (empty: the file itself)."""

    path: str
    target: str
    prefix: str


def computed_reads(file: SourceFile) -> Iterator[ComputedRead]:
    """Yield the reads by computed names of the file's own definitions and of the modules that it imports."""
    if not file.mentions(("getattr(", "globals(", "locals(", "vars(")):
        return
    for node in file.index.of(cst.Subscript):
        if len(node.slice) == 1 and isinstance(node.slice[0].slice, cst.Index):
            yield from _read(file, node.value, node.slice[0].slice.value)
    for call in file.calls:
        name = dotted_name(call.func)
        if name == "getattr" and len(call.args) > 1:
            yield from _read(file, call.args[0].value, call.args[1].value)
        elif isinstance(call.func, cst.Attribute) and call.func.attr.value == "get" and call.args:
            yield from _read(file, call.func.value, call.args[0].value)


def _read(file: SourceFile, owner: cst.BaseExpression, key: cst.BaseExpression) -> Iterator[ComputedRead]:
    target = _target(file, owner)
    if target is not None and file.constant(key) is UNKNOWN:
        prefix = (template(file, key) or HOLE).partition(HOLE)[0]
        yield ComputedRead(file.path, target, prefix)


def _target(file: SourceFile, owner: cst.BaseExpression) -> str | None:
    """Return the module that an expression stands for, empty for the file's own names, None for anything else."""
    if isinstance(owner, cst.Call):
        name = dotted_name(owner.func)
        return "" if name in SPACES and not owner.args else None
    if isinstance(owner, cst.Subscript):
        return "" if dotted_name(owner.value) == "sys.modules" else None
    if isinstance(owner, cst.Name) and owner.value in ("self", "cls"):
        return ""
    target = file.qualified(owner)
    return target if target and file.library.pack(target.partition(".")[0]) is None else None


def is_read_by_name(project: Project, path: str, name: str) -> bool:
    """Whether a computed name may mean a definition of the file `path`."""
    return any(map(name.startswith, project.once(_prefixes).get(path, ())))


def _prefixes(project: Project) -> dict[str, set[str]]:
    """Return for each file the beginnings of the computed names that are read from it."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for read in project.facts(ComputedRead):
        path = project.resolve(read.target, read.path) if read.target else read.path
        if path is not None:
            found[path].add(read.prefix)
    return dict(found)
