"""MLD306: a feature that has the same value in every row."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt_lint.rule import (
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


class ConstantFeature(FileRule):
    """A column is set to one literal and then is one of the features that a model learns from.

    Why it is debt
    A feature that never varies tells the model nothing, but it is there: it is computed, stored, served, and one day
    somebody fills it and the model has never seen another value. The paper counts such features among the
    underutilized data dependencies (§3).

    What to do instead
    Take it off the list of features. An intercept is an option of the model.

    Known limits
    The list must be written out and reach the fit in the same file. Columns that are stored more than once, or for
    some rows only, are silent.

    References
    Sculley et al. 2015, §3 Underutilized data dependencies.
    """

    code = "MLD306"
    name = "constant-feature"
    debt = Debt.UNDERUSED_DATA
    severity = Severity.INFO
    profile = Profile.STRICT
    needs = Needs(words=frozenset({".fit(", ".fit_", "cross_val", "dmatrix", "lgb", "lightgbm", "xgb"}))
    effort_minutes = 5
    examples = (
        Bad(
            """
            import pandas as pd
            from sklearn.linear_model import LogisticRegression

            FEATURES = ["age", "income", "version"]
            df = pd.read_csv("users.csv")
            df["version"] = 2  # bad
            LogisticRegression().fit(df[FEATURES], df["y"])
            """
        ),
        Bad(
            """
            import pandas as pd
            from sklearn.linear_model import LinearRegression as Line

            def train(df):
                df["one"] = 1.0  # bad
                X = df[["one", "age"]]
                return Line(fit_intercept=False).fit(X, df["y"])

            train(pd.read_csv("users.csv"))
            """
        ),
        Good(
            """
            import pandas as pd
            from sklearn.linear_model import LogisticRegression

            df = pd.read_csv("users.csv")
            df["grown"] = 0
            df.loc[df["age"] > 17, "grown"] = 1
            df["source"] = "csv"
            LogisticRegression().fit(df[["age", "grown"]], df["y"])
            """
        ),
        Good(
            """
            import pandas as pd
            from sklearn.linear_model import LogisticRegression

            old, new = pd.read_csv("old.csv"), pd.read_csv("new.csv")
            old["is_new"] = 0
            new["is_new"] = 1
            df = pd.concat([old, new])
            LogisticRegression().fit(df[["age", "is_new"]], df["y"])
            """
        ),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Report each column of one literal that a model is fitted on."""
        if is_test_path(file.path):
            return
        stored = stored_columns(file)
        told: set[str] = set()
        for fit, columns in fitted_columns(file) if stored else ():
            for name in columns:
                stores = stored.get(name, [])
                if len(stores) != 1 or name in told or stores[0].partly:
                    continue
                value = file.constant(stores[0].value)
                if isinstance(value, str | int | float) and not _in_branch(file, stores[0].node):
                    told.add(name)
                    message = (
                        f"the feature `{name}` is {value!r} in every row: the model learns nothing from it"
                    )
                    yield self.found(file.at(stores[0].node), message, (file.at(fit, "fitted on it"),))


def _in_branch(file: SourceFile, node: cst.CSTNode) -> bool:
    return file.index.enclosing(node, cst.If, cst.For, cst.While, cst.Try) is not None
