"""What a file assigns to what, and its upper-case constants that are no known hyperparameters."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.paths import is_test_path
from mldebt_lint.analysis.settings.facts import CopiedConstant
from mldebt_lint.analysis.settings.literals import telling_value
from mldebt_lint.analysis.settings.names import concept_of
from mldebt_lint.analysis.settings.owned import is_owned


def targets(file: SourceFile) -> Iterator[tuple[cst.BaseExpression, cst.BaseExpression]]:
    """Yield every target of an assignment with its value, parallel assignments apart, in source order."""
    for target in file.index.of(cst.AssignTarget):
        statement = file.index.parent(target)
        if isinstance(statement, cst.Assign):
            yield from _pairs(target.target, statement.value)
    for annotated in file.index.of(cst.AnnAssign):
        if annotated.value is not None:
            yield annotated.target, annotated.value


def _pairs(
    target: cst.BaseExpression, value: cst.BaseExpression
) -> Iterator[tuple[cst.BaseExpression, cst.BaseExpression]]:
    if isinstance(target, cst.Tuple | cst.List):
        if isinstance(value, cst.Tuple | cst.List) and len(target.elements) == len(value.elements):
            for left, right in zip(target.elements, value.elements, strict=True):
                yield from _pairs(left.value, right.value)
        return
    yield target, value


def copied_constants(file: SourceFile) -> tuple[CopiedConstant, ...]:
    """Return the upper-case module constants of one file that are no known hyperparameters."""
    if is_test_path(file.path):
        return ()
    return tuple(_constants(file))


def _constants(file: SourceFile) -> Iterator[CopiedConstant]:
    for target, value in targets(file):
        if not isinstance(target, cst.Name) or not target.value.isupper() or len(target.value) < 3:
            continue
        if concept_of(target.value) is not None or isinstance(value, cst.Name | cst.Call):
            continue
        if file.index.function(target) is None and file.index.enclosing(target, cst.ClassDef) is None:
            text = telling_value(value)
            if text is not None:
                yield CopiedConstant(target.value, text, file.at(target), is_owned(file, target))
