"""Facts: what one file contributes to the project, as plain data that can be packed and unpacked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import libcst as cst

from mldebt_lint.analysis.file import SourceFile, module_name
from mldebt_lint.analysis.guards import is_main_guard
from mldebt_lint.analysis.library import Role
from mldebt_lint.analysis.names import Binds, dotted_name
from mldebt_lint.reading.document import MagicKind

NAMED = frozenset({cst.FunctionDef, cst.ClassDef, cst.Param})
WORKING = frozenset(
    {
        Role.DATA_SOURCE,
        Role.RANDOM_DRAW,
        Role.SPLITTER,
        Role.SUBSET,
        Role.FIT,
        Role.PREDICT,
        Role.ARTEFACT_LOAD,
    }
)


@dataclass(frozen=True, slots=True)
class Fact:
    """Base of all facts: frozen dataclasses of str, int, float, bool, None, tuples, Locations and other facts."""


@dataclass(frozen=True, slots=True)
class Import(Fact):
    """One imported module or name: absolute dotted name; `star` for `from x import *`."""

    target: str
    star: bool = False


@dataclass(frozen=True, slots=True)
class ModuleFact(Fact):
    """What every project rule may ask of a file without its tree.

    `acts` is true when the top level does more than define, import and bind constants. `runs` are the command lines in its IPython escapes.
    """

    path: str
    name: str
    is_notebook: bool
    imports: tuple[Import, ...]
    main_guard: bool
    acts: bool
    definitions: tuple[str, ...]
    runs: tuple[str, ...]
    executes: bool


@dataclass(frozen=True, slots=True)
class Vocabulary(Fact):
    """The words of a file: `references` are all identifiers that it reads as a name or attribute, `words` all its
    string constants that are identifiers.
    """

    references: frozenset[str]
    words: frozenset[str]


def vocabulary(file: SourceFile) -> Vocabulary:
    """Collect the words of one file."""
    return Vocabulary(_references(file), _words(file))


def empty_module(path: str) -> ModuleFact:
    """Return the shared fact of a Python file that holds nothing but white space."""
    return ModuleFact(
        path=path,
        name=module_name(path),
        is_notebook=False,
        imports=(),
        main_guard=False,
        acts=False,
        definitions=(),
        runs=(),
        executes=False,
    )


def module_fact(file: SourceFile) -> ModuleFact:
    """Collect the shared fact of one file."""
    return ModuleFact(
        path=file.path,
        name=file.module_name,
        is_notebook=file.is_notebook,
        imports=_imports(file),
        main_guard=any(map(is_main_guard, file.index.of(cst.If))),
        acts=any(_acts(file, statement) for module in file.index.modules for statement in module.body),
        definitions=tuple(
            n for n, bs in file.names.top.items() if any(b.how is Binds.DEFINITION for b in bs)
        ),
        runs=_runs(file),
        executes=any(_is_exec(file, call) for call in file.calls),
    )


def _is_exec(file: SourceFile, call: cst.Call) -> bool:
    named = isinstance(call.func, cst.Name) and call.func.value == "exec"
    return named and file.qualified(call.func) == "builtins.exec"


def _imports(file: SourceFile) -> tuple[Import, ...]:
    found: dict[Import, None] = {}
    for node in file.index.of(cst.Import):
        found.update((Import(dotted_name(alias.name)), None) for alias in node.names)
    for node_from in file.index.of(cst.ImportFrom):
        base = file.names.absolute(node_from)
        if isinstance(node_from.names, cst.ImportStar):
            found[Import(base, star=True)] = None
        else:
            for alias in node_from.names:
                name = dotted_name(alias.name)
                found[Import(f"{base}.{name}" if base else name)] = None
    return tuple(found)


def _acts(file: SourceFile, statement: cst.CSTNode) -> bool:
    """Whether a top-level statement does something: a call that stands alone, a loop, a with block, or a name
    bound to what one of the file's own functions returns, or to data read, drawn, split, fitted or predicted.
    """
    if isinstance(statement, cst.For | cst.While | cst.With):
        return True
    if not isinstance(statement, cst.SimpleStatementLine):
        return False
    for small in statement.body:
        if isinstance(small, cst.Expr) and isinstance(small.value, cst.Call):
            return True
        if isinstance(small, cst.Assign | cst.AnnAssign) and isinstance(small.value, cst.Call):
            if _works(file, small.value):
                return True
    return False


def _works(file: SourceFile, call: cst.Call) -> bool:
    if isinstance(call.func, cst.Name):
        binding = file.values.binding(call.func)
        if binding is not None and isinstance(binding.node, cst.FunctionDef):
            return True
    api = file.api(call)
    return api is not None and api.role in WORKING


def _references(file: SourceFile) -> frozenset[str]:
    index, parents = file.index, file.index.parents
    found = {node.attr.value for node in index.of(cst.Attribute)}
    for name in index.of(cst.Name):
        parent = parents.get(id(name))
        kind = parent.__class__
        if kind is not cst.AssignTarget and not (kind in NAMED and cast(cst.Param, parent).name is name):
            found.add(name.value)
    return frozenset(found)


def _words(file: SourceFile) -> frozenset[str]:
    quoted = (node.value for node in file.index.of(cst.SimpleString))
    return frozenset(text[1:-1] for text in quoted if text[1:-1].isidentifier())


def _runs(file: SourceFile) -> tuple[str, ...]:
    lines = []
    for _, magic in file.magics:
        if magic.kind is MagicKind.SHELL:
            lines.append(magic.text)
        elif magic.name == "run":
            lines.append(f"python {magic.text}")
    return tuple(lines)
