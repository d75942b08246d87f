"""What a file's definitions look like from outside, and which names it reads and sets."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.names import dotted_name
from mldebt_lint.analysis.options.facts import Default, Function, Shape
from mldebt_lint.analysis.options.places import Places
from mldebt_lint.analysis.options.writes import normal

IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
QUOTES = "\"'"
STATIC = "staticmethod"
COMPUTED = frozenset({"property", "cached_property", "functools.cached_property", "lazy_property"})
DECLARING = frozenset({"add_argument", "add_option", "set_defaults"})


def functions(file: SourceFile, places: Places) -> Iterator[Function]:
    """Yield the signature of every function."""
    for node in file.index.of(cst.FunctionDef):
        given = node.params
        params = tuple(p.name.value for p in (*given.posonly_params, *given.params, *given.kwonly_params))
        around = file.index.enclosing(node, cst.FunctionDef, cst.ClassDef)
        decorators = {dotted_name(d.decorator) for d in node.decorators}
        yield Function(
            name=places.label(node),
            params=params,
            followed=tuple(name for name in params if places.is_likely(name)),
            star=isinstance(given.star_arg, cst.Param),
            kwargs=given.star_kwarg.name.value if given.star_kwarg is not None else "",
            owner=places.label(around) if isinstance(around, cst.ClassDef) else "",
            static=STATIC in decorators,
            computed=not COMPUTED.isdisjoint(decorators),
            told=places.returns_options(node.name.value),
        )


def defaults(file: SourceFile, places: Places) -> Iterator[Default]:
    """Yield the constant defaults of the parameters of every function."""
    for node in file.index.of(cst.FunctionDef):
        for param in (*node.params.posonly_params, *node.params.params, *node.params.kwonly_params):
            value = file.constant(param.default) if param.default is not None else None
            if value is not None and isinstance(value, str | int | float | list | tuple):
                yield Default(places.label(node), param.name.value, normal(value), file.at(param))


def shapes(file: SourceFile, places: Places) -> Iterator[Shape]:
    """Yield every class with its bases and annotated fields."""
    for node in file.index.of(cst.ClassDef):
        bases = tuple(filter(None, (places.class_reference(arg.value) for arg in node.bases)))
        yield Shape(places.label(node), bases, tuple(name for name, _ in fields(node)))


def fields(node: cst.ClassDef) -> Iterator[tuple[str, cst.AnnAssign]]:
    """Yield the annotated fields in the body of a class."""
    for line in node.body.body:
        if isinstance(line, cst.SimpleStatementLine):
            for statement in line.body:
                if isinstance(statement, cst.AnnAssign) and isinstance(statement.target, cst.Name):
                    yield statement.target.value, statement


def names_read(file: SourceFile) -> tuple[frozenset[str], frozenset[str]]:
    """Return the attributes a file reads and its strings that are identifiers, those in declarations aside."""
    index = file.index
    attributes = {
        node.attr.value
        for node in index.of(cst.Attribute)
        if not isinstance(index.parent(node), cst.AssignTarget | cst.Del)
    }
    words = set()
    for node in index.of(cst.SimpleString):
        value = node.value
        text = value[1:-1] if value[0] in QUOTES and value[1] != value[0] else node.raw_value
        if text.isidentifier() and not _declares(file, node):
            words.add(text)
    return frozenset(attributes), frozenset(words)


def _declares(file: SourceFile, node: cst.SimpleString) -> bool:
    argument = file.index.parent(node)
    call = file.index.parent(argument) if isinstance(argument, cst.Arg) else None
    return (
        isinstance(call, cst.Call)
        and isinstance(call.func, cst.Attribute)
        and call.func.attr.value in DECLARING
    )


def written_attributes(file: SourceFile) -> frozenset[str]:
    """Return the attributes that a file sets on anything but `self`."""
    found = set()
    for node in file.index.of(cst.AssignTarget):
        target = node.target
        if isinstance(target, cst.Attribute):
            if not (isinstance(target.value, cst.Name) and target.value.value == "self"):
                found.add(target.attr.value)
    return frozenset(found)


def executes(file: SourceFile, places: Places) -> bool:
    """Whether a file runs text as code that may read the variables it follows."""
    for call in file.calls:
        name = file.qualified(call.func)
        if name == "builtins.exec":
            return True
        if name == "builtins.eval":
            words = {
                w
                for node in file.index.within(call, cst.SimpleString)
                for w in IDENTIFIER.findall(node.value)
            }
            words |= {
                w
                for n in file.index.within(call, cst.FormattedStringText)
                for w in IDENTIFIER.findall(n.value)
            }
            if any(places.is_likely(word) for word in words):
                return True
    return False
