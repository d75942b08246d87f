"""MLD201: a model that learns from what another model predicted."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt_lint.rule import (
    NOTHING,
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
    Role,
    Score,
    Severity,
    SourceFile,
    Value,
    cst,
    flow,
    is_test_path,
    kind_of,
)

SUPERVISED = frozenset({Score.LABEL, Score.VALUE, Score.NATIVE})
SCORES = frozenset({Score.PROBABILITY, Score.LOG_PROBABILITY, Score.LOGIT})
HELD_OUT = frozenset({"validation", "test"})
# Whoever fits these means the cascade, or makes no model at all.
MEANT = frozenset(
    {"stacking", "calibrator", "clusterer", "outlier-detector", "density", "embedding", "cross-validation"}
)


class CorrectionCascade(FileRule):
    """A model is fitted on features or on a target that another fitted model predicted.

    Why it is debt
    The second model corrects the first and learns its mistakes. From then on neither can be improved alone: a better
    first model makes the second one worse until it is fitted again, and a third one on top closes the deadlock (Sculley
    et al. 2015, §2 "Correction cascades").

    What to do instead
    Give the first model the features that it lacks, or learn both as one model (a stacking estimator that is fitted,
    validated and versioned as a whole, on out-of-fold predictions).

    Known limits
    Both models must be supervised and known in this file. Stacking, voting and calibration that a library does as one
    estimator, out-of-fold predictions by `cross_val_predict`, clusterers, encoders, distillation (the whole target is
    what the first model said) and predictions that only choose rows are silent.

    References
    Sculley et al. 2015, §2 Complex models erode boundaries.
    """

    code = "MLD201"
    name = "correction-cascade"
    debt = Debt.CORRECTION_CASCADE
    severity = Severity.WARNING
    needs = Needs(words=frozenset({"predict", "decision_function"}))
    effort_minutes = 60
    examples = (
        Bad(
            """
            import numpy as np
            from sklearn.ensemble import GradientBoostingClassifier
            from sklearn.linear_model import LogisticRegression

            first = LogisticRegression().fit(X, y)
            wide = np.hstack([X, first.predict_proba(X)])
            second = GradientBoostingClassifier()
            second.fit(wide, y)  # bad
            """
        ),
        Bad(
            """
            import pandas as pd
            from lightgbm import LGBMRegressor
            from sklearn.linear_model import Ridge

            df = pd.read_csv("sales.csv")
            trend = Ridge().fit(df[["week"]], df["sold"])
            df["trend"] = trend.predict(df[["week"]])
            LGBMRegressor().fit(df[["week", "price", "trend"]], df["sold"])  # bad
            LGBMRegressor().fit(df[["week", "price"]], df["sold"] - trend.predict(df[["week"]]))  # bad
            """
        ),
        Bad(
            """
            import xgboost as xgb
            from sklearn.linear_model import LinearRegression

            def train(X, y):
                base = LinearRegression().fit(X, y)
                rest = y - base.predict(X)
                return base, xgb.train({}, xgb.DMatrix(X, label=rest))  # bad
            """
        ),
        Bad(
            files={
                "cascade.ipynb": """
                # %%
                import pandas as pd
                from sklearn.ensemble import RandomForestClassifier
                from sklearn.svm import SVC
                train = pd.read_csv("train.csv")
                def scored(model, frame):
                    frame["risk"] = model.predict_proba(frame[["age", "income"]])[:, 1]
                    return frame
                # %%
                forest = RandomForestClassifier().fit(train[["age", "income"]], train["y"])
                train = scored(forest, train)
                # %%
                SVC().fit(train.drop(columns="y"), train["y"])  # bad
                """
            }
        ),
        Bad(
            """
            import numpy as np
            from sklearn.linear_model import LogisticRegression
            from sklearn.model_selection import train_test_split
            from sklearn.svm import SVC

            X_train, X_valid, y_train, y_valid = train_test_split(X, y, random_state=0)
            said = np.empty((len(X_valid), 2))
            for index, model in enumerate([SVC(), LogisticRegression()]):
                said[:, index] = model.fit(X_train, y_train).predict(X_valid)
            LogisticRegression().fit(said, y_valid)  # bad
            """
        ),
        Good(
            """
            import numpy as np
            from sklearn.cluster import KMeans
            from sklearn.decomposition import PCA
            from sklearn.ensemble import RandomForestClassifier, StackingClassifier
            from sklearn.model_selection import cross_val_predict
            from sklearn.svm import SVC

            RandomForestClassifier().fit(np.hstack([X, KMeans(3).fit_predict(X)[:, None], PCA(2).fit_transform(X)]), y)
            StackingClassifier([("a", SVC())]).fit(X, y)
            folded = cross_val_predict(SVC(), X, y)
            RandomForestClassifier().fit(np.column_stack([X, folded]), y)
            """
        ),
        Good(
            """
            import numpy as np
            from sklearn.linear_model import LogisticRegression
            from sklearn.model_selection import KFold
            from sklearn.svm import SVC

            said = np.zeros(len(X))
            for train, test in KFold(5).split(X):
                said[test] = SVC().fit(X[train], y[train]).predict(X[test])
            LogisticRegression().fit(said.reshape(-1, 1), y)
            """
        ),
        Good(
            """
            import pandas as pd
            from sklearn.ensemble import RandomForestClassifier
            from sklearn.tree import DecisionTreeClassifier

            df = pd.read_csv("train.csv")
            forest = RandomForestClassifier().fit(df[["age", "income"]], df["y"])
            student = DecisionTreeClassifier().fit(df[["age"]], forest.predict(df[["age", "income"]]))
            df["said"] = forest.predict(df[["age", "income"]])
            wrong = df[df["said"] != df["y"]]
            DecisionTreeClassifier().fit(wrong[["age", "income"]], wrong["y"])
            """
        ),
        Good(
            """
            from sklearn.linear_model import LinearRegression
            from tensorflow import keras

            encoder = keras.Sequential([keras.layers.Dense(8)])
            LinearRegression().fit(encoder.predict(X), y)
            model, target = keras.Sequential(), keras.Sequential()
            model.fit(states, rewards + 0.9 * target.predict(following))
            """
        ),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Report each fit once."""
        if is_test_path(file.path):
            return
        known = file.once(flow)
        folded = {e.at for e in known.of(Happens.PREDICT) if _is_left_out(known, e)}
        told: set[int] = set()
        for event in known.of(Happens.FIT):
            if event.at in told or not _is_supervised_fit(file, event):
                continue
            said, what = _cascade(file, known, event, folded)
            if said is not None:
                told.add(event.at)
                one, other = _short(said.by), _short(event.value("model").type)
                message = f"{other} learns {what} {one} predicted: neither can be improved alone"
                related = (file.at(known.node(said.at), "the first model's prediction"),)
                yield self.found(file.at(known.node(event.at)), message, related)


