"""Glue code as the paper counts it: statements that only convert, rename, reshape or hand over between packages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from mldebt_lint.analysis.facts import Fact
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.library import Api, Role
from mldebt_lint.analysis.project import Project
from mldebt_lint.model import Location

# Methods that give the same values another shape, order, name, type or place.
RESHAPES = frozenset(
    (
        *(
            "reshape",
            "view",
            "squeeze",
            "unsqueeze",
            "transpose",
            "permute",
            "swapaxes",
            "moveaxis",
            "flatten",
        ),
        *("ravel", "expand_dims", "contiguous", "astype", "type", "float", "long", "int", "half", "double"),
        *("rename", "rename_axis", "rename_column", "rename_columns", "set_axis", "reset_index", "set_index"),
        *(
            "to",
            "cpu",
            "cuda",
            "detach",
            "clone",
            "copy",
            "item",
            "tolist",
            "numpy",
            "to_numpy",
            "to_list",
            "to_dict",
        ),
        *("stack", "vstack", "hstack", "T", "values", "data", "update", "pop", "get", "toarray", "todense"),
    )
)
CONTAINERS = frozenset({"builtins.dict", "builtins.list", "builtins.tuple", "builtins.zip"})
LABELS = frozenset({"columns", "index", "names", "dims", "coords"})
# Converters, and the containers that a library wants its data in.
HANDING = frozenset({Role.CONVERTER, Role.DATASET})
NO_PACKAGE = frozenset({"", "list", "dict", "rows", "labelled"})
PLAIN = (cst.Name, cst.SimpleString, cst.Integer, cst.Float, cst.FormattedString, cst.UnaryOperation)


@dataclass(frozen=True, slots=True)
class GlueFact(Fact):
    """How much of a module is glue: its statements, those that are glue, between which formats.

    `where` is the first of them in a module over the bound, else None.
    """

    statements: int
    glue: int
    formats: tuple[str, ...]
    where: Location | None


def glue_fact(file: SourceFile, max_percent: int) -> GlueFact | None:
    """Count the statements of a file; None for one that converts nothing.

    Imports, docstrings, definitions and the headers of blocks are no statements here.
    """
    formats = {name for _, api in file.known_calls for name in _formats(api)}
    if len(formats) < 2:
        return None
    counted = [s for line in file.index.of(cst.SimpleStatementLine) for s in line.body if _counts(s)]
    glue = [statement for statement in counted if is_glue(file, statement)]
    where = file.at(glue[0]) if 100 * len(glue) > max_percent * len(counted) else None
    return GlueFact(len(counted), len(glue), tuple(sorted(formats)), where)


def glue_share(project: Project) -> float:
    """Return the share of glue among the statements of the modules that convert anything, from 0 to 1."""
    facts = project.facts(GlueFact)
    total = sum(fact.statements for fact in facts)
    return sum(fact.glue for fact in facts) / total if total else 0.0


def _formats(api: Api) -> Iterator[str]:
    if api.role is Role.CONVERTER:
        yield from {api.source, api.target} - NO_PACKAGE


def _counts(statement: cst.BaseSmallStatement) -> bool:
    if isinstance(statement, cst.Import | cst.ImportFrom | cst.Pass | cst.Global):
        return False
    return not (isinstance(statement, cst.Expr) and isinstance(statement.value, cst.SimpleString))


def is_glue(file: SourceFile, statement: cst.BaseSmallStatement) -> bool:
    """Whether a statement only converts, renames, reshapes or hands over."""
    if isinstance(statement, cst.Assign):
        moved = any(isinstance(t.target, cst.Subscript | cst.Attribute) for t in statement.targets)
        renamed = any(_is_label(t.target) for t in statement.targets) and _is_taken(file, statement.value)
        return _is_glue(file, statement.value) or (moved and _is_handed(statement.value)) or renamed
    if isinstance(statement, cst.Expr | cst.Return):
        return statement.value is not None and _is_glue(file, statement.value)
    return (
        isinstance(statement, cst.AnnAssign)
        and statement.value is not None
        and _is_glue(file, statement.value)
    )


def _is_label(target: cst.CSTNode) -> bool:
    """`frame.columns = ["a", "b"]`: only a name is given anew."""
    return isinstance(target, cst.Attribute) and target.attr.value in LABELS


def _is_handed(value: cst.BaseExpression) -> bool:
    """Whether a value is only taken from where it stands: `weights["a"]`, `self.frame`."""
    while isinstance(value, cst.Subscript | cst.Attribute):
        value = value.value
        if isinstance(value, cst.Name):
            return True
    return False


def _is_glue(file: SourceFile, value: cst.BaseExpression) -> bool:
    """Whether an expression is conversions and reshapes all the way down, and at least one of them."""
    if isinstance(value, cst.Attribute) and value.attr.value in RESHAPES:
        return _is_taken(file, value.value)
    if not isinstance(value, cst.Call):
        return False
    if not all(_is_taken(file, arg.value) for arg in value.args):
        return False
    api = file.api(value)
    if api is not None and api.role in HANDING:
        return not isinstance(value.func, cst.Attribute) or _is_taken(file, value.func.value)
    if isinstance(value.func, cst.Attribute) and value.func.attr.value in RESHAPES:
        return _is_taken(file, value.func.value)
    return file.qualified(value.func) in CONTAINERS and bool(value.args)


def _is_taken(file: SourceFile, value: cst.BaseExpression) -> bool:
    if isinstance(value, PLAIN) or _is_handed(value):
        return True
    if isinstance(value, cst.Tuple | cst.List):
        return all(_is_taken(file, element.value) for element in value.elements)
    if isinstance(value, cst.Dict):
        return all(_is_taken(file, element.value) for element in value.elements)
    if isinstance(value, cst.Subscript):
        return _is_taken(file, value.value)
    return _is_glue(file, value)
