"""Small questions about names: whether one is read where it stands, and what an assignment binds."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt_lint.analysis.syntax import Index


def is_read(index: Index, name: cst.Name) -> bool:
    """Whether a name is read as a variable where it stands."""
    parent = index.parent(name)
    match parent:
        case cst.Attribute():
            return parent.value is name
        case cst.Arg():
            return parent.value is name
        case cst.Param() | cst.FunctionDef() | cst.ClassDef() | cst.AssignTarget() | cst.ImportAlias():
            return False
        case cst.AsName() | cst.NameItem() | cst.Annotation() | cst.Del():
            return False
        case cst.AnnAssign() | cst.NamedExpr() | cst.AugAssign():
            return parent.target is not name
        case cst.For() | cst.CompFor():
            return parent.target is not name
    return True


def is_loaded(index: Index, node: cst.Attribute) -> bool:
    """Whether an attribute's value is read, not called and not set."""
    parent = index.parent(node)
    if isinstance(parent, cst.Call):
        return parent.func is not node
    if isinstance(parent, cst.AnnAssign):
        return parent.value is node
    return not isinstance(parent, cst.AssignTarget | cst.AugAssign | cst.Del)


def assigned(index: Index, node: cst.CSTNode) -> tuple[bool, cst.BaseExpression | None]:
    """Return whether an attribute or key is set where it stands, and to what if one expression tells."""
    parent = index.parent(node)
    match parent:
        case cst.AssignTarget():
            statement = index.parent(parent)
            return True, statement.value if isinstance(statement, cst.Assign) else None
        case cst.AnnAssign():
            return parent.target is node, parent.value
        case cst.For() | cst.CompFor():
            return parent.target is node, None
        case cst.AsName():
            return True, None
        case cst.Element():
            return _assigned_part(index, parent)
    return False, None


def _assigned_part(index: Index, element: cst.Element) -> tuple[bool, cst.BaseExpression | None]:
    """The same for a part of `a.x, a.y = 1, 2`."""
    targets = index.parent(element)
    if not isinstance(targets, cst.Tuple | cst.List):
        return False, None
    is_set, values = assigned(index, targets)
    if is_set and isinstance(values, cst.Tuple | cst.List) and len(values.elements) == len(targets.elements):
        place = next(n for n, other in enumerate(targets.elements) if other is element)
        return True, values.elements[place].value
    return is_set, None


def identifiers(target: cst.BaseExpression) -> Iterator[str]:
    """Yield the variable and attribute names in an assignment's target."""
    match target:
        case cst.Name():
            yield target.value
        case cst.Attribute():
            yield target.attr.value
        case cst.Tuple() | cst.List():
            for element in target.elements:
                yield from identifiers(element.value)


def last_name(annotation: cst.BaseExpression) -> str:
    """Return the last part of a dotted annotation, empty for any other."""
    last = annotation.attr if isinstance(annotation, cst.Attribute) else annotation
    return last.value if isinstance(last, cst.Name) else ""


def root_name(node: cst.CSTNode) -> str:
    """Return the variable that an expression starts from: `args` for `vars(args).items()`; empty for none."""
    while not isinstance(node, cst.Name):
        match node:
            case cst.Attribute() | cst.Subscript():
                node = node.value
            case cst.Call(func=cst.Attribute() as function):
                node = function.value
            case cst.Call(args=[cst.Arg() as first, *_]):
                node = first.value
            case _:
                return ""
    return node.value


def slot_of(call: cst.Call, arg: cst.Arg) -> str:
    """Return the keyword or the position of an argument."""
    if arg.keyword is not None:
        return arg.keyword.value
    return str(next(n for n, other in enumerate(call.args) if other is arg))
