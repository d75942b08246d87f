"""MLD705: a metric is given the prediction where it takes the truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mldebt_lint.rule import (
    Applicability,
    Bad,
    Confidence,
    Debt,
    Edit,
    Event,
    FileRule,
    Finding,
    Fix,
    Flow,
    Good,
    Happens,
    Needs,
    Profile,
    Role,
    Severity,
    SourceFile,
    Value,
    cst,
    flow,
    names_prediction,
    names_truth,
)

TRUTHS = frozenset({"y_true", "labels_true", "target", "targets", "labels"})
PREDICTIONS = ("y_pred", "y_prob", "y_score", "probas_pred")  # as other versions call it
FLIPS = frozenset({"T", "transpose"})

MEASURES = (Role.METRIC, Role.PLOT)


class SwappedMetricArguments(FileRule):
    """A metric that tells truth and prediction apart is called with the two exchanged.

    Why it is debt
    Nothing fails: precision comes out as recall, a confusion matrix transposed, R² divided by the variance of the
    prediction. Whoever compares models, or watches one in production, decides by numbers that mean something else
    (§7 Dealing with changes in the external world: what is monitored must be what was meant).

    What to do instead
    Pass the truth first, as the documentation of the metric says, or name the arguments (`y_true=`, `y_pred=`).

    Known limits
    Metrics that give the same either way (accuracy, mean squared error) are silent. The first argument must
    come from a model within this file and the other must not; names alone (`precision_score(y_pred, y_test)`, both
    unknown) are shown in the strict profile.

    References
    Sculley et al. 2015, §7.
    """

    code = "MLD705"
    name = "swapped-metric-arguments"
    debt = Debt.MONITORING
    severity = Severity.ERROR
    needs = Needs(roles=frozenset({Role.METRIC}), words=frozenset({"from_predictions"}))
    effort_minutes = 5
    examples = (
        Bad(
            """
            from sklearn.ensemble import RandomForestClassifier
            from sklearn.metrics import classification_report, precision_score
            from sklearn.model_selection import train_test_split

            X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
            model = RandomForestClassifier(random_state=0).fit(X_train, y_train)
            y_pred = model.predict(X_test)
            print(precision_score(y_pred, y_test))  # bad
            print(classification_report(model.predict(X_test), y_test))  # bad
            """
        ),
        Bad(
            """
            import numpy as np
            from sklearn import metrics as m

            def evaluate(model, X_test, y_test):
                chosen = np.argmax(model.predict(X_test), axis=1)
                return m.confusion_matrix(y_true=chosen, y_pred=y_test)  # bad
            """
        ),
        Bad(
            files={
                "evaluate.ipynb": """
                # %%
                import pandas as pd
                from sklearn.linear_model import Ridge
                from sklearn.metrics import r2_score
                test = pd.read_csv("test.csv")
                # %%
                test["forecast"] = ridge.predict(test[["age", "income"]])
                # %%
                r2_score(test["forecast"], test["price"])  # bad
                """
            }
        ),
        Bad(
            """
            from sklearn.metrics import recall_score

            class Evaluation:
                def __init__(self, model):
                    self.model = model

                def score(self, X, labels):
                    return self._recall(self.model.predict(X), labels)  # bad

                def _recall(self, y_true, y_pred):
                    return recall_score(y_true, y_pred)
            """
        ),
        Bad(
            """
            import torchmetrics.functional as tm
            import torch

            def precision(net, x, target):
                scores = torch.sigmoid(net(x))
                return tm.precision(target, scores, task="binary")  # bad
            """
        ),
        Good(
            """
            import torchmetrics.functional as tm
            from sklearn.metrics import accuracy_score, mean_squared_error, precision_score

            y_pred = model.predict(X_test)
            print(accuracy_score(y_pred, y_test), mean_squared_error(y_pred, y_test))
            print(precision_score(y_test, y_pred))
            print(precision_score(y_pred=y_pred, y_true=y_test), tm.recall(y_pred, y_test, task="binary"))
            """
        ),
        Good(
            """
            from sklearn.metrics import confusion_matrix, precision_score

            teacher_labels = teacher.predict(X)
            student_labels = student.predict(X)
            print(precision_score(teacher_labels, student_labels))
            print(confusion_matrix(student_labels, y).T)
            """
        ),
        Good(
            """
            import pandas as pd
            from sklearn.metrics import recall_score

            frame = pd.read_csv("scored.csv")
            frame["pred"] = model.predict(frame[["age", "income"]])
            print(recall_score(frame["label"], frame["pred"]))

            def report(y_true, y_pred):
                return recall_score(y_true, y_pred)

            report(frame["label"], model.predict(frame[["age", "income"]]))
            """
        ),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Report each call of an asymmetric metric, or of what hands its arguments on to one, once."""
        if not any(api.role in MEASURES and "asymmetric" in api.traits for _, api in file.known_calls):
            return
        known = file.once(flow)
        told: set[cst.CSTNode] = set()
        for event in known.of(Happens.METRIC):
            call = known.node(event.at)
            sides = _sides(file, event, call)
            if sides is None or _is_flipped(file, call):
                continue
            where, profile = _judged(file, known, event, sides)
            if where is not None and where not in told:
                told.add(where)
                yield self._swapped(file, known, event, sides, where, profile)

    def _swapped(
        self, file: SourceFile, known: Flow, event: Event, sides: Sides, where: cst.CSTNode, profile: Profile
    ) -> Finding:
        metric = event.name.rpartition(".")[2]
        related = [
            file.at(sides.truth, f"the prediction, where `{sides.truth_name}` belongs"),
            file.at(sides.said, f"the truth, where `{sides.said_name}` belongs"),
        ]
        fix = None
        if where is known.node(event.at):
            made = event.value(sides.truth_name).predictions
            if made:
                related.append(file.at(known.node(made[0].at), "predicted here"))
            fix = _swap(file, sides)
        else:
            related = [file.at(known.node(event.at), f"handed on to `{metric}` here")]
        message = (
            f"`{metric}` gets the prediction as `{sides.truth_name}` and the truth as `{sides.said_name}`"
        )
        sure = Confidence.HIGH if profile is Profile.DEFAULT else Confidence.MEDIUM
        return self.found(file.at(where), message, tuple(related), profile=profile, confidence=sure, fix=fix)