def _short(name: str) -> str:
    return f"`{name.rpartition('.')[2]}`" if name else "a model"


def _is_supervised_fit(file: SourceFile, event: Event) -> bool:
    """Whether a model of its own is fitted, and not a step that prepares data or an ensemble that is one model."""
    if event.traits & (MEANT | {"transforms", "resamples", "predicts"}):
        return False
    model = event.value("model")
    made = file.library.find(model.type) if model.type else None
    if made is None:  # what is fitted to no target may be anything
        return event.value("y") is not NOTHING or bool(event.value("X").parts)
    return made.role is not Role.TRANSFORMER and not made.traits & MEANT


def _is_left_out(known: Flow, event: Event) -> bool:
    """Whether a model predicts the fold that it has not seen: what `cross_val_predict` does, by hand."""
    last = {rows[-1] for rows in event.value("X").rows if rows and rows[-1][1] in HELD_OUT}
    return any(_gives_folds(known.node(at)) for at, _ in last if at >= 0)


def _gives_folds(node: cst.CSTNode) -> bool:
    """`folds.split(X)` gives one fold after the other, other splits are made once."""
    func = node.func if isinstance(node, cst.Call) else None
    return isinstance(func, cst.Attribute) and func.attr.value == "split"


def _cascade(file: SourceFile, known: Flow, event: Event, folded: set[int]) -> tuple[Predicted | None, str]:
    """Return a prediction of another model that is among what a model learns from, and as what."""
    features, target = event.value("X"), event.value("y")
    if target is NOTHING and features.parts and features.score is None:  # a dataset of features and target
        features, target = features.parts[0], next(iter(features.parts[1:2]), NOTHING)
    for said in _other_models(file, known, event, features, folded):
        return said, "from features that"
    if target.score is None:  # else the whole target is what the first model said: distillation
        for said in _other_models(file, known, event, target, folded):
            return said, "to correct what"
    return None, ""


def _other_models(
    file: SourceFile, known: Flow, event: Event, value: Value, folded: set[int]
) -> Iterator[Predicted]:
    learner = event.value("model")
    for said in reversed(value.predictions):
        if said.at in folded:
            continue
        if said.column and value.frame is not None and value.frame.opaque:
            continue  # it may be among the columns, or not
        if _is_supervised(file, said) and not _is_same(file, known, event, said, learner):
            yield said


def _is_supervised(file: SourceFile, said: Predicted) -> bool:
    made = file.library.find(said.by) if said.by else None
    if made is not None and (made.traits & MEANT or made.role in (Role.TRANSFORMER, Role.ACTIVATION)):
        return False
    if made is not None and said.score is Score.UNKNOWN:
        return kind_of(file.library, Value(type=said.by)) in SUPERVISED
    return said.score in SUPERVISED or (said.score in SCORES and (made is not None or not said.by))


def _is_same(file: SourceFile, known: Flow, event: Event, said: Predicted, learner: Value) -> bool:
    """Whether the learner itself made the prediction, or a fold of it that is left out."""
    call = known.node(said.at)
    api = file.api(call) if isinstance(call, cst.Call) else None
    if api is not None and "cross-validation" in api.traits:
        return True
    if said.model >= 0 or learner.site >= 0:
        return said.model == learner.site
    fit = known.node(event.at)
    names = [
        file.text(node.func.value)
        for node in (call, fit)
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute)
    ]
    return len(names) < 2 or names[0] == names[1]
