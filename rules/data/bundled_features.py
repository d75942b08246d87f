"""MLD307: everything that a source happens to hold becomes a feature."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt_lint.rule import (
    NOTHING,
    Bad,
    Debt,
    Event,
    FileRule,
    Finding,
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
    is_test_path,
)

# A read that is told one of these has a list of columns.
LISTS = ("usecols", "columns", "names", "dtype", "schema")
NO_TABLE = frozenset({"bundled", "synthetic", "hub", "image"})
NO_MODEL = frozenset({"clusterer", "outlier-detector", "density", "embedding"})


class BundledFeatures(FileRule):
    """A model is trained on every column that a source happens to hold, with no list of features.

    Why it is debt
    A column that somebody adds upstream becomes a feature without a decision, an id or a leak among them, and nobody
    evaluates any of them alone: the paper's bundled features, which are hard to get rid of later (Sculley et al.
    2015, §3 "Underutilized data dependencies").

    What to do instead
    Keep one named list of features, choose by it (`df[FEATURES]`), and put into it what has been evaluated.

    Known limits
    The table must be read in the same file without a list of columns and reach training with at most some columns
    dropped. Choices that nobody can see (by dtype, by a selector) are silent.

    References
    Sculley et al. 2015, §3 Data dependencies cost more than code dependencies.
    """

    code = "MLD307"
    name = "bundled-features"
    debt = Debt.UNDERUSED_DATA
    severity = Severity.INFO
    profile = Profile.STRICT
    needs = Needs(
        words=frozenset({".fit(", ".fit_", "cross_val", "dmatrix", "lgb", "lightgbm", "xgb"}),
        beside=frozenset({"read", "load", "fetch", "open"}),
    )
    effort_minutes = 30
    examples = (
        Bad(
            """
            import pandas as pd
            from sklearn.ensemble import RandomForestClassifier

            df = pd.read_csv("churn.csv")
            X, y = df.drop("churn", axis=1), df["churn"]
            RandomForestClassifier().fit(X, y)  # bad
            """
        ),
        Bad(
            """
            import pandas as pd
            from sklearn.linear_model import Ridge
            from sklearn.model_selection import train_test_split

            class Trainer:
                def load(self):
                    return pd.read_parquet("houses.parquet")

                def train(self):
                    frame = self.load()
                    price = frame.pop("price")
                    X_train, X_test, y_train, y_test = train_test_split(frame.values, price)
                    return Ridge().fit(X_train, y_train)  # bad
            """
        ),
        Bad(
            files={
                "train.ipynb": """
                # %%
                import pandas as pd
                import xgboost as xgb
                train = pd.read_csv("train.csv").dropna()
                # %%
                data = xgb.DMatrix(train.drop(columns=["id", "y"]), label=train["y"])
                booster = xgb.train({}, data)  # bad
                """
            }
        ),
        Good(
            """
            import pandas as pd
            from sklearn.ensemble import RandomForestClassifier

            FEATURES = ["age", "income"]
            df = pd.read_csv("churn.csv")
            RandomForestClassifier().fit(df[FEATURES], df["churn"])
            numeric = df.select_dtypes("number")
            RandomForestClassifier().fit(numeric, df["churn"])
            """
        ),
        Good(
            """
            import pandas as pd
            from sklearn.datasets import load_iris
            from sklearn.preprocessing import StandardScaler
            from sklearn.svm import SVC

            df = pd.read_csv("churn.csv", usecols=["age", "income", "churn"])
            SVC().fit(df.drop(columns="churn"), df["churn"])
            SVC().fit(*load_iris(return_X_y=True))
            StandardScaler().fit(pd.read_csv("all.csv"))
            """
        ),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Report the first fit on each source."""
        if is_test_path(file.path):
            return
        known = file.once(flow)
        reads = {event.at: event for event in known.of(Happens.READ)}
        told: set[int] = set()
        for event in known.of(Happens.FIT):
            frame = _features(event)
            read = reads.get(frame) if frame is not None else None
            if read is None or read.at in told or not _is_model(file, event):
                continue
            source = known.node(read.at)
            if isinstance(source, cst.Call) and _holds_anything(file, read, source):
                told.add(read.at)
                related = (file.at(source, "whatever this source holds"),)
                message = "every column of the source becomes a feature: no list says which are meant"
                yield self.found(file.at(known.node(event.at)), message, related)


def _features(event: Event) -> int | None:
    """Return where the table was read whose columns are all features, but for some that are dropped."""
    data = event.value("X")
    frame = data.frame or (data.parts[0].frame if data.parts else None)
    return frame.base if frame is not None and frame.selected is None and not frame.opaque else None


def _is_model(file: SourceFile, event: Event) -> bool:
    if event.traits & {"transforms", "resamples", "predicts"}:
        return False
    model = event.value("model")
    made = file.library.find(model.type) if model.type else None
    if made is None:
        return event.value("y") is not NOTHING or bool(event.value("X").parts)
    learnt = {Value(type=mark.by) for mark in event.value("X").learnt}
    if any(_chooses(file, part) for part in model.parts) or any(
        _is_of_columns(file, step) for step in learnt
    ):
        return False
    return made.role is not Role.TRANSFORMER and not made.traits & NO_MODEL


def _chooses(file: SourceFile, step: Value) -> bool:
    """Whether a step of a pipeline may name its columns: one that is made of others, or is not known."""
    known = file.library.find(step.type) if step.type else None
    return known is None or _is_of_columns(file, step) or any(_chooses(file, part) for part in step.parts)


def _is_of_columns(file: SourceFile, step: Value) -> bool:
    """Whether a transformer is made of others, each for some columns."""
    made = file.library.find(step.type) if step.type else None
    return made is not None and made.role is Role.TRANSFORMER and "pipeline" in made.traits


def _holds_anything(file: SourceFile, read: Event, call: cst.Call) -> bool:
    """Whether a table is read, and no list says which of its columns."""
    api = file.library.find(read.name)
    is_table = api is not None and not api.traits & NO_TABLE and api.returns.endswith("Frame")
    query = read.path.lower()
    chosen = "select" in query and "*" not in query
    return is_table and not chosen and file.arguments(call).lacks(*LISTS)
