"""Whether a condition is always true or always false, from its literals alone or with known names."""

from __future__ import annotations

import re
from collections.abc import Callable

import libcst as cst

from mldebt_lint.analysis.constants import NAMED, UNKNOWN, Unknown
from mldebt_lint.analysis.literals import evaluated

PLACEHOLDER = re.compile(r"\{\{|\{%|<%|\$\{|%\(|@@|__[A-Z_]+__")
Lookup = Callable[[cst.BaseExpression], object]


def no_names(expression: cst.BaseExpression) -> object:  # noqa: ARG001  # the signature of a lookup
    """Know no name: only literals fold."""
    return UNKNOWN


def truth(test: cst.BaseExpression, lookup: Lookup = no_names) -> bool | None:
    """Return whether a condition holds every time (True), never (False), or that is not known (None).

    `lookup` gives the values of names and attributes, UNKNOWN for those that may change.
    """
    match test:
        case cst.BooleanOperation(left=left, operator=operator, right=right):
            sides = (truth(left, lookup), truth(right, lookup))
            decides = isinstance(operator, cst.Or)
            return decides if decides in sides else None if None in sides else not decides
        case cst.UnaryOperation(operator=cst.Not(), expression=inner):
            known = truth(inner, lookup)
            return None if known is None else not known
        case cst.Comparison(left=left, comparisons=[comparison]):
            return _compared(value(left, lookup), comparison.operator, value(comparison.comparator, lookup))
        case cst.Tuple() | cst.List() | cst.Set() | cst.Dict():
            return bool(test.elements) if all(_is_plain(e) for e in test.elements) else None
        case cst.Lambda():
            return True
    known_value = value(test, lookup)
    return None if known_value is UNKNOWN else bool(known_value)


def value(expression: cst.BaseExpression, lookup: Lookup = no_names) -> object | Unknown:
    """Return the value of a literal, a signed number, a tuple of literals, or a name that `lookup` knows."""
    match expression:
        case cst.Name() if expression.value in NAMED:
            return NAMED[expression.value]
        case cst.Name() | cst.Attribute():
            return lookup(expression)
        case cst.Integer() | cst.Float() | cst.SimpleString():
            return _evaluated(expression)
        case cst.UnaryOperation(operator=cst.Minus(), expression=inner):
            number = value(inner)
            return -number if isinstance(number, int | float) else UNKNOWN
        case cst.Tuple() | cst.List() | cst.Set():
            items = [
                value(e.value, lookup) if isinstance(e, cst.Element) else UNKNOWN for e in expression.elements
            ]
            return UNKNOWN if UNKNOWN in items else tuple(items)
    return UNKNOWN


def _evaluated(literal: cst.Integer | cst.Float | cst.SimpleString) -> object | Unknown:
    known = evaluated(literal)
    # `if "{{ cookiecutter.license }}" == "MIT"` is decided when the template is filled in.
    return UNKNOWN if known is None or (isinstance(known, str) and PLACEHOLDER.search(known)) else known


def _is_plain(element: cst.BaseElement | cst.BaseDictElement) -> bool:
    return isinstance(element, cst.Element | cst.DictElement)


def _compared(left: object, operator: cst.BaseCompOp, right: object) -> bool | None:
    if UNKNOWN in (left, right):
        return None
    match operator:
        case cst.Equal() | cst.Is():
            return left == right
        case cst.NotEqual() | cst.IsNot():
            return left != right
        case cst.In() if isinstance(right, tuple):
            return left in right
        case cst.NotIn() if isinstance(right, tuple):
            return left not in right
    if not isinstance(left, int | float) or not isinstance(right, int | float):
        return None
    match operator:
        case cst.LessThan():
            return left < right
        case cst.LessThanEqual():
            return left <= right
        case cst.GreaterThan():
            return left > right
        case cst.GreaterThanEqual():
            return left >= right
    return None
