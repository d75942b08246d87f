"""MLD812: a transformer that was fitted on the training rows is fitted again on the test rows."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt_lint.rule import (
    Applicability,
    Bad,
    Debt,
    Edit,
    Event,
    FileRule,
    Finding,
    Fix,
    Flow,
    Good,
    Happens,
    Learners,
    Needs,
    Part,
    Severity,
    Sides,
    SourceFile,
    cst,
    flow,
    is_test_path,
)

HELD_OUT = (Part.TEST, Part.VALIDATION)


class RefitOnTest(FileRule):
    """A transformer already fitted on the training rows is fitted again on the test rows.

    Why it is debt
    The model meets test rows on another scale, with other codes or other components than it was trained on: the
    same input no longer means the same. The score is wrong, and no error says so; a service that transforms one row
    at a time cannot do it at all. Two copies of one preprocessing step have drifted apart within two lines (Sculley
    et al. 2015, §2 Entanglement: changing anything changes everything).

    What to do instead
    Call `transform` on everything but the training rows; or keep the transformer and the model in one pipeline.

    Known limits
    Which rows are test rows is told by the split that they come from, else by the name of the parameter or file.
    Transformers that learn nothing, and one that is fitted on both sides at once, are silent, as is another instance
    for the test rows, unless one function makes both.
    """

    code = "MLD812"
    name = "refit-on-test"
    debt = Debt.DATA_LEAKAGE
    severity = Severity.ERROR
    needs = Needs(words=frozenset({".fit(", ".fit_", "adapt("}))
    effort_minutes = 5
    examples = (
        Bad(
            """
            from sklearn.model_selection import train_test_split
            from sklearn.preprocessing import StandardScaler

            X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
            scaler = StandardScaler()
            X_train = scaler.fit_transform(X_train)
            X_test = scaler.fit_transform(X_test)  # bad
            """
        ),
        Bad(
            """
            import pandas as pd
            from sklearn.preprocessing import LabelEncoder

            train, test = pd.read_csv("train.csv"), pd.read_csv("test.csv")
            for name in ["city", "car"]:
                codes = LabelEncoder()
                train[name] = codes.fit_transform(train[name])
                test[name] = codes.fit_transform(test[name])  # bad
            """
        ),
        Bad(
            """
            from sklearn.feature_extraction.text import CountVectorizer

            class Features:
                def __init__(self):
                    self.words = CountVectorizer()

                def build(self, train_texts, test_texts):
                    train = self.words.fit_transform(train_texts)
                    self.words.fit(test_texts)  # bad
                    return train, self.words.transform(test_texts)
            """
        ),
        Bad(
            files={
                "model.ipynb": """
                # %%
                from sklearn.decomposition import PCA
                from sklearn.model_selection import train_test_split
                # %%
                def reduced(X):
                    return PCA(20).fit_transform(X)
                # %%
                train, test = train_test_split(X, random_state=0)
                # %%
                train = reduced(train)
                test = reduced(test)  # bad
                """
            }
        ),
        Good(
            """
            from sklearn.model_selection import train_test_split
            from sklearn.preprocessing import Normalizer, StandardScaler

            X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
            scaler = StandardScaler()
            X_train = scaler.fit_transform(X_train)
            X_test = scaler.transform(X_test)
            rows = Normalizer()
            X_train, X_test = rows.fit_transform(X_train), rows.fit_transform(X_test)
            """
        ),
        Good(
            """
            import pandas as pd
            from sklearn.preprocessing import LabelEncoder, MinMaxScaler

            train, test = pd.read_csv("train.csv"), pd.read_csv("test.csv")
            codes = LabelEncoder()
            codes.fit(list(train["city"]) + list(test["city"]))
            train["city"], test["city"] = codes.transform(train["city"]), codes.transform(test["city"])
            train["km"] = MinMaxScaler().fit_transform(train[["km"]])
            latest = codes.fit_transform(pd.read_csv("latest.csv")["city"])
            """
        ),
        Good(
            """
            from sklearn.model_selection import KFold
            from sklearn.preprocessing import StandardScaler

            scaler = StandardScaler()
            for train, test in KFold(5).split(X):
                X_train = scaler.fit_transform(X[train])
                X_test = scaler.transform(X[test])
            """
        ),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Follow each transformer through its fits, in the order in which they happen."""
        if is_test_path(file.path):
            return
        known = file.once(flow)
        sides, learners = Sides(file, known), Learners(file, known)
        trained: dict[int, Event] = {}
        told: set[int] = set()
        for event in known.of(Happens.FIT):
            model = event.value("model")
            if model.site < 0 or not learners.keeps_what_it_learnt(event):
                continue
            of = sides.of(event.value("X"))
            if of == {Part.TRAIN}:
                trained[model.site] = event
            elif len(of) == 1 and of <= set(HELD_OUT) and model.site in trained:
                first = trained[model.site]
                at = event.via[0] if event.at == first.at and event.via else event.at
                if at not in told and at != first.at:
                    told.add(at)
                    yield self._report(file, known, event, first, at, next(iter(of)))

    def _report(
        self, file: SourceFile, known: Flow, event: Event, first: Event, at: int, side: Part
    ) -> Finding:
        node = known.node(at)
        begun = first.via[0] if event.at == first.at and first.via else first.at
        name = event.name.rpartition(".")[2]
        what = f"the {name}" if name[:1].isupper() else "this"
        return self.found(
            file.at(node),
            f"{what} was fitted on the training rows and is fitted again on the {side.value} rows: use transform",
            (file.at(known.node(begun), "fitted on the training rows"),),
            fix=_fix(file, node) if at == event.at else None,
        )


def _fix(file: SourceFile, node: cst.CSTNode) -> Fix | None:
    """`fit_transform(test)` becomes `transform(test)`; whatever passes more is left to its author."""
    if not isinstance(node, cst.Call) or not isinstance(node.func, cst.Attribute) or len(node.args) != 1:
        return None
    if node.func.attr.value != "fit_transform":
        return None
    edit = Edit(file.at(node.func.attr), "transform")
    return Fix("transform the rows with what was learnt from the training rows", (edit,), Applicability.SAFE)
