"""MLD205: a program reads what another one's model wrote, and nothing says so."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from mldebt_lint.rule import (
    FLOW_WORDS,
    WEIGHTS,
    Bad,
    Debt,
    Event,
    Fact,
    Finding,
    Good,
    Happens,
    Models,
    Needs,
    Profile,
    Project,
    ProjectRule,
    Severity,
    SourceFile,
    Value,
    flow_facts,
    may_meet,
    store_of,
)

SERVES = re.compile(r"(?i)serv|app|api|endpoint")


@dataclass(frozen=True, slots=True)
class _Use:
    """A place that is written or read, in a file, by an event."""

    store: str
    path: str
    at: int


class UndeclaredConsumer(ProjectRule):
    """A model's output or artefact is read by another program through a path that only two literals share.

    Why it is debt
    §2 "Undeclared consumers": whoever changes the model, its columns or its scale does not know who reads them. The
    coupling is nowhere written down, so it is found when the consumer breaks, or worse, when it silently does not.

    What to do instead
    Declare the hand-over: a stage of the pipeline (`dvc.yaml`, Snakefile, Airflow, …) that names the path, a constant
    in a module that both programs import, or a function that owns the reading and the writing.

    Known limits
    Only literal paths, tables and addresses, folded within one file. Silent where one program imports the other, where
    both import the path, where any pipeline definition, Makefile or documented command names it, and for tests. A file
    beside the writer that does not serve the model, by its name, is left to the strict profile.

    References
    Sculley et al. 2015, §2 Undeclared Consumers.
    """

    code = "MLD205"
    name = "undeclared-consumer"
    debt = Debt.UNDECLARED_CONSUMER
    severity = Severity.WARNING
    basis = "flow"
    needs = Needs(words=FLOW_WORDS)
    effort_minutes = 45
    examples = (
        Bad(
            files={
                "score.py": """
                    import joblib
                    import pandas as pd

                    model = joblib.load("model.joblib")
                    users = pd.read_csv("users.csv")
                    users["churn"] = model.predict_proba(users[["age"]])[:, 1]
                    users.to_parquet("scores/churn.parquet")
                    """,
                "campaign.py": """
                    import pandas as pd

                    users = pd.read_parquet("scores/churn.parquet")  # bad
                    print(users.nlargest(100, "churn"))
                    """,
            }
        ),
        Bad(
            files={
                "train.py": """
                    import pickle
                    from sklearn.ensemble import RandomForestClassifier

                    model = RandomForestClassifier(random_state=0)
                    model.fit(X, y)
                    with open("artefacts/forest.pkl", "wb") as file:
                        pickle.dump(model, file)
                    """,
                "app.py": """
                    import pickle

                    with open("artefacts/forest.pkl", "rb") as file:
                        model = pickle.load(file)  # bad
                    """,
            }
        ),
        Good(
            files={
                "paths.py": """
                    CHURN = "scores/churn.parquet"
                    """,
                "score.py": """
                    import pandas as pd
                    from paths import CHURN
                    from sklearn.linear_model import LogisticRegression

                    users = pd.read_csv("users.csv")
                    users["churn"] = LogisticRegression().fit(users[["a"]], users["b"]).predict(users[["a"]])
                    users.to_parquet(CHURN)
                    """,
                "campaign.py": """
                    import pandas as pd
                    from paths import CHURN

                    print(pd.read_parquet(CHURN).nlargest(100, "churn"))
                    """,
            }
        ),
        Good(
            files={
                "train.py": """
                    import joblib
                    from sklearn.linear_model import LogisticRegression

                    joblib.dump(LogisticRegression().fit(X, y), "models/click.joblib")
                    """,
                "score.py": """
                    import joblib

                    model = joblib.load("models/click.joblib")
                    """,
                "dvc.yaml": """
                    stages:
                      train:
                        cmd: python train.py
                        outs: [models/click.joblib]
                      score:
                        cmd: python score.py
                        deps: [models/click.joblib]
                    """,
            }
        ),
    )

    def collect(self, file: SourceFile) -> Iterator[Fact]:
        """Collect what happens to values."""
        yield from file.once(flow_facts)

    def check(self, project: Project) -> Iterator[Finding]:
        """Report reads of what another program's model wrote, one for each reading file and place."""
        models = project.once(Models)
        writers: defaultdict[str, list[_Use]] = defaultdict(list)
        for use in _writes(models):
            writers[use.store].append(use)
        told: set[tuple[str, str]] = set()
        for use in _reads(models):
            writer = next((w for w in writers.get(use.store, ()) if _strangers(project, w, use)), None)
            own = any(w.path == use.path for w in writers.get(use.store, ()))
            if writer is None or own or (use.path, use.store) in told or _declared(project, use.store):
                continue
            told.add((use.path, use.store))
            where, written = models.flow.where(use.at), models.flow.where(writer.at, "written here")
            if where is not None and written is not None:
                message = (
                    f"{use.store} holds what a model in {writer.path} made; only this literal ties the two"
                )
                profile = Profile.STRICT if _is_next_stage(writer.path, use.path) else None
                yield self.found(where, message, (written,), profile=profile)


def _writes(models: Models) -> Iterator[_Use]:
    """Places where predictions and fitted models are written."""
    fitted = {event.value("model").site for event in models.of(Happens.FIT)} - {-1}
    for event in models.of(Happens.WRITE, Happens.SAVE):
        data = event.value("data")
        if data.predictions or (event.kind is Happens.SAVE and _is_model(data, fitted)):
            yield from _use(models, event)


def _is_model(data: Value, fitted: set[int]) -> bool:
    """Whether a fitted estimator or the weights of a network are saved, by themselves or among other things."""
    if data.site in fitted or data.type == WEIGHTS:
        return True
    return any(_is_model(part, fitted) for part in data.parts)


def _reads(models: Models) -> Iterator[_Use]:
    for event in models.of(Happens.READ, Happens.LOAD):
        yield from _use(models, event)


def _use(models: Models, event: Event) -> Iterator[_Use]:
    store = store_of(event.path, sql="sql" in event.traits)
    if store:
        yield _Use(store, models.flow.path(event.at), event.at)


def _strangers(project: Project, writer: _Use, reader: _Use) -> bool:
    """Whether two files are parts of different programs that do not know of each other."""
    if writer.path == reader.path or not may_meet(writer.path, reader.path, writer.store):
        return False
    if (
        writer.path.rpartition(".")[0] == reader.path.rpartition(".")[0]
    ):  # a notebook and the script made of it
        return False
    if reader.path in project.closure(writer.path) or writer.path in project.closure(reader.path):
        return False
    return not any(writer.path in program.files for program in project.programs_of(reader.path))


def _is_next_stage(writer: str, reader: str) -> bool:
    """Whether a file stands beside the one whose model it reads, and does not serve it: parts of one piece of work."""
    beside = writer.rpartition("/")[0] == reader.rpartition("/")[0]
    return beside and not SERVES.search(reader.rpartition("/")[2])


def _declared(project: Project, store: str) -> bool:
    """Whether a pipeline, a build file or a documented command names the place."""
    name = store.removeprefix("table ")
    return any(name in companion.text for companion in project.companions)
