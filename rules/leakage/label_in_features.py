"""MLD813: the column that is predicted is still among the features."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt_lint.rule import (
    Bad,
    Column,
    Debt,
    Event,
    FileRule,
    Finding,
    Good,
    Happens,
    Learners,
    Needs,
    Profile,
    Severity,
    SourceFile,
    Value,
    flow,
    is_test_path,
)


class LabelInFeatures(FileRule):
    """The target column is still among the columns that a model is fitted on.

    Why it is debt
    The model learns to copy one column. Every score is near perfect until the first row comes in whose answer nobody
    knows yet: the signal that would show a broken dependency on the data is gone (Sculley et al. 2015, §3 Data
    Dependencies; §7 Monitoring and Testing).

    What to do instead
    Name the features, or drop the target before the fit: `X = df.drop(columns="churn")`.

    Known limits
    Table and target must be known by name in one file. Selections by position or by a computed list, a target that
    was computed from its column, and models that take their target by name are silent, as are
    pipelines, which may choose columns. A whole table that is given to a model of unknown type is shown by the strict
    profile.
    """

    code = "MLD813"
    name = "label-in-features"
    debt = Debt.DATA_LEAKAGE
    severity = Severity.ERROR
    needs = Needs(
        words=frozenset({".fit(", ".fit_", "cross_val", "dmatrix", "lgb", "lightgbm", "xgb", "_split("})
    )
    effort_minutes = 5
    examples = (
        Bad(
            """
            import pandas as pd
            from sklearn.linear_model import LogisticRegression

            df = pd.read_csv("churn.csv")
            df.drop("churn", axis=1)
            y = df["churn"]
            LogisticRegression().fit(df, y)  # bad
            """
        ),
        Bad(
            """
            import pandas as pd
            from sklearn.ensemble import RandomForestRegressor as Forest
            from sklearn.model_selection import train_test_split

            rides = pd.read_csv("rides.csv").dropna()
            X = rides.drop(["id", "driver"], axis=1)
            X_train, X_test, y_train, y_test = train_test_split(X, rides.fare.values, random_state=0)
            Forest(random_state=0).fit(X_train, y_train)  # bad
            """
        ),
        Bad(
            """
            import xgboost as xgb

            def train(model, frame):
                features = frame[["age", "income", "churn"]]
                model.fit(features, frame["churn"])  # bad
                return xgb.train({}, xgb.DMatrix(features, label=frame["churn"]))  # bad
            """
        ),
        Bad(
            files={
                "price.ipynb": """
                # %%
                import pandas as pd
                from sklearn.linear_model import Ridge
                # %%
                houses = pd.read_csv("houses.csv")
                price = houses["price"]
                # %%
                class Model:
                    def train(self, X, y):
                        Ridge().fit(X, y)  # bad
                # %%
                Model().train(houses.fillna(0), price)
                """
            }
        ),
        Good(
            """
            import pandas as pd
            from sklearn.linear_model import LogisticRegression

            df = pd.read_csv("churn.csv")
            y = df.pop("churn")
            LogisticRegression().fit(df, y)
            other = pd.read_csv("other.csv")
            target = other["churn"]
            del other["churn"]
            LogisticRegression().fit(other, target)
            """
        ),
        Good(
            """
            import pandas as pd
            from sklearn.model_selection import train_test_split

            df = pd.read_csv("churn.csv")
            X_train, X_test, y_train, y_test = train_test_split(df, df["churn"], stratify=df["churn"])
            X_train.drop(columns=["churn"], inplace=True)
            model.fit(X_train, y_train)
            model.fit(df.iloc[:, :-1], df["churn"])
            model.fit(df[features], df["churn"])
            """
        ),
        Good(
            """
            import pandas as pd
            from sklearn.linear_model import LogisticRegression

            df = pd.read_csv("a.csv")
            labels = pd.read_csv("b.csv")
            LogisticRegression().fit(df, labels["churn"])
            df["churn"] = labels["churn"]
            LogisticRegression().fit(df.loc[:, ["age", "income"]], df["churn"])
            df.drop(columns="churn", inplace=True)
            LogisticRegression().fit(df, labels["churn"])
            """
        ),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Compare the features and the target of each fit."""
        if is_test_path(file.path):
            return
        known = file.once(flow)
        learners = Learners(file, known)
        told: set[int] = set()
        for event in known.of(Happens.FIT):
            if event.at in told or not learners.takes_target(event):
                continue
            for features, target in _pairs(learners, event):
                column = target.column
                if column is None or not _holds(features, column):
                    continue
                told.add(event.at)
                is_sure = bool(event.value("model").type) or _is_named(features)
                yield self.found(
                    file.at(known.node(event.at)),
                    f"the target '{column.name}' is still among the features: the model learns to copy it",
                    (file.at(known.node(column.frame), "features and target come from this table"),),
                    profile=None if is_sure else Profile.STRICT,
                )
                break


def _pairs(learners: Learners, event: Event) -> Iterator[tuple[Value, Value]]:
    """The features and the target of a fit, those of a dataset that holds both included."""
    data = event.value("X")
    yield data, event.value("y")
    if len(data.parts) >= 2 and learners.is_labelled(data):
        yield data.parts[0], data.parts[1]


def _is_named(features: Value) -> bool:
    """Whether the columns were named; a model that nobody knows may choose some of a whole table itself."""
    return features.frame is not None and features.frame.selected is not None


def _holds(features: Value, column: Column) -> bool:
    frame = features.frame
    return frame is not None and frame.base == column.frame and frame.may_hold(column.name)
