"""MLD831: one artefact path that several trainings write."""

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
    Rewritten,
    Severity,
    SourceFile,
    flow_facts,
    may_meet,
    rewritten,
    store_of,
)


class ClobberedArtifact(ProjectRule):
    """Two training programs, or the rounds of one over folds or seeds, write the same artefact.

    Why it is debt
    Whichever ran last wins. The file says nothing of which data, fold or program it came from, results cannot be traced
    to it, and a comparison of the models compares one of them with itself: §6 and §8 of the paper ask that a result can
    be reproduced from what is kept.

    What to do instead
    Put what tells the runs apart into the path: the program's name, the fold, the seed, the run's id.

    Known limits
    Literal paths only, folded within one file. Silent where a condition chooses among the rounds (the best one is kept),
    and for checkpoints of epochs. Two files that do the same by and large, as a notebook and the script made of it, are
    versions of one program.

    References
    Sculley et al. 2015, §6 Configuration Debt, §8 Reproducibility Debt.
    """

    code = "MLD831"
    name = "clobbered-artifact"
    debt = Debt.REPRODUCIBILITY
    severity = Severity.WARNING
    basis = "flow"
    needs = Needs(words=FLOW_WORDS)
    effort_minutes = 15
    examples = (
        Bad("""
            import joblib
            from sklearn.linear_model import LogisticRegression
            from sklearn.model_selection import KFold

            for fold, (train, test) in enumerate(KFold(5).split(X)):
                model = LogisticRegression().fit(X[train], y[train])
                joblib.dump(model, "models/click.joblib")  # bad
        """),
        Bad(
            files={
                "train_linear.py": """
                    import joblib
                    from sklearn.linear_model import Ridge

                    if __name__ == "__main__":
                        joblib.dump(Ridge().fit(X, y), "models/price.joblib")
                    """,
                "train_trees.py": """
                    import joblib
                    from sklearn.ensemble import RandomForestRegressor

                    if __name__ == "__main__":
                        joblib.dump(RandomForestRegressor().fit(X, y), "models/price.joblib")  # bad
                    """,
            }
        ),
        Good("""
            import joblib
            from sklearn.linear_model import LogisticRegression
            from sklearn.model_selection import KFold

            best = 0
            for fold, (train, test) in enumerate(KFold(5).split(X)):
                model = LogisticRegression().fit(X[train], y[train])
                joblib.dump(model, f"models/click-{fold}.joblib")
                if model.score(X[test], y[test]) > best:
                    best = model.score(X[test], y[test])
                    joblib.dump(model, "models/best.joblib")
        """),
        Good("""
            import torch

            for epoch in range(10):
                train(model)
                torch.save(model.state_dict(), "checkpoints/last.pt")
        """),
    )

    def collect(self, file: SourceFile) -> Iterator[Fact]:
        """Collect what happens to values, and artefacts that are written in loops."""
        yield from file.once(flow_facts)
        yield from rewritten(file)

    def check(self, project: Project) -> Iterator[Finding]:
        """Report paths that rounds or programs write over each other."""
        for item in project.facts(Rewritten):
            message = f"{item.store} is written by every round of this loop: only the last one is kept"
            yield self.found(item.where, message, (item.loop,))
        yield from self._of_programs(project)

    def _of_programs(self, project: Project) -> Iterator[Finding]:
        models = project.once(Models)
        writers: defaultdict[str, list[Event]] = defaultdict(list)
        fitted = {event.value("model").site for event in models.of(Happens.FIT)} - {-1}
        for event in models.of(Happens.SAVE):
            store = store_of(event.path)
            if store and event.value("data").site in fitted:
                writers[store].append(event)
        for store, events in writers.items():
            first, *others = sorted(events, key=lambda event: event.at)
            told = {models.flow.path(first.at)}
            for event in others:
                path = models.flow.path(event.at)
                begun = models.flow.path(first.at)
                if path in told or not _are_apart(project, begun, path, store):
                    continue
                if not models.are_versions(begun, path):
                    told.add(path)
                    yield from self._report(models, store, first, event)

    def _report(self, models: Models, store: str, first: Event, event: Event) -> Iterator[Finding]:
        where, other = models.flow.where(event.at), models.flow.where(first.at, "written here, too")
        if where is not None and other is not None:
            message = (
                f"{store} is also written by {other.path}: whichever program runs last decides what it is"
            )
            yield self.found(where, message, (other,))


def _are_apart(project: Project, one: str, other: str, store: str) -> bool:
    """Whether two files are of different programs that run in the same place."""
    if one.rpartition(".")[0] == other.rpartition(".")[0] or not may_meet(one, other, store):
        return False
    return not any(
        one in program.files for program in project.programs_of(other)
    ) and other not in project.closure(one)
