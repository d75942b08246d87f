"""MLD541: bare floats for quantities that must not be mixed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from mldebt_lint.rule import (
    ANY_TEXT,
    UNITS,
    Bad,
    Confidence,
    Debt,
    FileRule,
    Finding,
    Good,
    Profile,
    Quantity,
    RawFloat,
    Severity,
    SourceFile,
    cst,
    quantity_of,
    raw_floats,
)

MAX_NAMED = 4
Owner = cst.FunctionDef | cst.ClassDef


class PlainOldData(FileRule):
    """Thresholds, probabilities, log-odds and amounts of a unit travel side by side as bare floats.

    Why it is debt
    "In a robust system, a model parameter should know if it is a log-odds multiplier or a decision threshold"
    (§5, "plain-old-data type smell"). A bare float does not: whoever swaps two arguments, compares a
    log-likelihood with the threshold of a probability, or tunes an exponent into a probability gets a number, not
    an error.

    What to do instead
    Give each quantity a type of its own: a `NewType`, a small frozen dataclass that checks its range, an
    `Annotated[float, Field(ge=0, le=1)]`, `timedelta` for time, `Decimal` with a currency for money.

    Known limits
    The words of names are all there is to go by. Chances of random training steps (dropout, masking, flips) are
    no scores. A single well-named float is shown by the strict profile.

    References
    Sculley et al. 2015, §5 Common smells, "plain-old-data type smell".
    """

    code = "MLD541"
    name = "plain-old-data"
    debt = Debt.PLAIN_DATA
    severity = Severity.INFO
    needs = ANY_TEXT
    confidence = Confidence.MEDIUM
    effort_minutes = 30
    examples = (
        Bad(
            """
            from dataclasses import dataclass

            @dataclass
            class Decision:  # bad
                threshold: float
                log_odds: float
                label: str
            """
        ),
        Bad(
            """
            def accept(words, logprob_threshold=-1.0, no_speech_prob=0.6):  # bad
                return [w for w in words if w.logprob > logprob_threshold]
            """
        ),
        Bad(
            """
            class Call:
                def latency_seconds(self) -> float:  # bad
                    return self.end - self.start

                def budget_ms(self, factor) -> float:  # bad
                    return self.limit * factor
            """
        ),
        Bad(
            """
            PROBABILITY_EXPONENT = 1.4  # bad

            def blend(predictions):
                predictions **= PROBABILITY_EXPONENT
                return predictions
            """
        ),
        Good(
            """
            from dataclasses import dataclass
            from datetime import timedelta
            from typing import NewType

            Probability = NewType("Probability", float)
            LogOdds = NewType("LogOdds", float)

            @dataclass
            class Decision:
                threshold: Probability
                log_odds: LogOdds
                timeout: timedelta
            """
        ),
        Good(
            """
            class Trainer:
                def __init__(self, learning_rate: float = 0.1, drop_prob: float = 0.5, iterate: float = 1.0):
                    self.momentum = 0.9

                def probabilities(self, x):
                    return self.model(x)
            """
        ),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Report each function or class with such floats, in the strict profile when nothing is mixed."""
        members = list(raw_floats(file))
        groups: defaultdict[Owner | None, list[RawFloat]] = defaultdict(list)
        for member in members:
            groups[member.owner].append(member)
        everywhere = {member.quantity for member in members if member.owner is not None}
        for owner, group in groups.items():
            if owner is None:
                yield from self._constants(file, group)
            else:
                yield self._owner(file, owner, group, everywhere)

    def _owner(
        self, file: SourceFile, owner: Owner, group: list[RawFloat], everywhere: set[Quantity]
    ) -> Finding:
        kinds = list(dict.fromkeys(member.quantity for member in group))
        mixed = len(kinds) > 1 or _mixes(kinds[0], everywhere) or _meets_another(file, owner, group)
        names = ", ".join(list(dict.fromkeys(m.name for m in group))[:MAX_NAMED])
        what = " and ".join(kind.value for kind in kinds[:2])
        consequence = "nothing keeps them apart" if len(kinds) > 1 else "its type does not say so"
        message = f"{what} as bare floats ({names}): {consequence}"
        if len(kinds) == 1:
            message = f"{what} as a bare float ({names}): {consequence}"
        related = tuple(file.at(m.node, m.quantity.value) for m in group if m.node is not owner)
        return self.found(file.at(owner.name), message, related, profile=None if mixed else Profile.STRICT)

    def _constants(self, file: SourceFile, group: list[RawFloat]) -> Iterator[Finding]:
        """A constant that is called a probability, is none by its value, and is worked into other numbers."""
        for member in group:
            value = member.default
            if member.quantity is Quantity.PROBABILITY and value is not None and not 0 <= value <= 1:
                use = _operation(file, member.name)
                if use is not None:
                    message = (
                        f"{member.name} = {value:g} is called a probability and works as a coefficient of one"
                    )
                    yield self.found(file.at(member.node), message, (file.at(use, "worked in here"),))


def _mixes(kind: Quantity, everywhere: set[Quantity]) -> bool:
    """Units are mixed with units, scores with scores; a timeout beside a threshold is no mix."""
    return any(other is not kind and (other in UNITS) == (kind in UNITS) for other in everywhere)


def _meets_another(file: SourceFile, owner: Owner, group: list[RawFloat]) -> bool:
    """Whether one of the floats is compared with or added to something that is called another quantity."""
    own = {member.name: member.quantity for member in group}
    for node in file.index.below(owner):
        if isinstance(node, cst.Comparison) and len(node.comparisons) == 1:
            sides = (node.left, node.comparisons[0].comparator)
        elif isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add | cst.Subtract):
            sides = (node.left, node.right)
        else:
            continue
        for mine, other in (sides, sides[::-1]):
            kind, met = own.get(_named(mine)), quantity_of(_named(other))
            if kind is not None and met is not None and _clash(kind, met):
                return True
    return False


def _clash(one: Quantity, other: Quantity) -> bool:
    """A threshold of no known scale, or of the other's scale, may well be compared with it."""
    if Quantity.THRESHOLD in (one, other) or one is other:
        return False
    return not (one.value.endswith(other.value) or other.value.endswith(one.value))


def _named(node: cst.CSTNode) -> str:
    match node:
        case cst.Name(value=name) | cst.Attribute(attr=cst.Name(value=name)):
            return name
    return ""


def _operation(file: SourceFile, name: str) -> cst.CSTNode | None:
    for read in file.index.of(cst.Name):
        parent = file.index.parent(read)
        if read.value == name and isinstance(
            parent, cst.BinaryOperation | cst.AugAssign | cst.ComparisonTarget
        ):
            return parent
    return None
