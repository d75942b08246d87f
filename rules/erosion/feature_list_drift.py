"""MLD207: a model is asked with other columns than it was trained on."""

from __future__ import annotations

from collections import defaultdict
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
    Models,
    Needs,
    Project,
    ProjectRule,
    Severity,
    SourceFile,
    flow_facts,
)

MOST_SHOWN = 3


class FeatureListDrift(ProjectRule):
    """A model is trained on one list of columns and asked with another.

    Why it is debt
    The list of features is written down twice, and the copies have parted. In the best case the library refuses; with
    arrays, or where it does not check, every column after the difference is taken for another one, and the predictions
    are confident nonsense. §2 "Entanglement": changing anything changes everything.

    What to do instead
    Define the list once and import it, or save it with the model and select by what was loaded.

    Known limits
    Only lists that fold to constants, and models that are the same object or are tied by one literal artefact path.

    References
    Sculley et al. 2015, §2 Entanglement.
    """

    code = "MLD207"
    name = "feature-list-drift"
    debt = Debt.ENTANGLEMENT
    severity = Severity.ERROR
    basis = "flow"
    needs = Needs(words=FLOW_WORDS)
    effort_minutes = 30
    examples = (
        Bad(
            files={
                "train.py": """
                    import joblib
                    import pandas as pd
                    from sklearn.ensemble import RandomForestClassifier

                    FEATURES = ["age", "income", "visits"]
                    users = pd.read_csv("users.csv")
                    model = RandomForestClassifier(random_state=0).fit(users[FEATURES], users["left"])
                    joblib.dump(model, "models/left.joblib")
                    """,
                "serve.py": """
                    import joblib
                    import pandas as pd

                    model = joblib.load("models/left.joblib")

                    def score(path):
                        users = pd.read_csv(path)
                        return model.predict(users[["age", "visits", "income"]])  # bad
                    """,
            }
        ),
        Bad("""
            import pandas as pd
            from sklearn.linear_model import Ridge

            rows = pd.read_csv("houses.csv")
            model = Ridge().fit(rows[["area", "rooms"]], rows["price"])
            new = pd.read_csv("new.csv")
            print(model.predict(new[["area", "rooms", "year"]]))  # bad
        """),
        Good("""
            import pandas as pd
            from sklearn.linear_model import Ridge

            COLUMNS = ["area", "rooms"]
            rows = pd.read_csv("houses.csv")
            model = Ridge().fit(rows[COLUMNS], rows["price"])
            print(model.predict(pd.read_csv("new.csv")[COLUMNS]))
        """),
        Good("""
            import pandas as pd
            from sklearn.linear_model import Ridge

            rows, new = pd.read_csv("houses.csv"), pd.read_csv("new.csv")
            for columns in (["area"], ["area", "rooms"]):
                model = Ridge().fit(rows[columns], rows["price"])
                print(model.predict(new[columns]))
        """),
    )

    def collect(self, file: SourceFile) -> Iterator[Fact]:
        """Collect what happens to values."""
        yield from file.once(flow_facts)

    def check(self, project: Project) -> Iterator[Finding]:
        """Report predictions with columns that no training of the model had."""
        models = project.once(Models)
        trained: defaultdict[str, list[Event]] = defaultdict(list)
        for event in models.of(Happens.FIT):
            trained[models.name(event.value("model").site)].append(event)
        told: set[int] = set()
        for event in models.of(Happens.PREDICT):
            fits = trained.get(models.name(event.value("model").site) or "-", [])
            asked = _columns(event)
            known = [_columns(fit) for fit in fits]
            if not asked or not known or None in known or asked in known or event.at in told:
                continue
            told.add(event.at)
            where, fitted = models.flow.where(event.at), models.flow.where(fits[-1].at, "trained here")
            if where is not None and fitted is not None:
                yield self.found(where, _message(known[-1] or (), asked), (fitted,))


def _columns(event: Event) -> tuple[str, ...] | None:
    frame = event.value("X").frame
    return frame.selected if frame is not None and not frame.opaque and not frame.dropped else None


def _message(trained: tuple[str, ...], asked: tuple[str, ...]) -> str:
    missing = [name for name in trained if name not in asked]
    more = [name for name in asked if name not in trained]
    if not missing and not more:
        return "the model is asked with its columns in another order than it was trained on"
    parts = [f"without {_list(missing)}"] * bool(missing) + [f"with {_list(more)}"] * bool(more)
    return f"the model is asked {' and '.join(parts)}, unlike in training"


def _list(names: list[str]) -> str:
    shown = ", ".join(map(repr, names[:MOST_SHOWN]))
    return f"{shown} and {len(names) - MOST_SHOWN} more" if len(names) > MOST_SHOWN else shown
