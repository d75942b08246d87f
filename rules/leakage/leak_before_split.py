"""MLD811: something learns from all rows, which are split into train and test only later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from mldebt_lint.rule import (
    Bad,
    Debt,
    Event,
    FileRule,
    Finding,
    Flow,
    Good,
    Happens,
    Learner,
    Learners,
    Learnt,
    Needs,
    Profile,
    Severity,
    SourceFile,
    Value,
    comes_after,
    flow,
    holds,
    is_inner,
    is_passed,
    is_test_path,
    is_training,
    split_after,
)

# What every way to learn from rows and every way to split them is written with.
WORDS = frozenset({"split", "fold", "cross_val", "[:", "iloc", ".sample("})
LEARNING_WORDS = frozenset({".fit(", ".fit_", "fillna(", "scale(", "impute", "groupby(", ".std(", "adapt("})


MOST_ALIKE = 3  # findings of one kind for one split that are told one by one
MOST_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Leak:
    """Something that learnt from rows which are split later; `passed` when these are those of a parameter."""

    passed: bool
    profile: Profile
    mark: Learnt
    split: int

    @property
    def order(self) -> tuple[bool, Profile]:
        """What callers are known to pass counts before what a parameter may be."""
        return (self.passed, self.profile)


class LeakBeforeSplit(FileRule):
    """A scaler, imputer, vectorizer, selector or fill is fitted on rows that are split into train and test afterwards.

    Why it is debt
    The test rows have a part in what the model is trained on: the mean that scales and fills, the vocabulary, the
    columns that were chosen. The score is too good by an unknown amount, nothing fails, and every later comparison
    rests on it; in production the rows to come cannot be asked. The data dependency is hidden in the order of two
    lines (Sculley et al. 2015, §3 Data Dependencies; §7 on monitoring what the model will meet).

    What to do instead
    Split first, fit on the training rows, and only transform the others; or put the steps into a pipeline, which
    does so in every fold of a cross-validation, too.

    Known limits
    The way from the fit to the split is followed within one file, through its functions and classes. Encoders that
    learn names of categories, transformations that learn nothing, and statistics that only reach the target or a
    filter are silent. A split of rows that are training rows already, and the largest value on its own, are shown
    by the strict profile.

    References
    Kapoor and Narayanan, Leakage and the reproducibility crisis in machine-learning-based science, Patterns 2023.
    """

    code = "MLD811"
    name = "leak-before-split"
    debt = Debt.DATA_LEAKAGE
    severity = Severity.ERROR
    needs = Needs(words=LEARNING_WORDS, beside=WORDS)
    effort_minutes = 30
    examples = (
        Bad(
            """
            import pandas as pd
            from sklearn.model_selection import train_test_split
            from sklearn.preprocessing import LabelEncoder, StandardScaler

            df = pd.read_csv("churn.csv")
            y = LabelEncoder().fit_transform(df["churn"])
            scaler = StandardScaler()
            X = scaler.fit_transform(df.drop(columns="churn"))  # bad
            X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
            """
        ),
        Bad(
            """
            import pandas as pd
            from sklearn.model_selection import train_test_split as split

            df = pd.read_csv("rides.csv")
            df["age"].fillna(df["age"].median(), inplace=True)  # bad
            df["km"] = (df["km"] - df["km"].mean()) / 1000  # bad
            df["city_fare"] = df["city"].map(df.groupby("city")["fare"].mean())  # bad
            train, test, y_train, y_test = split(df.drop("fare", axis=1), df["fare"], random_state=0)
            """
        ),
        Bad(
            files={
                "reviews.ipynb": """
                # %%
                from sklearn.feature_extraction.text import TfidfVectorizer
                from sklearn.model_selection import cross_val_score
                # %%
                class Reviews:
                    def __init__(self):
                        self.words = TfidfVectorizer(max_features=5000)

                    def features(self, texts):
                        self.X = self.words.fit_transform(texts)  # bad

                    def score(self, model, y):
                        return cross_val_score(model, self.X, y)
                """
            }
        ),
        Bad(
            """
            import numpy as np
            from sklearn.model_selection import KFold

            def standardise(X):
                return (X - X.mean(axis=0)) / np.std(X, axis=0)  # bad

            def evaluate(model, X, y):
                X = standardise(X)
                for train, test in KFold(5).split(X):
                    model.fit(X[train], y[train])
                    print(model.score(X[test], y[test]))
            """
        ),
        Bad(
            """
            from sklearn.feature_selection import SelectKBest
            from sklearn.impute import SimpleImputer
            from sklearn.pipeline import Pipeline

            def prepare(X, y):
                steps = Pipeline([("fill", SimpleImputer()), ("pick", SelectKBest(k=20))])
                X = steps.fit_transform(X, y)  # bad
                cut = int(0.8 * len(X))
                X_train, X_test = X[:cut], X[cut:]
                return X_train, X_test, y[:cut], y[cut:]
            """
        ),
        Good(
            """
            import pandas as pd
            from sklearn.model_selection import cross_val_score, train_test_split
            from sklearn.pipeline import make_pipeline
            from sklearn.preprocessing import StandardScaler

            df = pd.read_csv("churn.csv").fillna(0)
            X_train, X_test, y_train, y_test = train_test_split(df[["age"]], df["churn"], random_state=0)
            scaler = StandardScaler().fit(X_train)
            X_train, X_test = scaler.transform(X_train), scaler.transform(X_test)
            scores = cross_val_score(make_pipeline(StandardScaler(), model), df[["age"]], df["churn"])
            """
        ),
        Good(
            """
            import pandas as pd
            from sklearn.model_selection import train_test_split
            from sklearn.preprocessing import Normalizer, OneHotEncoder

            df = pd.read_csv("rides.csv")
            df = df[df["km"] < df["km"].quantile(0.99)]
            df["fare"] = (df["fare"] - df["fare"].mean()) / df["fare"].std()
            X = pd.get_dummies(df.drop("fare", axis=1))
            X = Normalizer().fit_transform(OneHotEncoder().fit_transform(X))
            X_train, X_test, y_train, y_test = train_test_split(X, df["fare"], random_state=0)
            """
        ),
        Good(
            """
            import numpy as np
            from sklearn.decomposition import PCA
            from sklearn.model_selection import train_test_split

            X, y = np.load("x.npy"), np.load("y.npy")
            shown = PCA(2).fit_transform(X)
            X = X / X.sum(axis=1, keepdims=True) - X.mean(axis=1, keepdims=True)
            X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
            """
        ),
        Good(
            """
            import pandas as pd
            from sklearn.model_selection import train_test_split

            housing = pd.read_csv("housing.csv")
            train, test = train_test_split(housing, random_state=0)
            housing = train.drop("price", axis=1)
            rooms = housing["rooms"].median()
            housing["rooms"] = housing["rooms"].fillna(rooms)
            test["rooms"] = test["rooms"].fillna(rooms)
            """
        ),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Report each fit once, with the split that it leaks through; many of the same kind together."""
        if is_test_path(file.path):
            return
        known = file.once(flow)
        learners = Learners(file, known)
        groups: dict[tuple[int, str, Profile], list[Leak]] = {}
        for leak in _leaks(file, known, learners):
            groups.setdefault((leak.split, leak.mark.by, leak.profile), []).append(leak)
        for group in groups.values():
            heads = group[:1] if len(group) > MOST_ALIKE else group
            for leak in heads:
                others = group[1:] if len(group) > MOST_ALIKE else []
                yield self._report(file, known, learners, leak, others)

    def _report(
        self, file: SourceFile, known: Flow, learners: Learners, leak: Leak, others: list[Leak]
    ) -> Finding:
        what = learners.shown(leak.mark)
        more = f" here and in {len(others)} other places" if others else ""
        return self.found(
            file.at(known.node(leak.mark.at)),
            f"{what} is learnt from all rows{more}, those of the test set included: they leak into training",
            (
                file.at(known.node(leak.split), "the rows are split here"),
                *(file.at(known.node(other.mark.at), "and the same here") for other in others[:MOST_SHOWN]),
            ),
            profile=leak.profile,
        )


