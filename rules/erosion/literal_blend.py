"""MLD203: predictions that are blended by weights in the code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mldebt_lint.rule import (
    Bad,
    Debt,
    FileRule,
    Finding,
    Flow,
    Good,
    Needs,
    Profile,
    Read,
    Severity,
    SourceFile,
    cst,
    flow,
    is_test_path,
)

SAID = re.compile(r"(?i)sub(?:mission)?s?(?:[^a-z]|$)|pred|oof|blend|ensembl|stack")


class LiteralBlend(FileRule):
    """The predictions of several models are blended by weights that stand in the code.

    Why it is debt
    The weights are a model of its own, fitted by hand to one state of all the others. Each retrained member makes them
    wrong, and a member cannot be taken out without choosing all of them again (Sculley et al. 2015, §2
    "Entanglement" and "Correction cascades").

    What to do instead
    Learn the weights on held-out predictions and store them with the models, or keep them in the configuration, next
    to the names of the members.

    Known limits
    Sums of products are seen, of predictions made in this file or read from a file that is called like one. Equal
    weights are an average, and silent.

    References
    Sculley et al. 2015, §2 Complex models erode boundaries.
    """

    code = "MLD203"
    name = "literal-blend"
    debt = Debt.ENTANGLEMENT
    severity = Severity.INFO
    profile = Profile.STRICT
    needs = Needs(words=frozenset({"predict", "sigmoid", "softmax", "submission", "sub_", "oof", "preds"}))
    effort_minutes = 30
    examples = (
        Bad(
            """
            from lightgbm import LGBMRegressor
            from sklearn.linear_model import Ridge

            a = Ridge().fit(X, y).predict(X_test)
            b = LGBMRegressor().fit(X, y).predict(X_test)
            blend = 0.6 * a + 0.4 * b  # bad
            """
        ),
        Bad(
            """
            class Ensemble:
                def __init__(self, forest, net, trees):
                    self.forest, self.net, self.trees = forest, net, trees

                def predict(self, X):
                    said = self.forest.predict_proba(X)[:, 1]
                    return said * 0.5 + 0.3 * self.net.predict(X) + 0.2 * self.trees.predict(X)  # bad
            """
        ),
        Bad(
            files={
                "blend.ipynb": """
                # %%
                import pandas as pd
                one = pd.read_csv("submission_lgb.csv")
                two = pd.read_csv("submission_nn.csv")
                # %%
                one["target"] = 0.7 * one["target"] + 0.3 * two["target"]  # bad
                """
            }
        ),
        Good(
            """
            a, b = first.predict(X), second.predict(X)
            mean = 0.5 * a + 0.5 * b
            blend = config["first"] * a + config["second"] * b
            """
        ),
        Good(
            """
            loss = 0.6 * mse + 0.4 * mae
            gray = 0.299 * r + 0.587 * g + 0.114 * b
            shrunk = 0.9 * model.predict(X) + 0.1
            """
        ),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Report each sum once, as a whole."""
        if is_test_path(file.path):
            return
        told: set[cst.CSTNode] = set()
        for node in file.index.of(cst.BinaryOperation):
            if not isinstance(node.operator, cst.Add) or not told.isdisjoint(file.index.ancestors(node)):
                continue
            terms = [(term, weight, said) for term in _terms(node) for weight, said in _weighted(file, term)]
            if len(terms) < 2 or len({weight for _, weight, _ in terms}) < 2:
                continue
            known = file.once(flow)
            if sum(_is_prediction(known, said) for _, _, said in terms) == len(terms):
                told.add(node)
                weights = ", ".join(f"{weight:g}" for _, weight, _ in terms)
                related = tuple(file.at(said, f"weighs {weight:g}") for _, weight, said in terms)
                yield self.found(
                    file.at(node), f"predictions are blended by weights in the code: {weights}", related
                )


def _terms(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add):
        yield from _terms(node.left)
        yield from _terms(node.right)
    else:
        yield node


def _weighted(file: SourceFile, term: cst.BaseExpression) -> Iterator[tuple[float, cst.BaseExpression]]:
    """Yield weight and factor of `0.6 * p`."""
    if not isinstance(term, cst.BinaryOperation) or not isinstance(term.operator, cst.Multiply):
        return
    for one, other in ((term.left, term.right), (term.right, term.left)):
        weight = file.constant(one)
        if isinstance(weight, float):
            yield weight, other
            return


def _is_prediction(known: Flow, node: cst.BaseExpression) -> bool:
    value = known.value(node)
    read = [mark for mark in value.of(Read) if isinstance(mark, Read)]
    return bool(value.predictions) or any(SAID.search(mark.path.rpartition("/")[2]) for mark in read)
