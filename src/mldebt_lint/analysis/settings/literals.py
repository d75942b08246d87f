"""Literals as settings: numbers, sizes, texts and lists that stand in the code, with a normalised text."""

from __future__ import annotations

import libcst as cst

from mldebt_lint.analysis.literals import evaluated, string_value
from mldebt_lint.analysis.settings.names import Form

MAX_ITEMS = 200
MAX_TEXT = 200
TELLING = 3
_SEQUENCES = (cst.List, cst.Tuple, cst.Set)
_CASTS = frozenset({"float", "int", "array", "tensor", "tuple", "list", "asarray", "frozenset"})


def literal(node: cst.CSTNode | None, depth: int = 0) -> object | None:
    """Return the value of a literal (number, text, sequence of them), None for everything else and for None."""
    match node:
        case cst.Integer() | cst.Float():
            return evaluated(node)
        case cst.SimpleString():
            text = string_value(node)
            return text if text is not None and len(text) <= MAX_TEXT else None
        case cst.UnaryOperation(operator=cst.Minus()):
            number = literal(node.expression, depth + 1)
            return -number if isinstance(number, int | float) else None
        case cst.BinaryOperation() if depth < 5:
            return _combined(node, depth)
        case cst.List() | cst.Tuple() | cst.Set() if len(node.elements) <= MAX_ITEMS and depth < 5:
            items = [literal(element.value, depth + 1) for element in node.elements]
            return None if None in items or not items else tuple(items)
    return None


def _combined(node: cst.BinaryOperation, depth: int) -> object | None:
    left, right = literal(node.left, depth + 1), literal(node.right, depth + 1)
    if not isinstance(left, int | float) or not isinstance(right, int | float):
        return None
    match node.operator:
        case cst.Multiply():
            return left * right
        case cst.Divide() if right:
            return left / right
        case cst.Power() if abs(left) <= 1000 and 0 < abs(right) <= 32 and (left or right > 0):
            value: object = left**right
            return value if isinstance(value, int | float) else None
        case cst.Add():
            return left + right
        case cst.Subtract():
            return left - right
    return None


def setting_value(node: cst.CSTNode | None, form: Form) -> str | None:
    """Return the normalised text of a literal that can be a setting of this form, None for others.

    0, 1 and -1 for a number switch something off or are neutral: they are no setting.
    """
    if isinstance(node, cst.Call) and form is not Form.TEXT and len(node.args) == 1 and _is_cast(node.func):
        node = node.args[0].value
    value = literal(node)
    match value:
        case int() | float() if form in (Form.NUMBER, Form.SIZE):
            return None if value in (0, 1, -1) else number_text(value)
        case str() if form is Form.TEXT:
            return repr(value) if len(value) >= TELLING else None
        case tuple() if form is Form.SIZE and len(value) <= 4 and _are_numbers(value):
            return _sequence_text(value)
        case tuple() if form is Form.LIST and len(value) >= 2 and (_are_numbers(value) or _are_texts(value)):
            return _sequence_text(value)
    return None


def telling_value(node: cst.CSTNode | None) -> str | None:
    """Return the text of a literal that is unlikely to be the same twice by accident, None for others."""
    value = literal(node)
    match value:
        case int() | float():
            return None if value in (0, 1, -1, 2) else number_text(value)
        case str():
            return repr(value) if len(value) >= 4 else None
        case tuple():
            return (
                _sequence_text(value)
                if len(value) >= 2 and any(not isinstance(v, tuple) for v in value)
                else None
            )
    return None


def _is_cast(function: cst.BaseExpression) -> bool:
    name = function.attr if isinstance(function, cst.Attribute) else function
    return isinstance(name, cst.Name) and name.value in _CASTS


def number_text(value: float) -> str:
    """Return a number's text, the same for `1` and `1.0`."""
    return f"{value:g}" if abs(value) < 1e6 and float(f"{value:g}") == value else repr(value)


def _are_numbers(values: tuple[object, ...]) -> bool:
    return all(isinstance(value, int | float) for value in values)


def _are_texts(values: tuple[object, ...]) -> bool:
    return all(isinstance(value, str) for value in values)


def _sequence_text(values: tuple[object, ...]) -> str:
    parts = (number_text(v) if isinstance(v, int | float) else repr(v) for v in values)
    return f"({', '.join(parts)})"
