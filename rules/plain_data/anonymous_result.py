"""MLD543: results whose parts have no names or no types."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mldebt_lint.rule import Bad, Debt, FileRule, Finding, Good, Profile, Severity, SourceFile, cst

JUDGES = frozenset(
    {"predict", "evaluate", "eval", "evaluation", "score", "validate", "validation", "infer", "inference"}
)
PART = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
# Their results are read by a framework, under names that it chose.
HOOK = re.compile(r"(?:step|epoch|batch)(?:_end|_start)?$|^(?:on|configure)_")
MIN_PARTS = 3
MIN_FIGURES = 3
# What a key says its number is; a dictionary that mixes two of these is plain data of several kinds.
KINDS = {
    "loss": ("loss", "losses", "nll", "ce", "perplexity", "ppl"),
    "share": (
        "acc",
        "accuracy",
        "precision",
        "recall",
        "f1",
        "auc",
        "roc",
        "map",
        "iou",
        "dice",
        "mrr",
        "ndcg",
        "hit",
    ),
    "error": ("mse", "rmse", "mae", "mape", "r2", "error"),
    "probability": ("prob", "probability", "confidence", "risk"),
    "time": ("seconds", "secs", "time", "ms", "latency", "duration", "elapsed"),
    "cost": ("cost", "price", "dollars", "usd", "revenue"),
    "bound": ("threshold", "cutoff"),
}
KIND_OF = {word: kind for kind, words in KINDS.items() for word in words}


class AnonymousResult(FileRule):
    """A function that predicts or evaluates returns a bare tuple of three or more, or a dictionary of mixed figures.

    Why it is debt
    The caller has to know that the third number is a share and the fourth are seconds; one more value in the middle
    breaks every caller silently (Sculley et al. 2015, §5 Plain-Old-Data Type Smell).

    What to do instead
    Return a dataclass or a NamedTuple whose fields say what they are.

    Known limits
    Whether a function predicts or evaluates is read from its name. Dictionaries count only when their keys
    name figures of different kinds; those that a framework asks for by name cannot be told apart.
    """

    code = "MLD543"
    name = "anonymous-result"
    debt = Debt.PLAIN_DATA
    severity = Severity.INFO
    profile = Profile.STRICT
    effort_minutes = 20
    examples = (
        Bad(
            """
            def evaluate(model, loader):
                loss, hits, total = run(model, loader)
                return loss / total, hits / total, total  # bad
            """
        ),
        Bad(
            """
            import time
            from sklearn.metrics import log_loss, roc_auc_score

            class Trainer:
                def evaluate(self, y, p):
                    start = time.time()
                    loss, auc = log_loss(y, p), roc_auc_score(y, p)
                    return {"loss": loss, "auc": auc, "seconds": time.time() - start}  # bad
            """
        ),
        Bad("def predictWithInterval(model, x):\n    m, s = model(x)\n    return m, m - s, m + s  # bad\n"),
        Good(
            """
            from typing import NamedTuple

            class Result(NamedTuple):
                loss: float
                accuracy: float
                rows: int

            def evaluate(model, loader) -> Result:
                return Result(*run(model, loader))
            """
        ),
        Good("def load_splits(path):\n    train, val, test = read(path)\n    return train, val, test\n"),
        Good("def predict(model, x):\n    scores = model(x)\n    return scores, scores.argmax(-1)\n"),
        Good('def evaluate(y, p):\n    return {"auc": auc(y, p), "f1": f1(y, p), "recall": recall(y, p)}\n'),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Report each such function once, at its first such `return`."""
        reported: set[int] = set()
        for statement in file.index.of(cst.Return):
            message = self._judge(statement.value)
            function = file.index.function(statement) if message else None
            if function is None or id(function) in reported:
                continue
            words = {part.lower() for part in PART.findall(function.name.value)}
            is_hook = HOOK.search(function.name.value) and file.index.enclosing(function, cst.ClassDef)
            if words & JUDGES and not is_hook:
                reported.add(id(function))
                yield self.found(file.at(statement), f"{function.name.value}() returns {message}")

    def _judge(self, value: cst.BaseExpression | None) -> str:
        if isinstance(value, cst.Tuple):
            plain = [element for element in value.elements if isinstance(element, cst.Element)]
            if len(plain) == len(value.elements) >= MIN_PARTS:
                return f"{len(plain)} values without names: callers must count them"
        if isinstance(value, cst.Dict) and len(value.elements) >= MIN_FIGURES:
            kinds = sorted({KIND_OF[word] for word in self._key_words(value) if word in KIND_OF})
            if len(kinds) > 1:
                return f"a dictionary of plain floats of {len(kinds)} kinds ({', '.join(kinds)})"
        return ""

    def _key_words(self, value: cst.Dict) -> Iterator[str]:
        for element in value.elements:
            if isinstance(element, cst.DictElement) and isinstance(element.key, cst.SimpleString):
                yield from (part.lower() for part in PART.findall(element.key.raw_value))
