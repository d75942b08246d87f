"""Constant folding: numbers, strings, paths, and containers of them, as far as the file's own text tells."""

from __future__ import annotations

import posixpath
from enum import Enum
from typing import Final

import libcst as cst

from mldebt_lint.analysis.literals import evaluated
from mldebt_lint.analysis.values import Values


class Unknown(Enum):
    """The answer for everything that is not a constant; a class of its own, since None is a constant."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN
Constant = object
MAX_FOLD_DEPTH = 60
MAX_TEXT = 10_000
PATH_TYPES = frozenset({"pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath"})
NAMED = {"None": None, "True": True, "False": False}


class Constants:
    """Folds the expressions of one file."""

    def __init__(self, values: Values) -> None:
        self._values = values

    def fold(self, node: cst.CSTNode | None, depth: int = 0) -> Constant | Unknown:
        """Return the Python value of an expression, UNKNOWN when it is not a constant.

        Names are followed through single assignments; `Path("a") / "b"` and `os.path.join` fold to a string;
        a string with any unknown part is unknown.
        """
        if depth > MAX_FOLD_DEPTH:
            return UNKNOWN
        match node:
            case cst.Integer() | cst.Float() | cst.SimpleString():
                return _evaluated(node)
            case cst.Name():
                return NAMED[node.value] if node.value in NAMED else self._name(node, depth)
            case cst.UnaryOperation():
                return _signed(node.operator, self.fold(node.expression, depth + 1))
            case cst.ConcatenatedString():
                return _joined([self.fold(node.left, depth + 1), self.fold(node.right, depth + 1)])
            case cst.FormattedString():
                return _joined([self._part(part, depth) for part in node.parts])
            case cst.BinaryOperation():
                return _combined(
                    node.operator, self.fold(node.left, depth + 1), self.fold(node.right, depth + 1)
                )
            case cst.Tuple() | cst.List() | cst.Set():
                return self._sequence(node, depth)
            case cst.Dict():
                return self._dict(node, depth)
            case cst.Call():
                return self._call(node, depth)
        return UNKNOWN

    def _name(self, node: cst.Name, depth: int) -> Constant | Unknown:
        definition = self._values.definition(node)
        return UNKNOWN if definition is None or definition is node else self.fold(definition, depth + 1)

    def _part(self, part: cst.BaseFormattedStringContent, depth: int) -> Constant | Unknown:
        if isinstance(part, cst.FormattedStringText):
            return part.value.replace("{{", "{").replace("}}", "}")
        if (
            isinstance(part, cst.FormattedStringExpression)
            and part.format_spec is None
            and part.conversion is None
        ):
            value = self.fold(part.expression, depth + 1)
            return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else UNKNOWN
        return UNKNOWN

    def _sequence(self, node: cst.Tuple | cst.List | cst.Set, depth: int) -> Constant | Unknown:
        items = [
            self.fold(e.value, depth + 1) if isinstance(e, cst.Element) else UNKNOWN for e in node.elements
        ]
        if UNKNOWN in items:
            return UNKNOWN
        return tuple(items) if isinstance(node, cst.Tuple) else items

    def _dict(self, node: cst.Dict, depth: int) -> Constant | Unknown:
        result: dict[object, object] = {}
        for element in node.elements:
            key = self.fold(element.key, depth + 1) if isinstance(element, cst.DictElement) else UNKNOWN
            value = self.fold(element.value, depth + 1)
            if key is UNKNOWN or value is UNKNOWN or isinstance(key, list | dict):
                return UNKNOWN
            result[key] = value
        return result

    def _call(self, node: cst.Call, depth: int) -> Constant | Unknown:
        name = self._values.qualified(node.func)
        if any(a.star or a.keyword for a in node.args) or name is None:
            return UNKNOWN
        parts = [self.fold(a.value, depth + 1) for a in node.args]
        if name in {"os.path.join", "posixpath.join", *PATH_TYPES} and parts:
            texts = [part for part in parts if isinstance(part, str)]
            return posixpath.join(*texts) if len(texts) == len(parts) else UNKNOWN
        if name in {"builtins.str", "builtins.int", "builtins.float"} and len(parts) == 1:
            return _converted(name, parts[0])
        return UNKNOWN


def _converted(name: str, value: Constant | Unknown) -> Constant | Unknown:
    if not isinstance(value, str | int | float):
        return UNKNOWN
    try:
        match name:
            case "builtins.str":
                return str(value)
            case "builtins.int":
                return int(value)
        return float(value)
    except (ValueError, OverflowError):
        return UNKNOWN


def _evaluated(node: cst.Integer | cst.Float | cst.SimpleString) -> Constant | Unknown:
    value = evaluated(node)
    return UNKNOWN if value is None else value


def _joined(parts: list[Constant | Unknown]) -> Constant | Unknown:
    texts = [part for part in parts if isinstance(part, str)]
    if len(texts) != len(parts) or sum(map(len, texts)) > MAX_TEXT:
        return UNKNOWN
    return "".join(texts)


def _signed(operator: cst.BaseUnaryOp, value: Constant | Unknown) -> Constant | Unknown:
    if isinstance(operator, cst.Not):
        return UNKNOWN if value is UNKNOWN else not value
    if isinstance(operator, cst.Minus) and isinstance(value, int | float):
        return -value
    return UNKNOWN


def _combined(
    operator: cst.BaseBinaryOp, left: Constant | Unknown, right: Constant | Unknown
) -> Constant | Unknown:
    if isinstance(left, str) and isinstance(right, str):
        if isinstance(operator, cst.Add):
            return _joined([left, right])
        return posixpath.join(left, right) if isinstance(operator, cst.Divide) else UNKNOWN
    if isinstance(left, int | float) and isinstance(right, int | float):
        return _arithmetic(operator, left, right)
    return UNKNOWN


def _arithmetic(operator: cst.BaseBinaryOp, left: float, right: float) -> Constant | Unknown:
    try:
        match operator:
            case cst.Add():
                return left + right
            case cst.Subtract():
                return left - right
            case cst.Multiply():
                return left * right
            case cst.Divide():
                return left / right
            case cst.FloorDivide():
                return left // right
            case cst.Power() if abs(left) <= 1000 and abs(right) <= 64:
                value: object = left**right
                return UNKNOWN if isinstance(value, complex) else value
    except (ZeroDivisionError, OverflowError):
        return UNKNOWN
    return UNKNOWN
