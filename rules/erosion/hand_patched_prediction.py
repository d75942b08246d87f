"""MLD202: a prediction that is corrected by a number in the code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mldebt_lint.rule import (
    UNKNOWN,
    Bad,
    Debt,
    Event,
    FileRule,
    Finding,
    Flow,
    Good,
    Happens,
    Needs,
    Predicted,
    Profile,
    Score,
    Severity,
    SourceFile,
    converts,
    cst,
    flow,
    is_neutral,
    is_test_path,
)

UNSUPERVISED = frozenset({"density", "clusterer", "outlier-detector"})
SURE = frozenset({Score.PROBABILITY, Score.VALUE, Score.NATIVE})
ARITHMETIC = (cst.Add, cst.Subtract, cst.Multiply, cst.Divide)
ASSIGNED: dict[type[cst.CSTNode], type[cst.CSTNode]] = {
    cst.AddAssign: cst.Add,
    cst.SubtractAssign: cst.Subtract,
    cst.MultiplyAssign: cst.Multiply,
    cst.DivideAssign: cst.Divide,
}
METHODS: dict[str, type[cst.CSTNode]] = {
    "add": cst.Add,
    "sub": cst.Subtract,
    "subtract": cst.Subtract,
    "mul": cst.Multiply,
    "multiply": cst.Multiply,
    "div": cst.Divide,
    "divide": cst.Divide,
}
MOST_PARTS = 100
ASIDE = re.compile(
    r"(?i)^(?:forward|call|__call__)$|metric|loss|error|accuracy|rmse|mape|plot|draw|show|visuali[sz]|(?:^|_)test|denormali[sz]|unscale|inverse|convert"
)
SHOWN = frozenset(
    "print format display plot scatter hist bar text imshow annotate info debug write axhline round".split()
)


class HandPatchedPrediction(FileRule):
    """A prediction is multiplied, shifted or overwritten by a number in the code.

    Why it is debt
    It is a correction model with one parameter, learnt by hand from one look at one model: whoever retrains the model
    corrects a mistake that may be gone, and nobody can tell what the number was right for (Sculley et al. 2015, §2
    "Correction cascades").

    What to do instead
    Find out why the model is wrong there: a feature, a segment, a target that drifted. If a correction must stay,
    learn it from data together with the model and store it with the model.

    Known limits
    The prediction must come from a model within the file. Numbers that convert units or ranges (0, 1, 0.5, 2, 100,
    255, powers of ten), divisions by a number of models, clipping, metrics and what is only shown are silent. Models of
    unknown kind are shown in the strict profile.

    References
    Sculley et al. 2015, §2 Complex models erode boundaries.
    """

    code = "MLD202"
    name = "hand-patched-prediction"
    debt = Debt.CORRECTION_CASCADE
    severity = Severity.WARNING
    needs = Needs(words=frozenset({"predict", "sigmoid", "softmax", "expit"}))
    effort_minutes = 60
    examples = (
        Bad(
            """
            from sklearn.linear_model import Ridge

            model = Ridge().fit(X, y)
            pred = model.predict(X_new)
            pred *= 0.97  # bad
            high = model.predict(X_new) + 3  # bad
            """
        ),
        Bad(
            """
            import pandas as pd
            from xgboost import XGBRegressor

            UPLIFT = 1.08
            df = pd.read_csv("week.csv")
            df["pred"] = XGBRegressor().fit(X, y).predict(df[["price", "week"]])
            df.loc[df.country == "US", "pred"] += 3  # bad
            df.loc[df.shop == 7, "pred"] = 40.0  # bad
            df["out"] = df["pred"] * UPLIFT  # bad
            """
        ),
        Bad(
            """
            import numpy as np
            from sklearn.ensemble import GradientBoostingRegressor

            class Forecast:
                def __init__(self):
                    self.model = GradientBoostingRegressor()

                def predict(self, X, holiday):
                    said = self.model.predict(X)
                    return np.where(holiday, said * 1.4, said)  # bad
            """
        ),
        Bad(
            files={
                "submit.ipynb": """
                # %%
                import lightgbm as lgb
                booster = lgb.train(params, lgb.Dataset(X, y))
                def adjusted(p):
                    return p * 1.02  # bad
                # %%
                submission["price"] = adjusted(booster.predict(X_test))
                """
            }
        ),
        Good(
            """
            import numpy as np
            from sklearn.linear_model import Ridge

            model = Ridge().fit(X, np.log1p(y))
            pred = np.expm1(model.predict(X_new))
            percent = model.predict(X_new) * 100
            mean = (a.predict(X) + b.predict(X) + c.predict(X)) / 3
            pred = model.predict(X_new) / 5
            pred = np.clip(model.predict(X_new), 0.02, 0.98)
            pred[pred < 0] = 0
            """
        ),
        Good(
            """
            from sklearn.linear_model import Ridge
            from sklearn.svm import SVC

            scale, shift = y.std(), y.mean()
            pred = Ridge().fit(X, (y - shift) / scale).predict(X) * scale + shift
            blend = 0.6 * Ridge().fit(X, y).predict(X) + 0.4 * other.predict(X)
            labels = SVC().fit(X, y).predict(X) + 1
            pred[pred > 30] = 30
            print("in thousands:", pred * 0.003)
            """
        ),
        Good(
            """
            import numpy as np
            from sklearn.linear_model import Ridge

            def relative_error(model, X, y):
                return np.abs(Ridge().fit(X, y).predict(X) * 1.1 - y).mean()

            error = y - Ridge().fit(X, y).predict(X)
            """
        ),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Report each change once."""
        if is_test_path(file.path):
            return
        known = file.once(flow)
        told: set[int] = set()
        for event in known.of(Happens.CHANGE):
            said = event.value("left").score or event.value("right").score
            if said is None or event.at in told or said.at < 0 or _is_density(file, said):
                continue
            node = known.node(event.at)
            how = _overwritten(file, known, event, node) or _changed(file, node, said)
            if how and not _is_aside(file, node):
                told.add(event.at)
                related = (file.at(known.node(said.at), "the model's prediction"),)
                message = (
                    f"a prediction is {how} by hand: nobody learns that number when the model is retrained"
                )
                sure = (said.score in SURE or said.score is Score.LABEL) and _is_asked(known.node(said.at))
                profile = None if sure else Profile.STRICT
                yield self.found(file.at(node), message, related, profile=profile)


