"""The fix of swapped metric arguments exchanges them, and leaves nothing to report."""

from __future__ import annotations

from support import source_file

from mldebt_lint.model import Applicability, Finding
from mldebt_lint.registry import Registry

SWAPPED = """\
from sklearn.metrics import precision_score, recall_score

y_pred = model.predict(X_test)
print(precision_score(model.predict(X_test[["a"]]), y_test, average="macro"))
print(recall_score(y_true=y_pred, y_pred=y_test))
"""


def findings(text: str, registry: Registry) -> list[Finding]:
    rule = next(rule for rule in registry.rules if rule.code == "MLD705")
    return list(rule().check(source_file(text, registry.library)))  # type: ignore[attr-defined]


def fixed(text: str, found: list[Finding]) -> str:
    lines = text.split("\n")
    edits = [edit for finding in found if finding.fix is not None for edit in finding.fix.edits]
    for edit in sorted(edits, key=lambda edit: edit.where.span, reverse=True):
        span = edit.where.span
        line = lines[span.line - 1]
        lines[span.line - 1] = line[: span.column - 1] + edit.text + line[span.end_column - 1 :]
    return "\n".join(lines)


def test_the_two_arguments_change_places(registry: Registry) -> None:
    after = fixed(SWAPPED, findings(SWAPPED, registry))
    assert after.split("\n")[3:5] == [
        'print(precision_score(y_test, model.predict(X_test[["a"]]), average="macro"))',
        "print(recall_score(y_true=y_test, y_pred=y_pred))",
    ]


def test_what_is_fixed_is_not_reported_again(registry: Registry) -> None:
    assert findings(fixed(SWAPPED, findings(SWAPPED, registry)), registry) == []


def test_the_fix_is_safe(registry: Registry) -> None:
    kinds = {finding.fix.applicability for finding in findings(SWAPPED, registry) if finding.fix is not None}
    assert kinds == {Applicability.SAFE}
