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
    Needs,
    Severity,
    SourceFile,
    choice,
    flow,
    held_out,
    is_test_path,
)

WORDS = frozenset({"early_stop", "earlystop", "checkpoint", "use_best_model"})


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
