"""MLD308: a column and its monotone derivative in one list of features."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt_lint.rule import (
    UNKNOWN,
    Bad,
    Debt,
    FileRule,
    Finding,
    Good,
    Needs,
    Profile,
    Severity,
    SourceFile,
    cst,
    fitted_columns,
    is_test_path,
    stored_columns,
)

MONOTONE = frozenset(
    "log log1p log2 log10 sqrt cbrt exp expm1 exp2 rank rankdata arctan tanh sigmoid float astype round".split()
)
APPLYING = frozenset({"apply", "map", "transform"})


class DerivedDuplicate(FileRule):
    """A column and a monotone function of it are both features of one model.

    Why it is debt
    The two say the same: they are correlated by construction. A linear model splits one effect between them at
    will, importances are shared out, and whoever changes one of them changes what the other means (§3, correlated
    features; §2, changing anything changes everything).

    What to do instead
    Keep the one that suits the model: a tree does not care, a linear model wants the one that is linear.

    Known limits
    The list must be written out and reach the fit in the same file; logarithms, roots, exponentials, ranks, and
    sums or products with a number are known.

    References
    Sculley et al. 2015, §3 Underutilized data dependencies.
    """

    code = "MLD308"
    name = "derived-duplicate"
    debt = Debt.UNDERUSED_DATA
    severity = Severity.INFO
    profile = Profile.STRICT
    needs = Needs(words=frozenset({".fit(", ".fit_", "cross_val", "dmatrix", "lgb", "lightgbm", "xgb"}))
    effort_minutes = 10
    examples = (
        Bad(
            """
            import numpy as np
            import pandas as pd
            from sklearn.linear_model import Ridge

            df = pd.read_csv("flats.csv")
            df["log_area"] = np.log1p(df["area"])  # bad
            Ridge().fit(df[["area", "log_area", "rooms"]], df["price"])
            """
        ),
        Bad(
            """
            import pandas as pd
            from sklearn.linear_model import Ridge

            COLUMNS = ["minutes", "hours"]

            def train(df):
                df["hours"] = df["minutes"] / 60  # bad
                return Ridge().fit(df[COLUMNS], df["price"])

            train(pd.read_csv("flats.csv"))
            """
        ),
        Good(
            """
            import numpy as np
            import pandas as pd
            from sklearn.linear_model import Ridge

            df = pd.read_csv("flats.csv")
            df["log_area"] = np.log1p(df["area"])
            df["per_room"] = df["area"] / df["rooms"]
            Ridge().fit(df[["log_area", "per_room", "rooms"]], df["price"])
            """
        ),
        Good(
            """
            import numpy as np
            import pandas as pd
            from sklearn.linear_model import Ridge

            df = pd.read_csv("flats.csv")
            df["squared"] = df["angle"] ** 2
            df["wave"] = np.sin(df["angle"])
            df["area"] = np.log1p(df["area"])
            Ridge().fit(df[["angle", "squared", "wave", "area"]], df["price"])
            """
        ),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Report each derived column whose origin is a feature of the same fit."""
        if is_test_path(file.path):
            return
        stored = stored_columns(file)
        told: set[str] = set()
        for fit, columns in fitted_columns(file) if stored else ():
            for name in columns:
                stores = stored.get(name, [])
                origin = _origin(file, stores[0].value) if len(stores) == 1 else None
                if origin is None or origin == name or origin not in columns or name in told:
                    continue
                told.add(name)
                message = (
                    f"`{name}` is a monotone function of `{origin}`, and both are features: they say the same"
                )
                yield self.found(file.at(stores[0].node), message, (file.at(fit, "fitted on both"),))


def _origin(file: SourceFile, node: cst.BaseExpression) -> str | None:
    """Return the column of which an expression is a monotone function."""
    match node:
        case cst.Subscript(slice=[cst.SubscriptElement(slice=cst.Index(value=index))]):
            name = file.constant(index)
            return name if isinstance(name, str) else None
        case cst.BinaryOperation(operator=cst.Add() | cst.Subtract() | cst.Multiply() | cst.Divide()):
            if file.constant(node.right) is not UNKNOWN:
                return _origin(file, node.left)
            swaps = (
                isinstance(node.operator, cst.Add | cst.Multiply) and file.constant(node.left) is not UNKNOWN
            )
            return _origin(file, node.right) if swaps else None
        case cst.Call(func=cst.Attribute() as func):
            return _of_call(file, node, func)
    return None


def _of_call(file: SourceFile, call: cst.Call, func: cst.Attribute) -> str | None:
    name = func.attr.value
    if name in APPLYING and len(call.args) == 1:
        given = call.args[0].value
        return (
            _origin(file, func.value)
            if getattr(getattr(given, "attr", None), "value", "") in MONOTONE
            else None
        )
    if name not in MONOTONE:
        return None
    if file.qualified(func.value) is not None and call.args:
        return _origin(file, call.args[0].value)
    return _origin(file, func.value)
