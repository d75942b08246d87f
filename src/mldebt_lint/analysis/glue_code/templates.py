"""Strings as far as they are known: constant text with holes where a value is put in."""

from __future__ import annotations

import re

import libcst as cst

from mldebt_lint.analysis.constants import UNKNOWN
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.names import Binds

# Stands for a part that is not known; it cannot occur in a command, a path or a query.
HOLE = "\0"
MAX_TEMPLATE_DEPTH = 20
MAX_TEMPLATE = 10_000
JOINS = frozenset({"os.path.join", "posixpath.join"})
TEXTS = frozenset({"builtins.str", "os.fspath", "shlex.quote", "pathlib.Path"})
_PERCENT = re.compile(r"%(?:\(\w+\))?[-#0 +]*[\d.*]*[diouxXeEfFgGcrsa]")
_BRACES = re.compile(r"\{\{|\}\}|\{[^{}]*\}")


def template(file: SourceFile, node: cst.CSTNode | None, depth: int = 0) -> str | None:
    """Return the text of a string expression with HOLE for every part that is not known.

    Names are followed, `+=` adds to them; f-strings, `%`, `.format`, `+` and `" ".join([...])` are taken apart.
    None when the expression is not visibly a string.
    """
    if node is None or depth > MAX_TEMPLATE_DEPTH:
        return None
    value = file.constant(node)
    if value is not UNKNOWN:
        return value if isinstance(value, str) else None
    match node:
        case cst.FormattedString():
            text: str | None = "".join(_part(file, part, depth) for part in node.parts)
        case cst.ConcatenatedString():
            text = _or_hole(file, node.left, depth) + _or_hole(file, node.right, depth)
        case cst.BinaryOperation():
            text = _operation(file, node, depth)
        case cst.Call():
            text = _call(file, node, depth)
        case cst.Name():
            text = _name(file, node, depth)
        case cst.Attribute():
            text = _attribute(file, node, depth)
        case _:
            text = None
    return text[:MAX_TEMPLATE] if text is not None else None


def _attribute(file: SourceFile, node: cst.Attribute, depth: int) -> str | None:
    if node.attr.value == "executable" and file.qualified(node) == "sys.executable":
        return "python"
    if not isinstance(node.value, cst.Name) or node.value.value not in ("self", "cls"):
        return None
    values: list[cst.CSTNode | None] = [*file.values.self_values(node)]
    owner = file.index.enclosing(node, cst.ClassDef) if not values else None
    if owner is not None:
        bound = file.names.bound_in(owner).get(node.attr.value, [])
        values = [binding.value if binding.how is Binds.VALUE else None for binding in bound]
    return template(file, values[0], depth + 1) if len(values) == 1 else None


def words_of(file: SourceFile, node: cst.CSTNode | None) -> list[str] | None:
    """Return the items of a list of strings as templates, None when it is not visibly a list.

    A starred or unknown item is one HOLE; `["a"] + rest` ends in a HOLE.
    """
    if isinstance(node, cst.Name) and file.definition(node) is None:
        return _grown(file, node)
    match file.definition(node) if node is not None else None:
        case cst.List() | cst.Tuple() as shown:
            return [_item(file, element) for element in shown.elements]
        case cst.BinaryOperation(operator=cst.Add()) as added:
            left, right = words_of(file, added.left), words_of(file, added.right)
            return None if left is None else [*left, *(right if right is not None else [HOLE])]
    return None


def _grown(file: SourceFile, name: cst.Name) -> list[str] | None:
    """Return the words of a list that begins as a literal and grows by `+=`."""
    first, added = _growth(file, name)
    words = words_of(file, first) if first is not None else None
    if words is None:
        return None
    return words + [word for change in added for word in words_of(file, change) or [HOLE]]


