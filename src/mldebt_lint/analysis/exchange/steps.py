"""The preprocessing steps of a file that draw nothing, with their literal arguments."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from mldebt_lint.analysis.constants import UNKNOWN
from mldebt_lint.analysis.exchange.models import Models
from mldebt_lint.analysis.exchange.stores import may_meet, store_of
from mldebt_lint.analysis.facts import Fact
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.flow.events import Happens
from mldebt_lint.analysis.library import Role
from mldebt_lint.analysis.wording import is_held_out
from mldebt_lint.model import Location

TRAIN = re.compile(r"(?i)(?:^|_)tr(?:ain(?:ing)?|n)?(?:$|_)|^train")
CROPS = re.compile(r"(?i)crop")
SIZES = re.compile(r"(?i)resize|resizing|size|pad|scale")


@dataclass(frozen=True, slots=True)
class PreparationStep(Fact):
    """A step: `chain` numbers the list of steps that it is part of, -1 for none; `side` is what the chain's name says,
    `cropped` whether something is cropped in it.
    """

    name: str
    arguments: str
    where: Location
    chain: int
    side: str
    cropped: bool

    @property
    def short(self) -> str:
        """The last part of the name."""
        return self.name.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Skew:
    """One step with different arguments where a model is trained and where it is asked."""

    trained: PreparationStep
    asked: PreparationStep
    store: str  # of the artefact that ties them, empty for two chains of one file


def preparation_steps(file: SourceFile) -> Iterator[PreparationStep]:
    """Yield the steps of one file whose arguments are all constants."""
    for call, api in file.known_calls:
        if api.role is not Role.TRANSFORMER or "stateless" not in api.traits or "function" in api.traits:
            continue
        constants = {
            arg.keyword.value if arg.keyword is not None else str(number): file.constant(arg.value)
            for number, arg in enumerate(call.args)
        }
        if not call.args or any(arg.star for arg in call.args) or UNKNOWN in constants.values():
            continue
        chain = file.index.enclosing(call, cst.List)
        number = file.index.rank(chain) if chain is not None else -1
        side = _side(file, chain) if chain is not None else ""
        text = ", ".join(f"{name}={value!r}" for name, value in sorted(constants.items()))
        crops = chain is not None and CROPS.search(file.text(chain)) is not None
        yield PreparationStep(file.library.canonical(api.name), text, file.at(call), number, side, crops)


def _side(file: SourceFile, chain: cst.CSTNode) -> str:
    """What the name that a list of steps gets, through calls around it, says about its rows."""
    below = chain
    for ancestor in file.index.ancestors(chain):
        name = ""
        if isinstance(ancestor, cst.Assign):
            target = ancestor.targets[0].target
            name = file.text(target).rpartition(".")[2]
        elif isinstance(ancestor, cst.DictElement) and ancestor.value is below:
            name = str(file.constant(ancestor.key))
        elif isinstance(ancestor, cst.Arg) and ancestor.keyword is not None:
            name = ancestor.keyword.value
        elif isinstance(ancestor, cst.Return | cst.FunctionDef):
            return ""
        side = "held out" if is_held_out(name) else "train" if TRAIN.search(name) else ""
        if side or isinstance(ancestor, cst.Assign):
            return side
        below = ancestor
    return ""


def skews_of_chains(steps: list[PreparationStep]) -> Iterator[Skew]:
    """Yield steps of one file that differ between its one chain for training and one for other rows."""
    chains: defaultdict[int, list[PreparationStep]] = defaultdict(list)
    for step in steps:
        if step.chain >= 0 and step.side:
            chains[step.chain].append(step)
    trained = [chain for chain in chains.values() if chain[0].side == "train"]
    if len(trained) != 1:
        return
    for chain in chains.values():
        if chain[0].side == "held out":
            yield from (Skew(one, other, "") for one, other in _differing(trained[0], chain))


def _differing(
    one: list[PreparationStep], other: list[PreparationStep]
) -> Iterator[tuple[PreparationStep, PreparationStep]]:
    """Steps that stand once on each side, with other arguments; sizes only where nothing is cropped."""
    crops = any(step.cropped or CROPS.search(step.short) for step in (*one, *other))
    known = {step.name: step for step in one if sum(s.name == step.name for s in one) == 1}
    for step in other:
        first = known.get(step.name)
        if first is None or sum(s.name == step.name for s in other) > 1 or first.arguments == step.arguments:
            continue
        if CROPS.search(step.short) or (crops and SIZES.search(step.short)):
            continue
        yield first, step


def skews_of_artefacts(models: Models, steps: dict[str, list[PreparationStep]]) -> Iterator[Skew]:
    """Yield steps that differ between a file that saves a model and one that loads it by the same literal path."""
    saved: defaultdict[str, set[str]] = defaultdict(set)
    loaded: defaultdict[str, set[str]] = defaultdict(set)
    for kind, found in ((Happens.SAVE, saved), (Happens.LOAD, loaded)):
        for event in models.of(kind):
            if store := store_of(event.path):
                found[store].add(models.flow.path(event.at))
    training = {models.flow.path(event.at) for event in models.of(Happens.SAVE, Happens.FIT)}
    for store in saved:
        for one in sorted(saved[store]):
            for other in sorted(
                loaded.get(store, set()) - training
            ):  # what goes on training may prepare anew
                if may_meet(one, other, store):
                    pairs = _differing(_once(steps.get(one, [])), _once(steps.get(other, [])))
                    yield from (Skew(first, second, store) for first, second in pairs)


def _once(steps: list[PreparationStep]) -> list[PreparationStep]:
    """Each step of a file that has the same arguments wherever it stands there, once."""
    known: dict[str, PreparationStep] = {}
    unclear = set()
    for step in steps:
        if known.setdefault(step.name, step).arguments != step.arguments:
            unclear.add(step.name)
    return [step for name, step in known.items() if name not in unclear]
