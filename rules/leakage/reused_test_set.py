"""MLD815: one test set on which several estimators are compared."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt_lint.rule import (
    Bad,
    Debt,
    FileRule,
    Finding,
    Good,
    Needs,
    Profile,
    Severity,
    SourceFile,
    contests,
    flow,
    is_test_path,
)


class ReusedTestSet(FileRule):
    """Several estimators are scored on one test set, which so decides among them.

    Why it is debt
    Whoever picks the best of several on the test rows reports the luckiest number: after the choice nothing is left
    that the choice has not seen. With every model that is tried the set says less about production (Sculley et al.
    2015, §7 Monitoring and Testing).

    What to do instead
    Compare on a validation set or by cross-validation of the training rows, and score the one that was chosen on the
    test set, once.

    Known limits
    The estimators must be known by type, or stand in a list that a loop goes through. Whether the comparison leads to a
    choice is not asked: it is information. The finding stands at the second estimator's first score.
    """

    code = "MLD815"
    name = "reused-test-set"
    debt = Debt.DATA_LEAKAGE
    severity = Severity.INFO
    profile = Profile.STRICT
    needs = Needs(words=frozenset({".fit(", ".fit_"}), beside=frozenset({"test", "split", "[:"}))
    effort_minutes = 30
    examples = (
        Bad(
            """
            from sklearn.ensemble import RandomForestClassifier
            from sklearn.linear_model import LogisticRegression
            from sklearn.metrics import f1_score
            from sklearn.model_selection import train_test_split

            X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
            line, forest = LogisticRegression(), RandomForestClassifier(random_state=0)
            line.fit(X_train, y_train)
            forest.fit(X_train, y_train)
            print(line.score(X_test, y_test))
            print(f1_score(y_test, forest.predict(X_test)))  # bad
            """
        ),
        Bad(
            files={
                "contest.ipynb": """
                # %%
                from sklearn.linear_model import Lasso, Ridge
                from sklearn.model_selection import train_test_split
                models = {"ridge": Ridge(), "lasso": Lasso()}
                # %%
                X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
                # %%
                for name, model in models.items():
                    model.fit(X_train, y_train)
                    print(name, model.score(X_test, y_test))  # bad
                """
            }
        ),
        Good(
            """
            from sklearn.linear_model import Lasso, Ridge
            from sklearn.model_selection import cross_val_score, train_test_split

            X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
            models = [Ridge(), Lasso()]
            best = max(models, key=lambda model: cross_val_score(model, X_train, y_train).mean())
            print(best.fit(X_train, y_train).score(X_test, y_test))
            """
        ),
        Good(
            """
            from sklearn.linear_model import Lasso, Ridge
            from sklearn.model_selection import train_test_split

            X_train, X_val, y_train, y_val = train_test_split(X, y, random_state=0)
            for model in [Ridge(), Lasso()]:
                model.fit(X_train, y_train)
                print(model.score(X_val, y_val), model.score(X_train, y_train))
            """
        ),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Report each test set once, at the score of the second estimator."""
        if is_test_path(file.path):
            return
        known = file.once(flow)
        told: set[int] = set()
        for contest in contests(file, known):
            places = list(contest.scores.values())
            if told.intersection(places):
                continue
            told.update(places)
            names = [name.rpartition(".")[2] for name in contest.scores]
            shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
            others = [at for at in dict.fromkeys(places) if at != places[1]]
            yield self.found(
                file.at(known.node(places[1])),
                f"one test set decides among {shown}: the best score on it is too good",
                tuple(file.at(known.node(at), "another one is scored on it here") for at in others[:5]),
            )
