"""MLD701: a decision threshold that is written into the code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mldebt_lint.rule import (
    Bad,
    Confidence,
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
    Role,
    Score,
    Severity,
    SourceFile,
    cst,
    flow,
    is_test_path,
)

SURE = frozenset({Score.PROBABILITY, Score.NATIVE, Score.UNKNOWN})
SMALLEST = 0.001  # below that it keeps logarithms finite
EVEN = 0.5
# Here a number of its own belongs to the method, or nobody acts upon it.
ASIDE = re.compile(
    r"(?i)loss|dropout|augment|attention|attn|mask|iou|nms|plot|draw|show|visuali[sz]|figure|(?:^|_)test|p_?value|sample"
    r"|simulat|noise|sparsif|prun"
)
REGRESSION = re.compile(r"(?i)mean_|ms[el]|ma[ep]|huber|log_?cosh")
PLOTS = frozenset({"plot", "scatter", "hist", "bar", "imshow", "axhline", "axvline", "contour", "contourf"})
LAYERS = frozenset({"forward", "call", "training_step", "validation_step"})
PARAMETERS = frozenset({"parameters", "injected-parameters"})


class FixedThreshold(FileRule):
    """A probability is compared with a number that stands in the code.

    Why it is debt
    A threshold is right for one model on one day's data. The model is retrained, the world changes, and the number
    that nobody owns stays: the system goes on deciding with the balance of errors of an older one (Sculley et al.
    2015, §7 "Fixed thresholds in dynamic systems").

    What to do instead
    Choose the threshold on validation data when the model is trained and store it with the model, or keep it in the
    configuration, where the retraining can set it.

    Known limits
    A score must come from a model within the file: `predict_proba`, sigmoid, softmax, a booster. Thresholds that come
    in by options, configuration or parameters, code of losses, plots and tests are silent; 0.5, a regressor's
    value and what a network decides within itself are shown in the strict profile.

    References
    Sculley et al. 2015, §7 Dealing with changes in the external world.
    """

    code = "MLD701"
    name = "fixed-threshold"
    debt = Debt.FIXED_THRESHOLD
    severity = Severity.WARNING
    needs = Needs(words=frozenset("predict sigmoid softmax expit proba 'score \"score".split()))
    effort_minutes = 20
    examples = (
        Bad(
            """
            import numpy as np
            from sklearn.linear_model import LogisticRegression

            model = LogisticRegression().fit(X, y)
            risk = model.predict_proba(X_new)[:, 1]
            flagged = (risk >= 0.3).astype(int)  # bad
            decision = np.where(model.predict_proba(X_new)[:, 1] > 0.72, "deny", "grant")  # bad
            """
        ),
        Bad(
            """
            import torch

            CUT = 0.85

            def keep(net, batch):
                sure, labels = torch.softmax(net(batch), dim=1).max(dim=1)
                return labels[sure > CUT]  # bad
            """
        ),
        Bad(
            """
            class Gate:
                def __init__(self, model):
                    self.model = model

                def score(self, row):
                    return self.model.predict_proba([row])[0][1]

                def admit(self, row):
                    if self.score(row) < 0.2:  # bad
                        return "deny"
                    return "grant"
            """
        ),
        Bad(
            files={
                "decide.ipynb": """
                # %%
                import pandas as pd
                import lightgbm as lgb
                booster = lgb.Booster(model_file="model.txt")
                frame = pd.read_csv("today.csv")
                # %%
                frame["risk"] = booster.predict(frame[["age", "income"]])
                # %%
                alarms = frame[frame["risk"] > 0.9]  # bad
                calls = frame["risk"].apply(lambda p: "call" if p > 0.6 else "wait")  # bad
                """
            }
        ),
        Bad(
            """
            def is_spam(p):
                return p > 0.65  # bad

            for text in texts:
                print(is_spam(1 - model.predict_proba([text])[0, 0]))
            even = model.predict_proba(texts)[:, 1] > 0.5  # bad
            """
        ),
        Good(
            """
            import argparse

            parser = argparse.ArgumentParser()
            parser.add_argument("--threshold", type=float, default=0.3)
            args = parser.parse_args()
            risk = model.predict_proba(X)[:, 1]
            flagged = risk > args.threshold

            def decide(risk, threshold=0.8):
                return risk > threshold

            decide(risk)
            """
        ),
        Good(
            """
            import numpy as np
            from scipy import stats

            p = model.predict_proba(X)[:, 1]
            for t in np.arange(0.1, 0.9, 0.1):
                print(t, ((p > t) == y).mean())
            if ((p > best) == y).mean() > 0.9 or stats.ttest_ind(p, q).pvalue < 0.05:
                print(p > np.quantile(p, 0.95), np.log(np.clip(p, 1e-7, 1)))
            """
        ),
        Good(
            """
            import random

            import torch

            def focal_loss(logits, y):
                p = torch.sigmoid(logits)
                return ((p > 0.3) * (p - y) ** 2).mean()

            def act(net, state):
                return net.choose(state) if random.random() < 0.9 else 0
            """
        ),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Report each comparison once."""
        if is_test_path(file.path):
            return
        known = file.once(flow)
        told: set[cst.CSTNode] = set()
        for event in known.of(Happens.COMPARE):
            said = _score(event)
            node = known.node(event.at)
            whole = _condition(file, node)
            if said is None or whole in told:
                continue
            limit = next((v for v in (_limit(file, n) for n in _sides(node)) if v is not None), None)
            if limit is None or _is_aside(file, node):
                continue
            told.add(whole)
            profile = _profile(file, known, node, said, limit)
            sure = Confidence.HIGH if said.score is Score.PROBABILITY else Confidence.MEDIUM
            related = () if said.at < 0 else (file.at(known.node(said.at), "the score comes from here"),)
            message = f"a predicted score is compared with {limit:g}: a retrained model keeps the threshold of an older one"
            yield self.found(file.at(node), message, related, profile=profile, confidence=sure)


