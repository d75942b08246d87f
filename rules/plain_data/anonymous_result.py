"""MLD543: predictions and evaluations that are handed back without names or types."""

from __future__ import annotations

import re
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
    cst,
)

WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
JUDGES = frozenset(
    {
        *(
            "predict",
            "predicts",
            "prediction",
            "predictions",
            "evaluate",
            "evaluation",
            "eval",
            "infer",
            "inference",
        ),
        *("classify", "validate", "validation", "forecast"),
    }
)
# What an evaluation is called where nothing else is: other tests are unit tests.
TRIALS = frozenset({"test", "test_model", "test_epoch", "val", "val_epoch"})
PLAIN_TYPES = frozenset({"dict", "Dict", "tuple", "Tuple", "Mapping", "MutableMapping", "Any", "object"})
# Hooks of frameworks, whose form of result is not the author's choice.
HOOKS = frozenset({"step", "end", "fn", "hook", "callback"})
# `create_masked_predictions`, `load_evaluation`: what prepares data for a prediction makes none.
PREPARES = frozenset(
    {"create", "make", "build", "prepare", "mask", "load", "read", "parse", "collate", "split"}
)
# `prediction_path`, `evaluation_args`: what belongs to predictions is none.
THINGS = frozenset({"path", "paths", "dir", "file", "files", "args", "config", "cfg", "options", "params"})
VERBS = JUDGES - {"prediction", "predictions", "evaluation", "eval", "inference", "validation"}
ROUTES = frozenset({"route", "get", "post", "put", "api_route", "websocket"})
MEASURES = {
    **dict.fromkeys(("acc", "accuracy", "accuracies"), "accuracy"),
    **dict.fromkeys(("prob", "probs", "proba", "probability", "confidence"), "probability"),
    **dict.fromkeys(("ppl", "perplexity"), "perplexity"),
    **{
        word: word
        for word in (
            *(
                "precision",
                "recall",
                "f1",
                "auc",
                "auroc",
                "ap",
                "map",
                "loss",
                "mse",
                "rmse",
                "mae",
                "mape",
                "r2",
            ),
            *(
                "score",
                "threshold",
                "logit",
                "latency",
                "seconds",
                "bleu",
                "rouge",
                "iou",
                "dice",
                "error",
                "ndcg",
            ),
            *(
                "mrr",
                "psnr",
                "ssim",
                "wer",
                "cer",
                "sensitivity",
                "specificity",
                "kappa",
                "brier",
                "nll",
                "elapsed",
            ),
        )
    },
}
MIN_ELEMENTS = 3