def _leaks(file: SourceFile, known: Flow, learners: Learners) -> list[Leak]:
    """One leak for each statement, the loudest."""
    found: dict[int, Leak] = {}
    for event in _splits(known):
        data = learners.without_targets(event.value("X"))
        for mark in data.learnt:
            if holds(mark.rows, data.rows) and not comes_after(file, mark.at, event.at):
                _keep(file, found, _leak(file, known, learners, mark, data, event.at))
    for event in known.of(Happens.FIT):
        data = learners.without_targets(event.value("X"))
        for mark in data.learnt if learners.takes_target(event) else ():
            split = split_after(mark, data)
            if split is not None:
                _keep(file, found, _leak(file, known, learners, mark, replace(data, rows=mark.rows), split))
    return [found[place] for place in sorted(found)]


def _keep(file: SourceFile, found: dict[int, Leak], leak: Leak | None) -> None:
    if leak is None or leak.mark.at == leak.split:
        return
    place = file.index.rank(file.index.statement(file.index.nodes[leak.mark.at]))
    if place not in found or leak.order < found[place].order:
        found[place] = leak


def _leak(
    file: SourceFile, known: Flow, learners: Learners, mark: Learnt, data: Value, split: int
) -> Leak | None:
    """How loud a fit before a split is to be told, None where what learnt passes nothing on."""
    kind = learners.kind(mark)
    if kind is None:
        return None
    inner = is_inner(data.rows) or is_training(file, known, data, split)
    is_quiet = kind is Learner.EXTREME or inner
    profile = Profile.STRICT if is_quiet else Profile.DEFAULT
    return Leak(is_passed(known, data.rows), profile, mark, split)


def _splits(known: Flow) -> list[Event]:
    events = known.of(Happens.SPLIT, Happens.FIT)
    return [e for e in events if e.kind is Happens.SPLIT or "cross-validation" in e.traits]
