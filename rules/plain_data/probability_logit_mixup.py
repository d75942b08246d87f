"""MLD542: a probability where a logit is expected, or the other way round."""

from __future__ import annotations

import math
from collections.abc import Iterator

from mldebt_lint.rule import (
    SCORE_WORDS,
    Bad,
    Debt,
    FileRule,
    Finding,
    Good,
    Kind,
    Mixup,
    Mixups,
    Needs,
    Profile,
    Severity,
    SourceFile,
    cst,
)

WHY = {
    (Kind.LOGIT, Kind.PROBABILITY): "the activation is applied twice",
    (Kind.PROBABILITY, Kind.LOGIT): "it lies outside of [0, 1]",
    (Kind.PROBABILITY, Kind.RAW): "it lies outside of [0, 1]",
    (Kind.PROBABILITY, Kind.LOG_PROBABILITY): "it is never positive",
    (Kind.LOG_PROBABILITY, Kind.PROBABILITY): "the logarithm is missing",
    (Kind.LOG_PROBABILITY, Kind.LOGIT): "the log-softmax is missing",
    (Kind.LOG_PROBABILITY, Kind.RAW): "the log-softmax is missing",
}


class ProbabilityLogitMixup(FileRule):
    """A logit is used as a probability, or a probability as a logit.

    Why it is debt
    Both are plain floats, so nothing fails: a softmax before a cross-entropy flattens the gradients and the model
    merely learns slowly, and a logit that is compared with 0.5 asks for a probability of 0.62. It is the paper's
    plain-old-data-type smell (§5): the number does not know that it is a log-odds or a threshold.

    What to do instead
    Keep one kind of score on each side of an interface: give logits to the losses that expect logits and apply
    sigmoid or softmax once, after the loss, where a probability is wanted. Compare logits with 0.

    Known limits
    Scores are followed through one file. Models from other files, outputs that are branches of both kinds, and
    thresholds that are not literals are silent. What is a logit by its name alone counts when it is compared with
    a literal, and in the strict profile when it is given to a loss.

    References
    Sculley et al. 2015, §5 Common smells, "plain-old-data type smell".
    """

    code = "MLD542"
    name = "probability-logit-mixup"
    debt = Debt.PLAIN_DATA
    severity = Severity.ERROR
    needs = Needs(words=frozenset(SCORE_WORDS))
    effort_minutes = 15
    examples = (
        Bad(
            """
            import torch
            import torch.nn.functional as F
            from torch import nn

            bce = nn.BCEWithLogitsLoss().to("cpu")
            loss = bce(torch.sigmoid(net(x)), y)  # bad
            loss += F.cross_entropy(F.softmax(net(x), dim=1), y)  # bad
            loss += F.nll_loss(net(x).softmax(dim=-1), y)  # bad
            """
        ),
        Bad(
            """
            from torch import nn

            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.layers = nn.Sequential(nn.Linear(8, 3), nn.Softmax(dim=1))
                def forward(self, x):
                    return self.layers(x)

            def train(model, criterion, loader):
                for x, y in loader:
                    criterion(model(x), y).backward()  # bad

            train(Net().cuda(), nn.CrossEntropyLoss(), loader)
            """
        ),
        Bad(
            """
            import flax.linen as nn
            import optax

            class Net(nn.Module):
                @nn.compact
                def __call__(self, x):
                    return nn.softmax(nn.Dense(3)(x))

            def loss(params, x, y):
                return optax.softmax_cross_entropy(Net().apply(params, x), y).mean()  # bad
            """
        ),
        Bad(
            """
            from sklearn.svm import SVC

            model = SVC().fit(x, y)
            chosen = model.decision_function(x_new) > 0.5  # bad
            labels = [score >= 0.5 for score in model.decision_function(x_new)]  # bad
            """
        ),
        Bad(
            files={
                "train.ipynb": """
                # %%
                from tensorflow import keras
                model = keras.Sequential([keras.layers.Dense(8), keras.layers.Dense(3, activation="softmax")])
                # %%
                loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
                model.compile("adam", loss=loss)  # bad
                """
            }
        ),
        Bad(
            """
            from torch import nn

            model = nn.Linear(8, 1)
            criterion = nn.BCEWithLogitsLoss()
            output = model(x).squeeze()
            loss = criterion(output, y)
            accuracy = ((output > 0.5) == y).float().mean()  # bad
            """
        ),
        Good(
            """
            import torch
            from torch import nn

            model = nn.Linear(8, 1)
            logits = model(x)
            loss = nn.BCEWithLogitsLoss()(logits, y)
            chosen = torch.sigmoid(logits) > 0.5
            chosen = logits > 0
            """
        ),
        Good(
            """
            from torch import nn

            class Net(nn.Module):
                def forward(self, x):
                    x = self.body(x)
                    return x if self.training else x.softmax(dim=1)

            loss = nn.CrossEntropyLoss()(Net()(x), y)
            regression = nn.Linear(8, 1)
            near = regression(x) > 0.5
            """
        ),
        Good(
            """
            from tensorflow import keras

            model = keras.Sequential()
            model.add(keras.layers.Dense(3))
            model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
            other = keras.Sequential([keras.layers.Dense(1, activation="sigmoid")])
            other.compile("adam", loss="binary_crossentropy")
            """
        ),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Report each wrong meeting of a score and its consumer once."""
        told: set[tuple[cst.CSTNode, str]] = set()
        for mixup in Mixups(file).all():
            key = (mixup.source, mixup.consumer or file.text(mixup.node))
            if key in told:
                continue
            told.add(key)
            related = () if mixup.source is mixup.node else (file.at(mixup.source, mixup.label),)
            profile = Profile.STRICT if mixup.unsure else None
            yield self.found(file.at(mixup.node), _message(mixup), related, profile=profile)


def _message(mixup: Mixup) -> str:
    if mixup.threshold is None:
        why = WHY[mixup.expects, mixup.gets]
        return f"{mixup.consumer} expects {mixup.expects.value} but gets {mixup.gets.value}: {why}"
    limit = f"{mixup.threshold:g}"
    if mixup.gets is Kind.LOG_PROBABILITY:
        return f"a log-probability is compared with {limit}: it is never above 0"
    as_probability = 1 / (1 + math.exp(-mixup.threshold))
    return f"a logit is compared with {limit}: as a probability that is {as_probability:.2f}, not {limit}"
