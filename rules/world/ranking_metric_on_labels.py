"""MLD706: a metric that ranks or weighs scores is given hard labels."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt_lint.rule import (
    NOTHING,
    Bad,
    Debt,
    Event,
    FileRule,
    Finding,
    Flow,
    Good,
    Happens,
    Needs,
    Predicted,
    Profile,
    Role,
    Score,
    Severity,
    SourceFile,
    cst,
    flow,
    kind_of,
)

# What a metric takes beside the prediction.
BESIDE = frozenset({"y_true", "target", "sample_weight", "labels"})
# A scorer that is told one of these asks the model for scores.
ASKS = ("needs_proba", "needs_threshold", "response_method")

MEASURES = (Role.METRIC, Role.PLOT)


class RankingMetricOnLabels(FileRule):
    """A metric of scores (ROC-AUC, precision-recall, log-loss) is given the labels that a classifier chose.

    Why it is debt
    Labels are scores of two values: the curve has a single corner, the area says what the accuracy at one threshold
    says, and the log-loss is infinite but for clipping. The number looks like an AUC and is compared with others
    that are (§7: a system is watched by its numbers).

    What to do instead
    Pass what ranks: `predict_proba(X)[:, 1]` or `decision_function(X)`; to `make_scorer` say
    `response_method="predict_proba"`.

    Known limits
    The classifier must be known in this file. What the native boosters' and Keras' `predict` return are
    probabilities, and silent. The strict profile shows what is asked of scores and labels of one model side by side.

    References
    Sculley et al. 2015, §7.
    """

    code = "MLD706"
    name = "ranking-metric-on-labels"
    debt = Debt.MONITORING
    severity = Severity.ERROR
    needs = Needs(roles=frozenset({Role.METRIC}), words=frozenset({"from_predictions"}))
    effort_minutes = 5
    examples = (
        Bad(
            """
            from sklearn.linear_model import LogisticRegression
            from sklearn.metrics import roc_auc_score, roc_curve

            model = LogisticRegression().fit(X_train, y_train)
            y_pred = model.predict(X_test)
            print(roc_auc_score(y_test, y_pred))  # bad
            fpr, tpr, _ = roc_curve(y_test, model.predict(X_test))  # bad
            """
        ),
        Bad(
            """
            import numpy as np
            from sklearn import metrics
            from tensorflow import keras

            net = keras.Sequential([keras.layers.Dense(1, activation="sigmoid")])
            said = net.predict(x_test)
            print(metrics.average_precision_score(y_test, (said > 0.5).astype(int)))  # bad
            print(metrics.roc_auc_score(y_test, np.round(said)))  # bad
            """
        ),
        Bad(
            """
            from sklearn.metrics import log_loss
            from sklearn.model_selection import GridSearchCV
            from sklearn.pipeline import make_pipeline
            from sklearn.preprocessing import StandardScaler
            from xgboost import XGBClassifier

            class Evaluation:
                def __init__(self):
                    self.search = GridSearchCV(make_pipeline(StandardScaler(), XGBClassifier()), {})

                def loss(self, X, y):
                    return log_loss(y_true=y, y_pred=self.search.predict(X))  # bad
            """
        ),
        Bad(
            files={
                "compare.ipynb": """
                # %%
                from sklearn.ensemble import RandomForestClassifier
                from sklearn.metrics import make_scorer, roc_auc_score
                from sklearn.svm import SVC
                def auc(model, X, y):
                    return roc_auc_score(y, model.predict(X))  # bad
                # %%
                for name, model in {"forest": RandomForestClassifier(), "svm": SVC()}.items():
                    model.fit(X_train, y_train)
                    print(name, auc(model, X_test, y_test))
                # %%
                scorer = make_scorer(roc_auc_score)  # bad
                """
            }
        ),
        Good(
            """
            import lightgbm as lgb
            import xgboost as xgb
            from sklearn.metrics import log_loss, roc_auc_score

            booster = xgb.train({"objective": "binary:logistic"}, xgb.DMatrix(X, y))
            print(roc_auc_score(y, booster.predict(xgb.DMatrix(X))))
            booster = lgb.train({"objective": "binary"}, lgb.Dataset(X, y))
            print(log_loss(y, booster.predict(X)))
            """
        ),
        Good(
            """
            from sklearn.linear_model import LinearRegression, LogisticRegression
            from sklearn.metrics import accuracy_score, f1_score, make_scorer, roc_auc_score
            from sklearn.model_selection import cross_val_predict

            model = LogisticRegression().fit(X, y)
            print(roc_auc_score(y, model.predict_proba(X)[:, 1]), accuracy_score(y, model.predict(X)))
            print(roc_auc_score(y, LinearRegression().fit(X, y).predict(X)))
            print(roc_auc_score(y, cross_val_predict(model, X, y, method="decision_function")))
            scorers = make_scorer(roc_auc_score, needs_proba=True), make_scorer(f1_score)
            """
        ),
        Good(
            """
            from sklearn.metrics import roc_auc_score
            from tensorflow.keras.models import load_model

            model = load_model("net.h5")
            print(roc_auc_score(y_test, model.predict(x_test)))
            print(roc_auc_score(y_test, unknown.predict(x_test)))
            """
        ),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Report each metric once, and each scorer that never asks for scores."""
        metrics = [(call, api) for call, api in file.known_calls if api.role in MEASURES]
        for call, api in metrics:
            if "scorer" in api.traits:
                yield from self._scorer(file, call)
        if any("needs-scores" in api.traits for _, api in metrics):
            yield from self._metrics(file)

    def _metrics(self, file: SourceFile) -> Iterator[Finding]:
        known = file.once(flow)
        models = {(event.at, event.via): event.value("model") for event in known.of(Happens.PREDICT)}
        soft = {_question(file, known, event) for event in known.of(Happens.METRIC) if _is_soft(event)}
        told: set[int] = set()
        for event in known.of(Happens.METRIC):
            said = _score(event)
            if said is None or event.at in told:
                continue
            kind = said.score
            if kind is Score.UNKNOWN:
                kind = kind_of(file.library, models.get((said.at, event.via), NOTHING))
            if kind is Score.LABEL:
                told.add(event.at)
                profile = Profile.STRICT if _question(file, known, event) in soft else None
                what = f"`{event.name.rpartition('.')[2]}` needs scores but gets hard labels"
                related = (file.at(known.node(said.at), "the labels are predicted here"),)
                yield self.found(
                    file.at(known.node(event.at)),
                    f"{what}: it sees one threshold only",
                    related,
                    profile=profile,
                )

    def _scorer(self, file: SourceFile, call: cst.Call) -> Iterator[Finding]:
        arguments = file.arguments(call)
        metric = arguments.get("score_func")
        name = file.qualified(metric) if metric is not None else None
        api = file.library.find(name) if name else None
        if api is not None and "needs-scores" in api.traits and arguments.lacks(*ASKS):
            what = f"a scorer of `{api.name.rpartition('.')[2]}` calls `predict` and gives it hard labels"
            yield self.found(file.at(call), f"{what}: say which scores it needs")


def _is_soft(event: Event) -> bool:
    said = _score(event)
    return said is not None and said.score in (Score.PROBABILITY, Score.LOGIT)


def _question(file: SourceFile, known: Flow, event: Event) -> tuple[str, str, int]:
    """What is measured of which model: whoever asks it of scores and of labels shows the difference."""
    api, call = file.library.find(event.name), known.node(event.at)
    arguments = file.arguments(call, api.params) if api is not None and isinstance(call, cst.Call) else None
    truth = arguments.get(api.params[0]) if api is not None and arguments is not None else None
    said = _score(event)
    return event.name, file.text(truth) if truth is not None else "", said.model if said is not None else -1


def _score(event: Event) -> Predicted | None:
    """Return the prediction that a metric of scores is given."""
    if "needs-scores" not in event.traits:
        return None
    said = [value.score for name, value in event.values.items() if name not in BESIDE]
    return next((score for score in said if score is not None), None)