def _score(event: Event) -> Predicted | None:
    """Return the score that is compared with something that is none."""
    left, right = event.value("left").score, event.value("right").score
    said = left or right
    if said is None or (left is not None and right is not None):
        return None
    return said if said.score in SURE or said.score is Score.VALUE else None


def _condition(file: SourceFile, node: cst.CSTNode) -> cst.CSTNode:
    """The condition that a comparison is a part of: it is one decision."""
    joined = (cst.BooleanOperation, cst.BinaryOperation)
    while isinstance(parent := file.index.parent(node), joined):
        node = parent
    return node


def _sides(node: cst.CSTNode) -> Iterator[cst.BaseExpression]:
    if isinstance(node, cst.Comparison):
        yield node.left
        yield from (target.comparator for target in node.comparisons if _is_order(target.operator))
    elif isinstance(node, cst.Call):
        yield from (arg.value for arg in node.args)


def _is_order(operator: cst.BaseCompOp) -> bool:
    return isinstance(operator, cst.GreaterThan | cst.GreaterThanEqual | cst.LessThan | cst.LessThanEqual)


def _limit(file: SourceFile, node: cst.BaseExpression) -> float | None:
    """Return a number between 0 and 1 that is written here, or bound once to a name."""
    literal = file.definition(node) if isinstance(node, cst.Name) else node
    if not isinstance(literal, cst.Float) or (isinstance(node, cst.Name) and _is_parameter(file, literal)):
        return None
    value = file.constant(literal)
    return value if isinstance(value, float) and SMALLEST <= value < 1 else None


def _is_parameter(file: SourceFile, literal: cst.CSTNode) -> bool:
    """Whether a number stands where whoever runs a notebook puts others."""
    return bool(PARAMETERS.intersection(file.cell(literal).tags)) or isinstance(
        file.index.parent(literal), cst.Param
    )


def _is_aside(file: SourceFile, node: cst.CSTNode) -> bool:
    """Whether the code around is of a kind in which such a number is no decision about the world."""
    for around in file.index.ancestors(node):
        if isinstance(around, cst.FunctionDef | cst.ClassDef) and ASIDE.search(around.name.value):
            return True
        if isinstance(around, cst.Assert) or (isinstance(around, cst.Call) and _plots(file, around)):
            return True
    return False


def _plots(file: SourceFile, call: cst.Call) -> bool:
    api = file.api(call)
    name = call.func.attr.value if isinstance(call.func, cst.Attribute) else ""
    return (api is not None and api.role is Role.PLOT) or name in PLOTS


def _profile(file: SourceFile, known: Flow, node: cst.CSTNode, said: Predicted, limit: float) -> Profile:
    around = file.index.enclosing(node, cst.FunctionDef)
    inside = isinstance(around, cst.FunctionDef) and around.name.value in LAYERS
    unsure = said.score is Score.VALUE or (
        said.score is Score.UNKNOWN and (not _is_asked(known.node(said.at)) or _learns_values(file))
    )
    aside = inside or unsure or _is_band(file, node)
    return Profile.STRICT if limit == EVEN or aside else Profile.DEFAULT


def _is_band(file: SourceFile, node: cst.CSTNode) -> bool:
    """`(p > 0.5) & (p < 0.6)` looks at a band of scores: seldom a decision."""
    parent = file.index.parent(node)
    if not isinstance(parent, cst.BinaryOperation) or not isinstance(parent.operator, cst.BitAnd):
        return False
    sides = [side for side in (parent.left, parent.right) if isinstance(side, cst.Comparison)]
    return len(sides) == 2 and file.text(sides[0].left) == file.text(sides[1].left)


def _learns_values(file: SourceFile) -> bool:
    """Whether a network of this file is compiled for regression: then its predictions are no probabilities."""
    losses = [
        file.constant(arg.value)
        for call in file.calls
        if isinstance(call.func, cst.Attribute) and call.func.attr.value == "compile"
        for arg in call.args
        if arg.keyword is not None and arg.keyword.value == "loss"
    ]
    return any(isinstance(loss, str) and REGRESSION.match(loss) for loss in losses)


def _is_asked(node: cst.CSTNode) -> bool:
    """`model.predict(x)` gives scores or labels; what `model(x)` gives may be a loss."""
    return (
        isinstance(node, cst.Call)
        and isinstance(node.func, cst.Attribute)
        and node.func.attr.value.startswith("predict")
    )
