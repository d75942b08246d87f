"""Places where a score of one kind meets a consumer that expects another kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.library import Role
from mldebt_lint.analysis.plain_data.heads import Kind, is_class, kind_of
from mldebt_lint.analysis.plain_data.kinds import Score, Scores
from mldebt_lint.analysis.plain_data.losses import Loss, expectation, losses

COMPARES = frozenset({"gt", "ge", "lt", "le", "greater", "greater_equal", "less", "less_equal"})
ORDERS = (cst.GreaterThan, cst.GreaterThanEqual, cst.LessThan, cst.LessThanEqual)
# Without one of these a file neither makes scores nor trains on them.
SCORE_WORDS = (
    *("loss", "softmax", "soft_max", "sigmoid", "logit", "entropy", "bce", "nll", "prob", "expit"),
    *("decision_function", "margin"),
)
ROUNDS = frozenset({"round", "rint"})
RIGHT = frozenset(
    {
        *((kind, kind) for kind in Kind),
        (Kind.LOGIT, Kind.RAW),
        (Kind.LOGIT, Kind.LOG_PROBABILITY),  # the softmax of a log-softmax is the softmax
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class Mixup:
    """One such place: what `consumer` expects, what it gets, and the node that decides the latter.

    `threshold` is the number of a comparison. `unsure` is true where only a name says what the score is, or where
    the number may be a margin that was chosen on purpose.
    """

    node: cst.CSTNode
    consumer: str
    expects: Kind
    gets: Kind
    source: cst.CSTNode
    label: str
    threshold: float | None = None
    unsure: bool = False


class Mixups:
    """Finds the mix-ups of one file."""

    def __init__(self, file: SourceFile) -> None:
        self._file = file
        self._scores = Scores(file)
        self._makes_losses = any(api.role is Role.LOSS for _, api in file.known_calls)

    @cached_property
    def _losses(self) -> list[Loss]:
        return list(losses(self._file, self._scores.instances))

    def all(self) -> Iterator[Mixup]:
        """Yield the mix-ups at losses, in compiled networks, at activations and in comparisons."""
        yield from self._at_losses()
        for call in self._file.calls:
            yield from self._compiled(call)
            yield from self._handed_over(call)
            yield from self._activated(call)
        yield from self._compared()

    # -- losses and activations -------------------------------------------------------------------------

    def _at_losses(self) -> Iterator[Mixup]:
        for loss in self._losses:
            score = self._scores.of(loss.given)
            if score is not None and (loss.expects, score.kind) not in RIGHT:
                yield self._mixup(loss.given, loss.name, loss.expects, score)

    def _compiled(self, call: cst.Call) -> Iterator[Mixup]:
        """`network.compile(loss=…)`."""
        function = call.func
        if not isinstance(function, cst.Attribute) or function.attr.value != "compile":
            return
        loss = self._file.arguments(call, ("optimizer", "loss")).get("loss")
        score = self._scores.output(function.value) if loss is not None else None
        if loss is None or score is None:
            return
        name, expects = self._expected(function.value, loss)
        if expects is not None and (expects, score.kind) not in RIGHT:
            yield Mixup(loss, name, expects, score.kind, score.source, "the last layer")

    def _handed_over(self, call: cst.Call) -> Iterator[Mixup]:
        """`make_trainer(model, optimizer, loss)`: one network and one loss, for somebody else's loop."""
        if not self._makes_losses:
            return
        names = [arg.value for arg in call.args if isinstance(arg.value, cst.Name) and not arg.star]
        if len(names) < 2 or self._scores.origins.returned_by(call):
            return
        given = [(name, loss) for name in names if (loss := self._loss_object(name)) is not None]
        if len(given) != 1:
            return
        outputs = [score for name in names if (score := self._scores.output(name)) is not None]
        if len(outputs) == 1 and (given[0][1][1], outputs[0].kind) not in RIGHT:
            (node, (name, expects)), score = given[0], outputs[0]
            yield Mixup(node, name, expects, score.kind, score.source, "the last layer")

    def _loss_object(self, value: cst.BaseExpression) -> tuple[str, Kind] | None:
        made = self._scores.instances.made(value)
        api = self._file.api(made) if made is not None else None
        if made is None or api is None or api.role is not Role.LOSS or not is_class(api):
            return None
        expects = expectation(self._file, api, made)
        return (api.name.rpartition(".")[2], expects) if expects is not None else None

    def _expected(self, network: cst.BaseExpression, loss: cst.BaseExpression) -> tuple[str, Kind | None]:
        name = self._file.constant(loss)
        if isinstance(name, str):
            library = self._scores.heads.library_of(network)
            api = self._file.library.find(f"{library}.losses.{name}")
            expects = api is not None and "expects-probabilities" in api.traits
            return name, Kind.PROBABILITY if expects else None
        return self._loss_object(loss) or ("", None)

    def _activated(self, call: cst.Call) -> Iterator[Mixup]:
        """`softmax(softmax(x))`, also when the inner one is the end of a network."""
        api = self._file.api(call)
        if (
            api is None
            or api.role is not Role.ACTIVATION
            or is_class(api)
            or kind_of(api) in (None, Kind.LOGIT)
        ):
            return
        of_method = api.name.startswith("*.") or (not call.args or call.args[0].keyword is not None)
        given = call.func.value if of_method and isinstance(call.func, cst.Attribute) else None
        if given is None:
            given = next((arg.value for arg in call.args if not arg.star), None)
        score = self._scores.of(given) if given is not None else None
        if given is not None and score is not None and score.kind is Kind.PROBABILITY:
            yield self._mixup(given, api.name.rpartition(".")[2], Kind.LOGIT, score)

    def _mixup(self, node: cst.CSTNode, consumer: str, expects: Kind, score: Score) -> Mixup:
        label = f"{score.kind.value} from here"
        return Mixup(node, consumer, expects, score.kind, score.source, label, unsure=score.named)

    # -- comparisons ------------------------------------------------------------------------------------

    def _compared(self) -> Iterator[Mixup]:
        logits = self._used_as_logits()
        for value, threshold in self._thresholds():
            score = self._scores.of(value)
            if score is not None and score.kind in (Kind.LOGIT, Kind.LOG_PROBABILITY):
                label = f"{score.kind.value} from here"
                unsure = threshold != 0.5 and self._is_margin(score)
                yield Mixup(value, "", Kind.PROBABILITY, score.kind, score.source, label, threshold, unsure)
            elif _is_open(score) and (loss := logits.get(self._scores.maker(value))) is not None:
                label = f"given to {loss.name}, which expects a logit"
                yield Mixup(value, "", Kind.PROBABILITY, Kind.LOGIT, loss.given, label, threshold)

    def _thresholds(self) -> Iterator[tuple[cst.BaseExpression, float]]:
        """Yield what is compared with a literal between 0 and 1; rounding to whole numbers compares with 0.5."""
        for left, right in self._pairs():
            for value, limit in ((left, right), (right, left)):
                threshold = self._file.constant(limit)
                if isinstance(threshold, float) and 0 < threshold < 1:
                    yield value, threshold
        for call in self._file.calls:
            function = call.func
            if isinstance(function, cst.Attribute) and function.attr.value in ROUNDS and len(call.args) <= 1:
                is_number = call.args and isinstance(self._file.constant(call.args[0].value), int)
                if not is_number and self._is_label(call):
                    yield call.args[0].value if call.args else function.value, 0.5

    def _is_label(self, call: cst.Call) -> bool:
        """A rounded score that is kept or compared is a label; one that is shown is merely short."""
        for ancestor in self._file.index.ancestors(call):
            if isinstance(ancestor, cst.Assign | cst.Comparison):
                return True
            if isinstance(ancestor, cst.FormattedStringExpression | cst.BaseSmallStatement):
                return False
        return False

    def _pairs(self) -> Iterator[tuple[cst.BaseExpression, cst.BaseExpression]]:
        for node in self._file.index.of(cst.Comparison):
            left = node.left
            for target in node.comparisons:
                if isinstance(target.operator, ORDERS):
                    yield left, target.comparator
                left = target.comparator
        for call in self._file.calls:
            if isinstance(call.func, cst.Attribute) and call.func.attr.value in COMPARES and call.args:
                receiver = call.func.value if len(call.args) == 1 else call.args[0].value
                yield receiver, call.args[-1].value

    def _used_as_logits(self) -> dict[str, Loss]:
        """Return the losses that expect logits by the model whose plain output they are given."""
        found: dict[str, Loss] = {}
        for loss in self._losses:
            maker = self._scores.maker(loss.given) if loss.expects is Kind.LOGIT else ""
            if maker and _is_open(self._scores.of(loss.given)):
                found.setdefault(maker, loss)
        return found

    def _is_margin(self, score: Score) -> bool:
        """A margin of a classifier or an outlier detector may be cut wherever its users found it best."""
        api = self._file.api(score.source) if isinstance(score.source, cst.Call) else None
        return api is not None and api.role is Role.PREDICT


def _is_open(score: Score | None) -> bool:
    return score is None or score.kind is Kind.RAW
