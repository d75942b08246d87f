"""MLD401: a model is trained on what it said itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from mldebt_lint.rule import (
    FLOW_WORDS,
    Bad,
    Confidence,
    Debt,
    Event,
    Fact,
    Fed,
    Finding,
    Good,
    Happens,
    Location,
    Models,
    Needs,
    Profile,
    Project,
    ProjectRule,
    Severity,
    SourceFile,
    flow_facts,
    said_by,
)

ON_PURPOSE = re.compile(
    r"(?i)oof|out_?of_?fold|pseudo|distil|teacher|student|stack|self_?train|semi_?sup|blend|ensembl|poison|advers"
)


# Value functions are trained on what they say of the next state: that is how they learn.
BOOTSTRAPPED = re.compile(r"(?i)(?:^|_)(?:rewards?|gamma|q_?values?|next_states?|replay)(?:$|_)")


class DirectFeedbackLoop(ProjectRule):
    """What a model predicts is written to, or put into, the data that it is trained on.

    Why it is debt
    §4 "Feedback loops": a model that selects its own future training data confirms itself. Its mistakes come back as
    facts, measured quality rises while real quality falls, and nobody can tell from the data which rows the world made.

    What to do instead
    Keep what the model says apart from what it learns from, with its own table and a column that names the model and
    the day; train on labels that did not come from it, or hold out a random part of the traffic for labels.

    Known limits
    Paths, tables and addresses are compared as literals, after folding within one file. Silent where the model or the
    place is not known, and for models that are updated step by step, as value functions are in reinforcement learning.
    Names that say that it is meant (`pseudo`, `oof`, `teacher`, `stack`, …) make it information.

    References
    Sculley et al. 2015, §4 Feedback Loops.
    """

    code = "MLD401"
    name = "direct-feedback-loop"
    debt = Debt.FEEDBACK_LOOP
    severity = Severity.ERROR
    basis = "flow"
    needs = Needs(words=FLOW_WORDS)
    effort_minutes = 240
    examples = (
        Bad(
            files={
                "train.py": """
                    import joblib
                    import pandas as pd
                    from sklearn.linear_model import LogisticRegression

                    rows = pd.read_csv("data/clicks.csv")
                    model = LogisticRegression().fit(rows[["age"]], rows["clicked"])  # bad
                    joblib.dump(model, "models/click.joblib")
                    """,
                "serve.py": """
                    import joblib
                    import pandas as pd

                    model = joblib.load("models/click.joblib")
                    rows = pd.read_csv("data/today.csv")
                    rows["clicked"] = model.predict(rows[["age"]])
                    rows.to_csv("data/clicks.csv", mode="a")
                    """,
            }
        ),
        Bad("""
            import pandas as pd
            from xgboost import XGBClassifier

            labelled, rest = pd.read_csv("labelled.csv"), pd.read_csv("rest.csv")
            model = XGBClassifier()
            model.fit(labelled[["age"]], labelled["bought"])
            rest["bought"] = model.predict(rest[["age"]])
            everything = pd.concat([labelled, rest])
            model.fit(everything[["age"]], everything["bought"])  # bad
        """),
        Good(
            files={
                "train.py": """
                    import joblib
                    import pandas as pd
                    from sklearn.linear_model import LogisticRegression

                    rows = pd.read_csv("data/clicks.csv")
                    model = LogisticRegression().fit(rows[["age"]], rows["clicked"])
                    joblib.dump(model, "models/click.joblib")
                    """,
                "serve.py": """
                    import joblib
                    import pandas as pd

                    model = joblib.load("models/click.joblib")
                    rows = pd.read_csv("data/today.csv")
                    rows["score"] = model.predict(rows[["age"]])
                    rows.to_csv("data/scores.csv")
                    """,
            }
        ),
        Good("""
            from sklearn.linear_model import LogisticRegression
            from sklearn.metrics import accuracy_score

            model = LogisticRegression()
            for X, y, X_test, y_test in folds:
                model.fit(X, y)
                print(accuracy_score(y_test, model.predict(X_test)))
        """),
    )

    def collect(self, file: SourceFile) -> Iterator[Fact]:
        """Collect what happens to values."""
        yield from file.once(flow_facts)

    def check(self, project: Project) -> Iterator[Finding]:
        """Report trainings on what the same model has said, through files and in memory."""
        models = project.once(Models)
        told: set[int] = set()
        for item in models.fed:
            if item.is_direct and item.written.model and item.trained.at not in told:
                told.add(item.trained.at)
                yield from self._through_a_file(models, item)
        for event in models.of(Happens.FIT):
            if event.at not in told:
                names = project.vocabulary(models.flow.path(event.at)).references
                if not any(BOOTSTRAPPED.search(name) for name in names):
                    yield from self._in_memory(models, event, told, names)

    def _through_a_file(self, models: Models, item: Fed) -> Iterator[Finding]:
        flow, written, trained = models.flow, item.written, item.trained
        where = flow.where(trained.at)
        if where is None:
            return
        message = f"trained on {written.store}, to which what this model predicts is written"
        related = _places(
            flow.where(trained.read_at, "read here"),
            flow.where(written.at, "written here"),
            flow.where(written.said_at, "predicted here"),
        )
        meant = ON_PURPOSE.search(f"{written.store} {written.path} {trained.path}")
        yield self.found(where, message, related, severity=Severity.INFO if meant else None)

    def _in_memory(self, models: Models, event: Event, told: set[int], names: Set[str]) -> Iterator[Finding]:
        """The model is fitted again on rows that it has labelled itself."""
        site = event.value("model").site
        said = said_by(event.value("y"), site)
        where = models.flow.where(event.at)
        if said is None or where is None or "incremental" in event.traits:
            return
        told.add(event.at)
        related = _places(models.flow.where(said.at, "labelled here"))
        meant = any(ON_PURPOSE.search(name) for name in (where.path, *names))
        yield self.found(
            where,
            "trained again on labels that this model predicted: it confirms itself",
            related,
            severity=Severity.INFO if meant else None,
            confidence=Confidence.MEDIUM,
            profile=Profile.STRICT if meant else None,
        )


def _places(*found: Location | None) -> tuple[Location, ...]:
    return tuple(dict.fromkeys(where for where in found if where is not None))
