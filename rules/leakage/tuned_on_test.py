"""MLD707: what is chosen by the test rows is reported on the test rows."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt_lint.rule import (
    Bad,
    Debt,
    Event,
    FileRule,
    Finding,
    Flow,
    Good,
    Happens,
    Kept,
    Needs,
    Severity,
    SourceFile,
    choice,
    flow,
    held_out,
    is_test_path,
)

WORDS = frozenset({"early_stop", "earlystop", "checkpoint", "use_best_model", "best", "max_", "min_"})


class TunedOnTest(FileRule):
    """When to stop, or which state is kept, is chosen by the rows that are reported as the test set.

    Why it is debt
    The number that is reported is the best of many on these rows, no longer an estimate for rows that nobody has seen:
    the test set has become part of the training. A monitor that compares live scores with it will cry wolf from the
    first day (Sculley et al. 2015, §7 Monitoring and Testing).

    What to do instead
    Split off a validation set from the training rows for the choice, and touch the test rows once, at the end.

    Known limits
    Fit, split and report must stand in one file. Held-out rows that a fit only watches are no choice. A test side that
    is called validation by its name is taken for one.
    """

    code = "MLD707"
    name = "tuned-on-test"
    debt = Debt.DATA_LEAKAGE
    severity = Severity.WARNING
    needs = Needs(words=WORDS)
    effort_minutes = 20
    examples = (
        Bad(
            """
            import xgboost as xgb
            from sklearn.metrics import roc_auc_score
            from sklearn.model_selection import train_test_split

            X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
            model = xgb.XGBClassifier(n_estimators=1000)
            model.fit(X_train, y_train, eval_set=[(X_test, y_test)], early_stopping_rounds=20)  # bad
            print(roc_auc_score(y_test, model.predict_proba(X_test)[:, 1]))
            """
        ),
        Bad(
            """
            import lightgbm as lgb
            from sklearn.metrics import mean_squared_error
            from sklearn.model_selection import train_test_split

            def train(frame, target):
                train, test, y_train, y_test = train_test_split(frame, target, random_state=0)
                watched = lgb.Dataset(test, y_test)
                stop = [lgb.early_stopping(50)]
                booster = lgb.train({}, lgb.Dataset(train, y_train), valid_sets=[watched], callbacks=stop)  # bad
                return mean_squared_error(y_test, booster.predict(test))
            """
        ),
        Bad(
            files={
                "digits.ipynb": """
                # %%
                from tensorflow import keras
                (x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
                # %%
                model = keras.Sequential([keras.layers.Dense(10)])
                best = keras.callbacks.ModelCheckpoint("best.keras", save_best_only=True)
                # %%
                model.fit(x_train, y_train, validation_data=(x_test, y_test), callbacks=[best])  # bad
                # %%
                model.evaluate(x_test, y_test)
                """
            }
        ),
        Bad(
            """
            import torch

            def train(model, train_loader, test_loader):
                best_acc = 0.0
                for epoch in range(90):
                    fit_one_epoch(model, train_loader)
                    acc = evaluate(model, test_loader)
                    if acc > best_acc:  # bad
                        best_acc = acc
                        torch.save(model.state_dict(), "best.pt")
                print(f"test accuracy: {best_acc:.3f}")
            """
        ),
        Bad(
            """
            from sklearn.linear_model import LogisticRegression
            from sklearn.metrics import f1_score
            from sklearn.model_selection import train_test_split

            X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
            scores = LogisticRegression().fit(X_train, y_train).predict_proba(X_test)[:, 1]
            best, cut = 0.0, 0.5
            for limit in [0.2, 0.3, 0.4, 0.5]:
                f1 = f1_score(y_test, scores > limit)
                if f1 > best:  # bad
                    best, cut = f1, limit
            print(f1_score(y_test, scores > cut))
            """
        ),
        Good(
            """
            import torch

            def train(model, train_loader, val_loader, test_loader):
                best_acc = 0.0
                for epoch in range(90):
                    acc = evaluate(model, val_loader)
                    test_acc = evaluate(model, test_loader)
                    if acc > best_acc:
                        best_acc = acc
                        torch.save(model.state_dict(), "best.pt")
                print(best_acc, test_acc)
            """
        ),
        Good(
            """
            import xgboost as xgb
            from sklearn.metrics import roc_auc_score
            from sklearn.model_selection import train_test_split

            X_rest, X_test, y_rest, y_test = train_test_split(X, y, random_state=0)
            X_train, X_val, y_train, y_val = train_test_split(X_rest, y_rest, random_state=0)
            model = xgb.XGBClassifier(early_stopping_rounds=20)
            model.fit(X_train, y_train, eval_set=[(X_val, y_val)])
            print(roc_auc_score(y_val, model.predict(X_val)), roc_auc_score(y_test, model.predict(X_test)))
            """
        ),
        Good(
            """
            from tensorflow import keras

            (x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
            model = keras.Sequential([keras.layers.Dense(10)])
            log = keras.callbacks.CSVLogger("log.csv")
            model.fit(x_train, y_train, validation_data=(x_test, y_test), callbacks=[log])
            model.evaluate(x_test, y_test)
            stop = keras.callbacks.EarlyStopping(monitor="val_loss")
            model.fit(x_train, y_train, validation_split=0.1, callbacks=[stop])
            """
        ),
        Good(
            """
            import lightgbm as lgb
            from sklearn.model_selection import train_test_split

            train, test, y_train, y_test = train_test_split(X, y, random_state=0)
            watched = lgb.Dataset(test, y_test)
            booster = lgb.train({}, lgb.Dataset(train, y_train), valid_sets=[watched], early_stopping_rounds=None)
            lgb.train({}, lgb.Dataset(train, y_train), valid_sets=[watched], callbacks=[lgb.early_stopping(9)])
            print(booster.num_trees())
            """
        ),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Look for a report on the same rows after each fit that chooses by test rows."""
        if is_test_path(file.path):
            return
        known = file.once(flow)
        for branch, report in Kept(file, known).all():
            yield self.found(
                file.at(branch),
                "the best is kept by its score on the test rows, and that is reported: it is too good",
                (file.at(report, "the score on the same rows"),),
            )
        told: set[int] = set()
        for number, event in enumerate(known.events):
            rows = held_out(event) if event.kind is Happens.FIT and event.at not in told else frozenset()
            what = choice(file, known, event) if rows else None
            report = _report(known, number, event, rows) if what is not None else None
            if report is not None:
                told.add(event.at)
                yield self.found(
                    file.at(known.node(event.at)),
                    f"{what} is chosen by the test rows, and the score on them is reported: it is too good",
                    (file.at(known.node(report.at), "the score on the same rows"),),
                )


def _report(known: Flow, begin: int, fit: Event, rows: frozenset[object]) -> Event | None:
    """The first score on the same rows of what was fitted, after the fit."""
    model = fit.value("model").site
    for event in known.events[begin + 1 :]:
        if event.kind is not Happens.METRIC:
            continue
        by_model = event.value("model").site == model and bool(rows & event.value("X").rows)
        for value in event.values.values():
            said = any(mark.model == model for mark in value.predictions)
            if by_model or (said and rows & value.rows):
                return event
    return None