def _growth(file: SourceFile, name: cst.Name) -> tuple[cst.CSTNode | None, list[cst.BaseExpression]]:
    """Return the one value that a name is given, and what `+=` adds to it; None when it is given anything else."""
    _, bindings = file.names.bindings(name.value, name)
    first = [b.value for b in bindings if b.how is Binds.VALUE]
    added = [b.node.value for b in bindings if isinstance(b.node, cst.AugAssign)]
    if len(first) != 1 or len(added) != len(bindings) - 1:
        return None, []
    return first[0], added


def _item(file: SourceFile, element: cst.BaseElement) -> str:
    return HOLE if isinstance(element, cst.StarredElement) else _or_hole(file, element.value, 0)


def _or_hole(file: SourceFile, node: cst.CSTNode, depth: int) -> str:
    value = file.constant(node)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    text = template(file, node, depth + 1)
    return HOLE if text is None else text


def _part(file: SourceFile, part: cst.BaseFormattedStringContent, depth: int) -> str:
    if isinstance(part, cst.FormattedStringText):
        return part.value.replace("{{", "{").replace("}}", "}")
    if isinstance(part, cst.FormattedStringExpression) and part.format_spec is None:
        return _or_hole(file, part.expression, depth)
    return HOLE


def _operation(file: SourceFile, node: cst.BinaryOperation, depth: int) -> str | None:
    left = template(file, node.left, depth + 1)
    if isinstance(node.operator, cst.Modulo) and left is not None:
        return _filled(_PERCENT, left, _values(file, node.right, depth))
    right = template(file, node.right, depth + 1)
    if isinstance(node.operator, cst.Divide) and right is not None:
        return f"{HOLE if left is None else left}/{right}"
    if isinstance(node.operator, cst.Add) and (left is not None or right is not None):
        return (HOLE if left is None else left) + (HOLE if right is None else right)
    return None


def _values(file: SourceFile, node: cst.BaseExpression, depth: int) -> list[str]:
    if isinstance(node, cst.Tuple):
        return [_or_hole(file, element.value, depth) for element in node.elements]
    return [] if isinstance(node, cst.Dict) else [_or_hole(file, node, depth)]


def _filled(pattern: re.Pattern[str], text: str, values: list[str]) -> str:
    """Replace the fields of a format by the values in order, named ones and those without a value by a HOLE."""
    rest = iter(values)

    def fill(match: re.Match[str]) -> str:
        field = match.group()
        if field in ("{{", "}}"):
            return field[0]
        return next(rest, HOLE) if field == "{}" or (field[0] == "%" and "(" not in field) else HOLE

    return pattern.sub(fill, text)


def _call(file: SourceFile, node: cst.Call, depth: int) -> str | None:
    func = node.func
    if _is_text(file, node):
        return _or_hole(file, node.args[0].value, depth)
    if not isinstance(func, cst.Attribute):
        return None
    if func.attr.value == "format":
        base = template(file, func.value, depth + 1)
        values = [
            _or_hole(file, arg.value, depth) for arg in node.args if arg.keyword is None and not arg.star
        ]
        return None if base is None else _filled(_BRACES, base, values)
    if func.attr.value == "join" and len(node.args) == 1:
        glue, items = file.constant(func.value), words_of(file, node.args[0].value)
        return glue.join(items) if isinstance(glue, str) and items is not None else None
    if file.qualified(func) in JOINS and not any(arg.star or arg.keyword for arg in node.args):
        return "/".join(_or_hole(file, arg.value, depth) for arg in node.args)
    if func.attr.value in {"strip", "rstrip", "lstrip", "encode", "as_posix"}:
        return template(file, func.value, depth + 1)
    return None


def _is_text(file: SourceFile, node: cst.Call) -> bool:
    return len(node.args) == 1 and file.qualified(node.func) in TEXTS


def _name(file: SourceFile, node: cst.Name, depth: int) -> str | None:
    definition = file.definition(node)
    if definition is not None:
        return template(file, definition, depth + 1) if definition is not node else None
    first, added = _growth(file, node)
    text = template(file, first, depth + 1)
    return None if text is None else text + "".join(_or_hole(file, change, depth) for change in added)