def _is_density(file: SourceFile, said: Predicted) -> bool:
    made = file.library.find(said.by) if said.by else None
    return made is not None and bool(made.traits & UNSUPERVISED)


def _is_asked(node: cst.CSTNode) -> bool:
    """Whether a model was asked for a prediction; an activation may be a gate within a network."""
    func = node.func if isinstance(node, cst.Call) else None
    return isinstance(func, cst.Attribute) and func.attr.value.startswith("predict")


def _number(file: SourceFile, node: cst.CSTNode) -> float | None:
    value = file.constant(node)
    if value is UNKNOWN or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)


def _changed(file: SourceFile, node: cst.CSTNode, said: Predicted) -> str:
    """Say how arithmetic with a literal changes a prediction, nothing where it converts or combines."""
    if said.score not in SURE and said.score is not Score.UNKNOWN:
        return ""
    parts = _parts(node)
    if parts is None:
        return ""
    operator, sides = parts
    number = next((n for n in (_number(file, side) for side in sides) if n is not None), None)
    if number is None or _is_combined(file, node) or any(_parts(side) for side in sides):
        return ""
    adds, divides = operator in (cst.Add, cst.Subtract), operator is cst.Divide
    if divides and (
        (number.is_integer() and abs(number) <= MOST_PARTS) or _number(file, sides[0]) is not None
    ):
        return ""
    if is_neutral(number) if adds else converts(file, node, number):
        return ""
    return f"{'shifted' if adds else 'divided' if divides else 'multiplied'} by {number:g}"


def _parts(
    node: cst.CSTNode,
) -> tuple[type[cst.CSTNode], tuple[cst.BaseExpression, cst.BaseExpression]] | None:
    """Return operator and sides of arithmetic, also where it is written as a method."""
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, ARITHMETIC):
        return type(node.operator), (node.left, node.right)
    if isinstance(node, cst.AugAssign) and type(node.operator) in ASSIGNED:
        return ASSIGNED[type(node.operator)], (node.target, node.value)
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and len(node.args) == 1:
        operator = METHODS.get(node.func.attr.value)
        return (operator, (node.func.value, node.args[0].value)) if operator is not None else None
    return None


def _is_combined(file: SourceFile, node: cst.CSTNode) -> bool:
    """Whether the product goes on into more arithmetic, a sum of several, a comparison, or what only shows it."""
    parent = file.index.parent(node)
    if isinstance(node, cst.AugAssign):
        return False
    return isinstance(
        parent,
        cst.AugAssign
        | cst.BinaryOperation
        | cst.Comparison
        | cst.ComparisonTarget
        | cst.FormattedStringExpression
        | cst.UnaryOperation,
    )


def _overwritten(file: SourceFile, known: Flow, event: Event, node: cst.CSTNode) -> str:
    """Say that rows of a prediction are given a literal, nothing where the prediction itself says which: clipping."""
    statement = file.index.enclosing(node, cst.Assign)
    if not isinstance(node, cst.Subscript) or not isinstance(statement, cst.Assign):
        return ""
    number = _number(file, statement.value)
    said = event.value("left").score
    chosen = [known.value(e.slice.value) for e in node.slice if isinstance(e.slice, cst.Index)]
    if number is None or is_neutral(number) or any(value.predictions for value in chosen):
        return ""
    return "" if said is None or said.score is Score.CLUSTER else f"overwritten with {number:g}"


def _is_aside(file: SourceFile, node: cst.CSTNode) -> bool:
    """Whether the code around measures, converts or shows."""
    for around in file.index.ancestors(node):
        if isinstance(around, cst.FunctionDef | cst.ClassDef) and ASIDE.search(around.name.value):
            return True
        if isinstance(around, cst.Call):
            func = around.func
            name = func.attr.value if isinstance(func, cst.Attribute) else getattr(func, "value", "")
            if name in SHOWN:
                return True
    return False
