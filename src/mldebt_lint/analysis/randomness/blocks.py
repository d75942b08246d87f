"""The blocks of a file (functions, classes, top level, main guard) and what each of them may run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import cast

import libcst as cst

from mldebt_lint.analysis.facts import Fact
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.guards import is_main_guard
from mldebt_lint.analysis.names import dotted_name

GUARD = "<main>"
PLAIN_BASES = frozenset({"object", "ABC", "Protocol", "Generic", "Enum", "NamedTuple"})
# Decorators that leave it to the program's own code to call what they decorate.
PLAIN_DECORATORS = frozenset(
    (
        *(
            "staticmethod",
            "classmethod",
            "property",
            "cached_property",
            "setter",
            "abstractmethod",
            "overload",
        ),
        *(
            "lru_cache",
            "cache",
            "wraps",
            "contextmanager",
            "dataclass",
            "no_grad",
            "inference_mode",
            "autocast",
        ),
        *("function", "jit", "njit", "vectorize", "script", "compile", "checkpoint", "override", "profile"),
    )
)
# Names that run functions which the text does not name.
OPAQUE = frozenset({"globals", "Fire", "fire", "locals", "exec", "eval"})

DEFINITIONS: frozenset[type] = frozenset({cst.FunctionDef, cst.ClassDef})
NAMED: frozenset[type] = DEFINITIONS | {cst.Param}
BINDING: frozenset[type] = frozenset(
    {cst.ImportAlias, cst.AsName, cst.AssignTarget, cst.Annotation, cst.ImportFrom}
)


@dataclass(frozen=True, slots=True)
class Block(Fact):
    """One function, class, main guard or top level of a file, and the names that it may run.

    `name` is dotted within the file: empty for the top level, `<main>` for main guards, `Net.forward` for a
    method. `uses` are what it calls, hands over or derives from: `:name` of the same file, `.name` of some object,
    `?name` that a star import may have brought, else an imported dotted name. `hook` is true for what others call
    without naming it: decorated functions, special methods, methods of a subclass.
    """

    path: str
    name: str
    hook: bool
    uses: frozenset[str]


def blocks(file: SourceFile) -> Iterator[Block]:
    """Collect the blocks of one file."""
    used = _uses(file)
    yield Block(file.path, "", True, frozenset(used.pop("", ())))
    yield Block(file.path, GUARD, True, frozenset(used.pop(GUARD, ())))
    definitions: list[cst.FunctionDef | cst.ClassDef] = [*file.index.of(cst.ClassDef)]
    definitions += file.index.of(cst.FunctionDef)
    for node in definitions:
        name = block_name(file, node.body)
        yield Block(file.path, name, _is_hook(file, node), frozenset(used.get(name, ())))


def block_name(file: SourceFile, node: cst.CSTNode) -> str:
    """Return the name of the block in whose body a node stands."""
    parts: list[str] = []
    below = node
    guarded = False
    for ancestor in file.index.ancestors(node):
        if ancestor.__class__ in DEFINITIONS:
            if below is ancestor.body:  # type: ignore[attr-defined]  # both definitions have one
                parts.append(ancestor.name.value)  # type: ignore[attr-defined]
        elif ancestor.__class__ is cst.If and isinstance(ancestor, cst.If):
            guarded = guarded or (below is ancestor.body and is_main_guard(ancestor))
        below = ancestor
    if parts:
        return ".".join(reversed(parts))
    return GUARD if guarded else ""


def _uses(file: SourceFile) -> dict[str, set[str]]:
    """Map each block to what it calls or hands over."""
    imported = _imported(file)
    own = {node.name.value for node in file.index.of(cst.FunctionDef)}
    own.update(node.name.value for node in file.index.of(cst.ClassDef))
    found: defaultdict[str, set[str]] = defaultdict(set)
    home = _homes(file)
    for name in file.index.of(cst.Name):
        if (name.value in own or name.value in imported or name.value in OPAQUE) and _is_read(file, name):
            found[home(name)].add(imported.get(name.value) or f":{name.value}")
    for attribute in file.index.of(cst.Attribute):
        kind = file.index.parent(attribute).__class__
        if kind is cst.Call or (kind is cst.Arg and attribute.attr.value != "seed"):
            head, _, rest = dotted_name(attribute).partition(".")
            target = f"{imported[head]}.{rest}" if head in imported else f".{attribute.attr.value}"
            found[home(attribute)].add(target)
    if file.names.stars:
        for call in file.calls:
            if (
                isinstance(call.func, cst.Name)
                and call.func.value not in own
                and call.func.value not in imported
            ):
                found[home(call)].add(f"?{call.func.value}")
    return found


def _homes(file: SourceFile) -> Callable[[cst.CSTNode], str]:
    """Return the function from a node to its block; a base belongs to the class that derives from it."""
    known: dict[int, str] = {}
    statement_of = file.index.statement

    def home(node: cst.CSTNode) -> str:
        statement = statement_of(node)
        if statement.__class__ is not cst.SimpleStatementLine:
            derived = _derived(file, node) if statement.__class__ is cst.ClassDef else None
            return derived if derived is not None else block_name(file, node)
        around = id(file.index.parent(statement))  # the statements of one indented block share their home
        name = known.get(around)
        if name is None:
            name = known[around] = block_name(file, node)
        return name

    return home


def _imported(file: SourceFile) -> dict[str, str]:
    """Map each name that an import binds to its absolute dotted name."""
    found: dict[str, str] = {}
    for plain in file.index.of(cst.Import):
        for alias in plain.names:
            target = dotted_name(alias.name)
            local = dotted_name(alias.asname.name) if alias.asname is not None else ""
            found[local or target.partition(".")[0]] = target if local else target.partition(".")[0]
    for node in file.index.of(cst.ImportFrom):
        base = file.names.absolute(node)
        for alias in () if isinstance(node.names, cst.ImportStar) else node.names:
            local = dotted_name(alias.asname.name if alias.asname is not None else alias.name)
            found[local] = f"{base}.{dotted_name(alias.name)}".strip(".")
    return found


def _is_read(file: SourceFile, name: cst.Name) -> bool:
    parent = file.index.parent(name)
    kind = parent.__class__
    if kind in NAMED:
        return cast(cst.Param, parent).name is not name
    if kind is cst.Attribute:
        return cast(cst.Attribute, parent).value is name
    if kind is cst.Arg:
        return cast(cst.Arg, parent).keyword is not name
    return kind not in BINDING


def _derived(file: SourceFile, node: cst.CSTNode) -> str | None:
    """Return the class that a base belongs to: deriving from a class runs it when the subclass runs."""
    parent = file.index.parent(node)
    owner = file.index.parent(parent) if isinstance(parent, cst.Arg) else None
    return block_name(file, owner.body) if isinstance(owner, cst.ClassDef) else None


def _is_hook(file: SourceFile, node: cst.FunctionDef | cst.ClassDef) -> bool:
    if any(_decorator(d) not in PLAIN_DECORATORS for d in node.decorators):
        return True
    if isinstance(node, cst.ClassDef):
        return False
    name = node.name.value
    if name.startswith("__") and name.endswith("__"):
        return True
    body = file.index.parent(node)
    owner = file.index.parent(body) if body is not None else None
    if not isinstance(owner, cst.ClassDef):
        return False
    bases = {dotted_name(arg.value).rpartition(".")[2] for arg in owner.bases}
    return not bases <= PLAIN_BASES


def _decorator(decorator: cst.Decorator) -> str:
    node = decorator.decorator
    return dotted_name(node.func if isinstance(node, cst.Call) else node).rpartition(".")[2]
