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
        case cst.Attribute() if node.attr.value == "executable" and file.qualified(node) == "sys.executable":
            text = "python"
        case _:
            text = None
    return text[:MAX_TEMPLATE] if text is not None else None


def words_of(file: SourceFile, node: cst.CSTNode | None) -> list[str] | None:
    """Return the items of a list of strings as templates, None when it is not visibly a list.

    A starred or unknown item is one HOLE; `["a"] + rest` ends in a HOLE.
    """
    match file.definition(node) if node is not None else None:
        case cst.List() | cst.Tuple() as shown:
            return [_item(file, element) for element in shown.elements]
        case cst.BinaryOperation(operator=cst.Add()) as added:
            left, right = words_of(file, added.left), words_of(file, added.right)
            return None if left is None else [*left, *(right if right is not None else [HOLE])]
    return None


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
    if not isinstance(func, cst.Attribute):
        return _or_hole(file, node.args[0].value, depth) if _is_text(file, node) else None
    if func.attr.value == "format":
        base = template(file, func.value, depth + 1)
        values = [
            _or_hole(file, arg.value, depth) for arg in node.args if arg.keyword is None and not arg.star
        ]
        return None if base is None else _filled(_BRACES, base, values)
    if func.attr.value == "join" and len(node.args) == 1:
        glue, items = file.constant(func.value), words_of(file, node.args[0].value)
        return glue.join(items) if isinstance(glue, str) and items is not None else None
    if func.attr.value in {"strip", "rstrip", "lstrip", "encode"}:
        return template(file, func.value, depth + 1)
    return None


def _is_text(file: SourceFile, node: cst.Call) -> bool:
    return len(node.args) == 1 and file.qualified(node.func) == "builtins.str"


def _name(file: SourceFile, node: cst.Name, depth: int) -> str | None:
    definition = file.definition(node)
    if definition is not None:
        return template(file, definition, depth + 1) if definition is not node else None
    _, bindings = file.names.bindings(node.value, node)
    first = [b.value for b in bindings if b.how is Binds.VALUE]
    if len(first) != 1 or any(b.how not in (Binds.VALUE, Binds.CHANGE) for b in bindings):
        return None
    text = template(file, first[0], depth + 1)
    added = [b.node for b in bindings if isinstance(b.node, cst.AugAssign)]
    if text is None or len(added) != len(bindings) - 1:
        return None
    return text + "".join(_or_hole(file, change.value, depth) for change in added)
