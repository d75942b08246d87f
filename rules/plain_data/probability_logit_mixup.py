"""MLD542: a probability where a logit is expected, or the other way round."""

from __future__ import annotations

import math
from collections.abc import Iterator

from mldebt_lint.rule import (
    Bad,
    Debt,
    FileRule,
    Finding,
    Good,
    Kind,
    Loss,
    Profile,
    Role,
    Score,
    Scores,
    Severity,
    SourceFile,
    cst,
    expectation,
    losses,
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
COMPARES = frozenset({"gt", "ge", "lt", "le", "greater", "greater_equal", "less", "less_equal"})


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
            from sklearn.svm import SVC

            model = SVC().fit(x, y)
            chosen = model.decision_function(x_new) > 0.5  # bad
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
        """Look at losses, at comparisons, at compiled networks and at activations of activations."""
        scores = Scores(file)
        all_losses = list(losses(file, scores.instances))
        yield from self._losses(file, scores, all_losses)
        yield from self._compiled(file, scores)
        yield from self._comparisons(file, scores, _used_as_logits(scores, all_losses))

    # -- losses -----------------------------------------------------------------------------------------

    def _losses(self, file: SourceFile, scores: Scores, all_losses: list[Loss]) -> Iterator[Finding]:
        told: set[tuple[cst.CSTNode, str]] = set()
        for loss in all_losses:
            score = scores.of(loss.given)
            why = WHY.get((loss.expects, score.kind)) if score is not None else None
            if score is None or why is None or (score.source, loss.name) in told:
                continue
            told.add((score.source, loss.name))
            related = () if score.source is loss.given else (file.at(score.source, f"{score.kind.value} from here"),)
            message = f"{loss.name} expects {loss.expects.value} but gets {score.kind.value}: {why}"
            profile = Profile.STRICT if score.named else None
            yield self.found(file.at(loss.given), message, related, profile=profile)

    def _compiled(self, file: SourceFile, scores: Scores) -> Iterator[Finding]:
        for call in file.calls:
            function = call.func
            if not isinstance(function, cst.Attribute) or function.attr.value != "compile":
                continue
            network = scores.heads.is_network(function.value)
            head = scores.heads.head(function.value) if network is not None else None
            loss = file.arguments(call, ("optimizer", "loss")).get("loss")
            if network is None or head is None or loss is None:
                continue
            name, expects = _expected(file, scores, network.name, loss)
            why = WHY.get((expects, head.kind)) if expects is not None else None
            if expects is not None and why is not None:
                message = f"{name} expects {expects.value} but the last layer gives {head.kind.value}: {why}"
                yield self.found(file.at(loss), message, (file.at(head.node, "the last layer"),))

    # -- comparisons ------------------------------------------------------------------------------------

    def _comparisons(
        self, file: SourceFile, scores: Scores, logits: dict[str, Loss]
    ) -> Iterator[Finding]:
        for left, right in _compared(file):
            for value, limit in ((left, right), (right, left)):
                threshold = file.constant(limit)
                if not isinstance(threshold, float) or not 0 < threshold < 1:
                    continue
                score = scores.of(value)
                if score is not None and score.kind in (Kind.LOGIT, Kind.LOG_PROBABILITY):
                    related = () if score.named else (file.at(score.source, f"{score.kind.value} from here"),)
                    unsure = threshold != 0.5 and _is_margin(file, score)
                    profile = Profile.STRICT if unsure else None
                    yield self.found(file.at(value), _compares(score.kind, threshold), related, profile=profile)
                elif (loss := logits.get(scores.maker(value))) is not None and _is_open(score):
                    related = (file.at(loss.given, f"given to {loss.name}, which expects a logit"),)
                    yield self.found(file.at(value), _compares(Kind.LOGIT, threshold), related)


def _compares(kind: Kind, threshold: float) -> str:
    if kind is Kind.LOG_PROBABILITY:
        return f"a log-probability is compared with {threshold:g}: it is never above 0"
    as_probability = 1 / (1 + math.exp(-threshold))
    return f"a logit is compared with {threshold:g}: as a probability that is {as_probability:.2f}, not {threshold:g}"


def _is_open(score: Score | None) -> bool:
    return score is None or score.kind is Kind.RAW


def _is_margin(file: SourceFile, score: Score) -> bool:
    """A margin of a classifier or an outlier detector may be cut wherever its users found it best."""
    api = file.api(score.source) if isinstance(score.source, cst.Call) else None
    return api is not None and api.role is Role.PREDICT


def _compared(file: SourceFile) -> Iterator[tuple[cst.BaseExpression, cst.BaseExpression]]:
    for node in file.index.of(cst.Comparison):
        left = node.left
        for target in node.comparisons:
            if isinstance(
                target.operator, cst.GreaterThan | cst.GreaterThanEqual | cst.LessThan | cst.LessThanEqual
            ):
                yield left, target.comparator
            left = target.comparator
    for call in file.calls:
        if isinstance(call.func, cst.Attribute) and call.func.attr.value in COMPARES and call.args:
            receiver = call.func.value if len(call.args) == 1 else call.args[0].value
            yield receiver, call.args[-1].value


def _used_as_logits(scores: Scores, all_losses: list[Loss]) -> dict[str, Loss]:
    """Return what is given to losses that expect logits: by the name of the value or of its model."""
    found: dict[str, Loss] = {}
    for loss in all_losses:
        key = scores.maker(loss.given) if loss.expects is Kind.LOGIT else ""
        if key and _is_open(scores.of(loss.given)):
            found.setdefault(key, loss)
    return found


def _expected(
    file: SourceFile, scores: Scores, network: str, loss: cst.BaseExpression
) -> tuple[str, Kind | None]:
    name = file.constant(loss)
    if isinstance(name, str):
        api = file.library.find(f"{network.partition('.')[0]}.losses.{name}")
        expects = Kind.PROBABILITY if api is not None and "expects-probabilities" in api.traits else None
        return name, expects
    made = scores.instances.made(loss)
    api = file.api(made) if made is not None else None
    if made is None or api is None or api.role is not Role.LOSS:
        return "", None
    return api.name.rpartition(".")[2], expectation(file, api, made)