@dataclass(frozen=True, slots=True)
class Sides:
    """What a call of a metric passes as truth and as prediction, with the names of the two parameters."""

    truth_name: str
    said_name: str
    truth: cst.BaseExpression
    said: cst.BaseExpression


def _sides(file: SourceFile, event: Event, call: cst.CSTNode) -> Sides | None:
    api = file.library.find(event.name)
    if (
        "asymmetric" not in event.traits
        or not isinstance(call, cst.Call)
        or api is None
        or len(api.params) < 2
    ):
        return None
    first, second = api.params[:2]
    if first not in TRUTHS:
        first, second = second, first
    arguments = file.arguments(call, api.params)
    truth = arguments.get(first)
    said = next((arguments.named[name] for name in (second, *PREDICTIONS) if name in arguments.named), None)
    return Sides(first, second, truth, said) if truth is not None and said is not None else None


def _judged(file: SourceFile, known: Flow, event: Event, sides: Sides) -> tuple[cst.CSTNode | None, Profile]:
    """Return where the two are exchanged, None when they are not, and how sure that is."""
    one, other = event.value(sides.truth_name), event.value(sides.said_name)
    named_so = names_prediction(_name(file, sides.truth)) and names_truth(_name(file, sides.said))
    metric = known.node(event.at)
    if _is_prediction(one) and not other.predictions:
        passed = known.value(sides.truth).given >= 0 and known.value(sides.said).given >= 0
        if passed and event.via and not named_so:
            call = _handing_over(known, event)
            return (call if _is_data(other) or _has_truth(file, call) else None), Profile.DEFAULT
        if _is_data(other) or names_truth(_name(file, sides.said)):
            return metric, Profile.DEFAULT
    elif named_so and not one.predictions and not other.predictions:
        return metric, Profile.STRICT
    return None, Profile.DEFAULT


def _is_prediction(value: Value) -> bool:
    """A prediction, or what was made of nothing but one; a column beside one in a frame is none."""
    return value.score is not None or (
        bool(value.predictions) and value.column is None and value.frame is None
    )


def _is_data(value: Value) -> bool:
    """Whether a value certainly holds rows that were read, and not what somebody may pass."""
    return value.given < 0 and any(rows[0][1] != "given" for rows in value.rows)


def _handing_over(known: Flow, event: Event) -> cst.CSTNode:
    """The innermost call that passes something else than its own function's parameters."""
    for at in reversed(event.via):
        call = known.node(at)
        if isinstance(call, cst.Call) and any(known.value(arg.value).given < 0 for arg in call.args):
            return call
    return known.node(event.via[0])


def _has_truth(file: SourceFile, call: cst.CSTNode) -> bool:
    return isinstance(call, cst.Call) and any(names_truth(_name(file, arg.value)) for arg in call.args)


def _name(file: SourceFile, node: cst.CSTNode) -> str:
    """The last name of an expression: that of a variable, an attribute or a column."""
    while isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
        node = node.func.value  # `y_test.ravel()`
    if isinstance(node, cst.Subscript):
        key = node.slice[0].slice
        text = file.constant(key.value) if isinstance(key, cst.Index) else None
        return text if isinstance(text, str) else _name(file, node.value)
    if isinstance(node, cst.Attribute):
        return _name(file, node.value) if node.attr.value in ("values", "T") else node.attr.value
    return node.value if isinstance(node, cst.Name) else ""


def _is_flipped(file: SourceFile, call: cst.CSTNode) -> bool:
    """Whether the result, a matrix, is turned over at once."""
    parent = file.index.parent(call)
    return isinstance(parent, cst.Attribute) and parent.attr.value in FLIPS


def _swap(file: SourceFile, sides: Sides) -> Fix:
    edits = (
        Edit(file.at(sides.truth), file.text(sides.said)),
        Edit(file.at(sides.said), file.text(sides.truth)),
    )
    return Fix("Exchange the two arguments", edits, Applicability.SAFE)
