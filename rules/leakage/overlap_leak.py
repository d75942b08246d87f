"""MLD814: the same rows, or rows made from them, are on both sides of a split."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt_lint.rule import (
    Asked,
    Bad,
    Debt,
    Event,
    FileRule,
    Finding,
    Flow,
    Good,
    Happens,
    Learners,
    Needs,
    Part,
    Profile,
    Resampled,
    Severity,
    SourceFile,
    asked,
    comes_after,
    flow,
    is_inner,
    is_test_path,
)


class OverlapLeak(FileRule):
    """Rows are over-sampled or copied before the split, or a model is tested on rows that it was fitted on.

    Why it is debt
    A copy of a row, or a neighbour made from it, stands on the test side while the row itself is trained on: the score
    rewards memory. It looks like a great model until new data comes, and no test of the code can see it (Sculley et
    al. 2015, §3 Data Dependencies; §7 Monitoring and Testing).

    What to do instead
    Split first, and over-sample or augment the training rows only; in a cross-validation put the sampler into a
    pipeline that knows samplers. Fit on the training side, and cut a test set out before anything is fitted.

    Known limits
    The way of the rows is followed within one file. Under-sampling, whose rows stay apart, is silent; a sampler whose
    type is not known, a split by slices, and one of rows that are training rows already, are shown by the strict profile.

    References
    Kapoor and Narayanan, Leakage and the reproducibility crisis in machine-learning-based science, Patterns 2023.
    """

    code = "MLD814"
    name = "overlap-leak"
    debt = Debt.DATA_LEAKAGE
    severity = Severity.ERROR
    needs = Needs(
        words=frozenset({"resampl", "sample", "concat", "append", "stack", "cat(", "fit"}),
        beside=frozenset({".fit(", ".fit_", "split"}),
    )
    effort_minutes = 30
    examples = (
        Bad(
            """
            from imblearn.over_sampling import SMOTE
            from sklearn.model_selection import train_test_split

            X, y = SMOTE(random_state=0).fit_resample(X, y)  # bad
            X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
            """
        ),
        Bad(
            files={
                "fraud.ipynb": """
                # %%
                import pandas as pd
                from sklearn.model_selection import train_test_split as split
                from sklearn.utils import resample
                df = pd.read_csv("fraud.csv")
                # %%
                fraud, honest = df[df["fraud"] == 1], df[df["fraud"] == 0]
                more = resample(fraud, n_samples=len(honest), random_state=0)  # bad
                df = pd.concat([honest, more])
                # %%
                train, test = split(df, random_state=0)
                """
            }
        ),
        Bad(
            """
            import numpy as np
            from sklearn.model_selection import KFold

            def augmented(images):
                flipped = images[:, ::-1]
                return np.concatenate([images, flipped])  # bad

            def evaluate(model, images):
                images = augmented(images)
                for train, test in KFold(5).split(images):
                    model.fit(images[train])
                    print(model.evaluate(images[test]))
            """
        ),
        Bad(
            """
            from sklearn.ensemble import RandomForestClassifier
            from sklearn.metrics import accuracy_score
            from sklearn.model_selection import train_test_split

            class Experiment:
                def __init__(self, X, y):
                    self.model = RandomForestClassifier(random_state=0)
                    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
                    self.model.fit(X, y)  # bad
                    print(accuracy_score(y_test, self.model.predict(X_test)))
            """
        ),
        Good(
            """
            from imblearn.over_sampling import SMOTE
            from imblearn.under_sampling import RandomUnderSampler
            from sklearn.model_selection import train_test_split

            X, y = RandomUnderSampler(random_state=0).fit_resample(X, y)
            X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
            X_train, y_train = SMOTE(random_state=0).fit_resample(X_train, y_train)
            model.fit(X_train, y_train)
            print(model.score(X_test, y_test))
            """
        ),
        Good(
            """
            import numpy as np
            import pandas as pd
            from sklearn.model_selection import train_test_split

            X = np.hstack([np.log1p(X), X])
            X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
            model.fit(X_train, y_train)
            print(model.score(X_train, y_train), model.score(X_test, y_test))
            model.fit(X, y)
            model.predict(pd.read_csv("tomorrow.csv"))
            """
        ),
        Good(
            """
            import pandas as pd
            from sklearn.model_selection import train_test_split

            df = pd.concat([pd.read_csv("2022.csv"), pd.read_csv("2023.csv")])
            both = pd.concat([df[df["fraud"] == 1], df[df["fraud"] == 0].sample(1000, random_state=0)])
            wide = pd.concat([both, both.isna()], axis=1)
            train, test = train_test_split(wide, random_state=0)
            """
        ),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Report each way to make rows, and each fit, once."""
        if is_test_path(file.path):
            return
        known = file.once(flow)
        yield from self._resampled(file, known)
        yield from self._tested(file, known)

    def _resampled(self, file: SourceFile, known: Flow) -> Iterator[Finding]:
        learners = Learners(file, known)
        told: dict[int, tuple[Profile, Event]] = {}
        for event in known.of(Happens.SPLIT):
            data = event.value("X")
            for mark in data.of(Resampled):
                profile = learners.makes_rows(mark.at) if isinstance(mark, Resampled) else None
                through = {(mark.at, "resampled")}
                rows = frozenset(path for path in data.rows if through & set(path))
                if profile is None or not rows or comes_after(file, mark.at, event.at):
                    continue
                profile = Profile.STRICT if is_inner(rows) or "cut" in event.traits else profile
                if mark.at not in told or profile < told[mark.at][0]:
                    told[mark.at] = (profile, event)
        for at, (profile, event) in told.items():
            yield self.found(
                file.at(known.node(at)),
                "rows are copied or made before the split: their likes stand on both sides of it",
                (file.at(known.node(event.at), "the rows are split here"),),
                profile=profile,
            )

    def _tested(self, file: SourceFile, known: Flow) -> Iterator[Finding]:
        told: set[int] = set()
        for question in asked(known):
            if question.fit.at not in told and _is_cut_from(question):
                told.add(question.fit.at)
                yield self.found(
                    file.at(known.node(question.fit.at)),
                    f"the model is fitted on rows that its {question.side.value} set was taken from",
                    (
                        file.at(known.node(question.split), f"the {question.side.value} rows are taken here"),
                        file.at(known.node(question.at), "and asked about here"),
                    ),
                )


def _is_cut_from(question: Asked) -> bool:
    """Whether the rows that a model is asked about are a held-out part of those that it was fitted on."""
    return question.is_held and question.side is not Part.TRAIN