class AnonymousResult(FileRule):
    """A function that predicts or evaluates returns a bare tuple of three or more, or a dict of mixed floats.

    Why it is debt
    "A prediction should know various pieces of information about the model that produced it and how it should be
    consumed" (§5, "plain-old-data type smell"). Every caller of `loss, acc, auc = evaluate(…)` repeats an order
    that stands nowhere; adding a fourth number breaks them all, and swapping two breaks none.

    What to do instead
    Return a `NamedTuple` or a frozen dataclass with a field for each number, and let it carry what makes the
    number readable: the model's version, the threshold, the unit.

    Known limits
    Functions are told by the words of their names. Hooks of frameworks (`validation_step`), web endpoints and
    dicts that are built up key by key are silent.

    References
    Sculley et al. 2015, §5 Common smells, "plain-old-data type smell".
    """

    code = "MLD543"
    name = "anonymous-result"
    debt = Debt.PLAIN_DATA
    severity = Severity.INFO
    needs = Needs(words=frozenset({"return"}))
    profile = Profile.STRICT
    effort_minutes = 20
    examples = (
        Bad(
            "def evaluate(model, x, y):\n    loss, acc, auc = model.test(x, y)\n    return loss, acc, auc  # bad\n"
        ),
        Bad(
            """
            class Service:
                async def predict_churn(self, row):
                    result = {"probability": self.p(row), "threshold": 0.4, "latency": self.ms}  # bad
                    return result
            """
        ),
        Bad(
            files={
                "report.ipynb": """
                # %%
                def eval_fold(model, x):
                    if not len(x):
                        return None
                    return dict(rmse=model.rmse(x), mae=model.mae(x))  # bad
                """
            }
        ),
        Bad(
            """
            def predict(model, x):
                p = model(x)
                return {"top": float(p.max()), "spread": p.std().item()}  # bad
            """
        ),
        Good(
            """
            def prediction_paths(config):
                return config.images, config.labels, config.out
            """
        ),
        Good(
            """
            def create_masked_predictions(tokens, rng):
                positions = sorted(rng.sample(range(len(tokens)), 3))
                labels = [tokens[position] for position in positions]
                score = len(labels) / len(tokens)
                return tokens, labels, score
            """
        ),
        Good(
            """
            from typing import NamedTuple

            class Evaluation(NamedTuple):
                loss: float
                accuracy: float
                auc: float

            def evaluate(model, x):
                return Evaluation(*model.test(x))

            def predict(model, x):
                return model(x), model.version
            """
        ),
        Good(
            """
            def split(x):
                return x[:10], x[10:20], x[20:]

            def validation_step(self, batch):
                return {"loss": self.loss(batch), "accuracy": self.accuracy(batch)}

            def predict(model, x):
                return {"label": model(x), "model": model.name}
            """
        ),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Report the first such result of each function."""
        told: set[cst.FunctionDef] = set()
        for node in file.index.of(cst.Return):
            function = file.index.function(node)
            if node.value is None or function is None or function in told or not _judges(function):
                continue
            value = file.definition(node.value)
            message = _message(function.name.value, value) if value is not None else None
            if value is not None and message is not None:
                told.add(function)
                yield self.found(file.at(value), message, (file.at(function.name, "returned from here"),))


def _judges(function: cst.FunctionDef) -> bool:
    words = {word.lower() for word in WORD.findall(function.name.value)}
    if (
        words & (HOOKS | PREPARES)
        or (words & THINGS and not words & VERBS)
        or not (words & JUDGES or function.name.value in TRIALS)
        or _is_typed(function)
    ):
        return False
    called = [d.decorator.func for d in function.decorators if isinstance(d.decorator, cst.Call)]
    return not any(isinstance(f, cst.Attribute) and f.attr.value in ROUTES for f in called)


def _is_typed(function: cst.FunctionDef) -> bool:
    """Whether the function says that it returns a type of its own."""
    note = function.returns.annotation if function.returns is not None else None
    return isinstance(note, cst.Name) and note.value not in PLAIN_TYPES


def _message(function: str, value: cst.CSTNode) -> str | None:
    if isinstance(value, cst.Tuple):
        count = len(value.elements)
        if count < MIN_ELEMENTS or any(isinstance(e, cst.StarredElement) for e in value.elements):
            return None
        return f"{function} returns a bare tuple of {count}: every caller has to know the order"
    pairs = _pairs(value)
    measures = {MEASURES[word] for key in pairs for word in _words(key) if word in MEASURES}
    measures |= {key for key, given in pairs.items() if _is_float(given) and not measures & {*_words(key)}}
    if len(measures) < 2:
        return None
    return (
        f"{function} returns a dict of mixed numbers ({', '.join([*pairs][:4])}): no type says what they are"
    )


def _pairs(value: cst.CSTNode) -> dict[str, cst.BaseExpression]:
    if isinstance(value, cst.Dict):
        pairs = [e for e in value.elements if isinstance(e, cst.DictElement)]
        return {e.key.raw_value: e.value for e in pairs if isinstance(e.key, cst.SimpleString)}
    if isinstance(value, cst.Call) and isinstance(value.func, cst.Name) and value.func.value == "dict":
        return {arg.keyword.value: arg.value for arg in value.args if arg.keyword is not None}
    return {}


def _is_float(value: cst.BaseExpression) -> bool:
    """`float(loss)`, `loss.item()`."""
    if not isinstance(value, cst.Call):
        return False
    name = value.func.attr if isinstance(value.func, cst.Attribute) else value.func
    return isinstance(name, cst.Name) and name.value == ("item" if name is not value.func else "float")


def _words(key: str) -> list[str]:
    return re.findall(r"[a-z]+\d*", re.sub(r"([a-z])([A-Z])", r"\1_\2", key).lower())
