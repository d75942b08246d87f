"""MLD832: a model is saved, and what prepared its features is not."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt_lint.rule import (
    FLOW_WORDS,
    Bad,
    Debt,
    Event,
    Fact,
    Finding,
    Good,
    Happens,
    Learnt,
    Models,
    Needs,
    Project,
    ProjectRule,
    Severity,
    SourceFile,
    Value,
    flow_facts,
)


class PreprocessingNotSaved(ProjectRule):
    """A model is saved although the fitted transformer that its features went through is not.

    Why it is debt
    The model only means something together with the means, vocabularies and components that its features were made
    with. Whoever loads it must fit them again, on other rows, and serves a model that nobody trained: §6 and §7 of the
    paper call such settings that live in one process's memory configuration that is lost.

    What to do instead
    Put the transformer and the model into one pipeline and save that, or save both beside each other.

    Known limits
    Silent where anything is saved whose content is not known, where the transformer is part of what is saved, handed to
    another function, or the model's own pipeline. Statistics that no object holds (`x - x.mean()`) are not told.

    References
    Sculley et al. 2015, §6 Configuration Debt.
    """

    code = "MLD832"
    name = "preprocessing-not-saved"
    debt = Debt.REPRODUCIBILITY
    severity = Severity.WARNING
    basis = "flow"
    needs = Needs(words=FLOW_WORDS)
    effort_minutes = 20
    examples = (
        Bad("""
            import joblib
            from sklearn.linear_model import LogisticRegression
            from sklearn.preprocessing import StandardScaler

            scaler = StandardScaler()
            X = scaler.fit_transform(X)
            model = LogisticRegression().fit(X, y)
            joblib.dump(model, "model.joblib")  # bad
        """),
        Bad("""
            import pickle
            from sklearn.feature_extraction.text import TfidfVectorizer
            from sklearn.svm import LinearSVC

            class Trainer:
                def __init__(self):
                    self.vectorizer = TfidfVectorizer()
                    self.model = LinearSVC()

                def train(self, texts, labels):
                    self.model.fit(self.vectorizer.fit_transform(texts), labels)
                    with open("model.pkl", "wb") as file:
                        pickle.dump(self.model, file)  # bad
        """),
        Good("""
            import joblib
            from sklearn.linear_model import LogisticRegression
            from sklearn.preprocessing import StandardScaler

            scaler = StandardScaler()
            model = LogisticRegression().fit(scaler.fit_transform(X), y)
            joblib.dump({"model": model, "scaler": scaler}, "model.joblib")
        """),
        Good("""
            import joblib
            from sklearn.linear_model import LogisticRegression
            from sklearn.pipeline import make_pipeline
            from sklearn.preprocessing import StandardScaler

            model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)
            joblib.dump(model, "model.joblib")
        """),
        Good("""
            import joblib
            from sklearn.linear_model import LogisticRegression
            from sklearn.preprocessing import StandardScaler

            scaler = StandardScaler().fit(X)
            model = LogisticRegression().fit(scaler.transform(X), y)
            for name, item in {"scaler": scaler, "model": model}.items():
                joblib.dump(item, f"{name}.joblib")
        """),
    )

    def collect(self, file: SourceFile) -> Iterator[Fact]:
        """Collect what happens to values."""
        yield from file.once(flow_facts)

    def check(self, project: Project) -> Iterator[Finding]:
        """Report models that are saved without what their features went through."""
        models = project.once(Models)
        saves = list(models.of(Happens.SAVE))
        kept = {site for event in saves for site in _sites(event.value("data"))}
        blind = {models.flow.path(event.at) for event in saves if not _sites(event.value("data"))}
        told: set[tuple[int, int]] = set()
        for event in saves:
            path = models.flow.path(event.at)
            for mark in _needed(models, event.value("data")) if path not in blind else ():
                if mark.site not in kept and (event.at, mark.site) not in told:
                    told.add((event.at, mark.site))
                    yield from self._report(models, event, mark)

    def _report(self, models: Models, event: Event, mark: Learnt) -> Iterator[Finding]:
        where, fitted = models.flow.where(event.at), models.flow.where(mark.at, "fitted here")
        if where is not None and fitted is not None:
            what = mark.by.rpartition(".")[2] or "transformer"
            message = f"the model is saved, the {what} that its features went through is not"
            yield self.found(where, message, (fitted,))


def _needed(models: Models, saved: Value) -> Iterator[Learnt]:
    """What fitted instances the features of a saved model went through."""
    own = set(_sites(saved))
    for event in models.of(Happens.FIT):
        if event.value("model").site in own:
            yield from (mark for mark in event.value("X").learnt if mark.site >= 0 and mark.site not in own)


def _sites(value: Value) -> list[int]:
    """The instances that are saved with a value: itself and all its parts."""
    own = [value.site] if value.site >= 0 else []
    return own + [site for part in value.parts for site in _sites(part)]
