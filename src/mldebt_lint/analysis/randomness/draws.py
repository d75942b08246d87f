"""Randomness as facts: which calls draw from a global stream, which seed one, and where a program trains."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from mldebt_lint.analysis.facts import Fact
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.library import Api, Role
from mldebt_lint.analysis.names import dotted_name
from mldebt_lint.analysis.randomness.asides import is_aside
from mldebt_lint.analysis.randomness.blocks import block_name
from mldebt_lint.analysis.randomness.placebos import clock, placebo
from mldebt_lint.analysis.randomness.purpose import Purpose, purpose
from mldebt_lint.analysis.randomness.streams import EVERY_STREAM, seeded_streams, unseeded_streams
from mldebt_lint.model import Location

# Not a stream that a seed could set: what draws by a seed from the clock.
CLOCK = "clock"
PER_ITEM = frozenset({"__getitem__", "__next__", "__len__"})
TRAINING = {
    Role.OPTIMIZER: "step",
    Role.TRAINING_STEP: "step",
    Role.FIT: "fit",
    Role.TRAINER: "trainer",
}


@dataclass(frozen=True, slots=True)
class Draw(Fact):
    """A call that consumes global randomness: of which streams, as what, in which block of its file."""

    streams: tuple[str, ...]
    name: str
    library: str
    purpose: str
    takes_seed: str
    block: str
    where: Location


@dataclass(frozen=True, slots=True)
class Seeding(Fact):
    """A call that sets global streams to a known state.

    `helper` is the name of a callee that nothing explains but its own name (`fix_seeds`): unless the project
    defines it, it may set every stream. `late` is true for trainers, which seed when they are built.
    """

    streams: tuple[str, ...]
    helper: str
    late: bool
    block: str
    where: Location


@dataclass(frozen=True, slots=True)
class TrainingFact(Fact):
    """A block that trains: by a `step` of an optimizer, a `fit` or a `trainer` of some library, `duck` if not known.

    `plan` is an optimizer for a trainer that may never be asked to fit.
    """

    kind: str
    library: str
    path: str
    block: str


def randomness(file: SourceFile) -> Iterator[Draw | Seeding | TrainingFact]:
    """Collect what one file draws, seeds and trains."""
    seedings = [*_seedings(file)]
    yield from _derived_trainers(file)
    yield from (seeding for call, seeding in seedings if not _is_per_item(file, call))
    trained: set[tuple[str, str, str]] = set()
    for call, api in file.known_calls:
        if (kind := _training(file, call, api)) and (
            kind,
            api.library,
            block := block_name(file, call),
        ) not in trained:
            trained.add((kind, api.library, block))
            yield TrainingFact(kind, api.library, file.path, block)
        streams = unseeded_streams(file, call, api)
        if streams and not _is_seeded_on_the_spot(file, call, streams, seedings):
            yield _draw(file, call, api, streams)
    yield from _clocked(file)


def _draw(file: SourceFile, call: cst.Call, api: Api, streams: tuple[str, ...]) -> Draw:
    return Draw(
        streams=streams,
        name=shown_name(file, call),
        library=api.library,
        purpose=purpose(file, call, api),
        takes_seed=api.seed,
        block=block_name(file, call),
        where=file.at(call, "drawn here"),
    )


def _clocked(file: SourceFile) -> Iterator[Draw]:
    """Yield what draws by an explicit seed that comes from the clock: no global seed changes that."""
    keys = {call for call, api in file.known_calls if "key" in api.traits and placebo(file, call, api)}
    for call in file.calls if keys else (call for call, api in file.known_calls if api.seed):
        api = file.api(call)
        if api is None:
            clocked = any(file.definition(arg.value) in keys for arg in call.args) if keys else False
        else:
            draws = bool(api.seed) and api.role not in {Role.GENERATOR, Role.SEEDER}
            clocked = draws and bool(clock(file, file.arguments(call, api.params).get(api.seed)))
        if clocked and not is_aside(file, call):
            where = file.at(call, "drawn here")
            yield Draw(
                (CLOCK,), shown_name(file, call), "", Purpose.DECIDES, "", block_name(file, call), where
            )


def _compiled(file: SourceFile) -> frozenset[cst.CSTNode]:
    """What some model is compiled with: such an optimizer steps only if the model is fitted, too."""
    compiles = (call for call in file.calls if dotted_name(call.func).endswith(".compile"))
    values = [arg.value for call in compiles for arg in call.args]
    return frozenset(node for value in values for node in (value, file.definition(value)) if node is not None)


def _training(file: SourceFile, call: cst.Call, api: Api) -> str:
    """Return how an API trains. A gradient alone may be a profile or a saliency map; scalers are fitted, too."""
    if api.role not in TRAINING or {"arguments", "transforms"} & api.traits:
        return ""
    if api.role is Role.OPTIMIZER:
        if call in file.once(_compiled):
            return ""
        function = file.index.function(call)
        return "plan" if function is not None and function.name.value == "configure_optimizers" else "step"
    return "" if api.name.rpartition(".")[2] == "backward" else TRAINING[api.role]


def shown_name(file: SourceFile, call: cst.Call) -> str:
    """Return a callee as a message names it: its source text if that is short, else its last name."""
    text = dotted_name(call.func) or file.text(call.func)
    if len(text) <= 40 and "\n" not in text and "(" not in text:
        return text
    return call.func.attr.value if isinstance(call.func, cst.Attribute) else "the call"


def _seedings(file: SourceFile) -> Iterator[tuple[cst.Call, Seeding]]:
    for call in file.calls:
        api = file.api(call)
        streams, helper = seeded_streams(file, call, api)
        if streams:
            where = file.at(call, "seeds" if helper else f"seeds {', '.join(streams)}")
            late = api is not None and "seeds-itself" in api.traits
            yield call, Seeding(streams, helper, late, block_name(file, call), where)


def _derived_trainers(file: SourceFile) -> Iterator[Seeding]:
    """A class that derives from a trainer which seeds, seeds when it runs."""
    for node in file.index.of(cst.ClassDef):
        for base in node.bases:
            name = file.qualified(base.value)
            api = file.library.find(name) if name else None
            if api is not None and "seeds-itself" in api.traits:
                where = file.at(node.name, "seeds when it is built")
                yield Seeding(EVERY_STREAM, "", True, block_name(file, node.body), where)


def _is_per_item(file: SourceFile, call: cst.Call) -> bool:
    function = file.index.function(call)
    return function is not None and function.name.value in PER_ITEM


def _is_seeded_on_the_spot(
    file: SourceFile, call: cst.Call, streams: tuple[str, ...], seedings: list[tuple[cst.Call, Seeding]]
) -> bool:
    """Whether the same function sets the stream before it draws from it."""
    function = file.index.function(call) if seedings else None
    if function is None:
        return False
    here = file.index.rank(call)
    return any(
        set(streams) <= set(seeding.streams)
        and file.index.rank(other) < here
        and file.index.function(other) is function
        and not (function.name.value in PER_ITEM and _is_now_and_then(file, other, call))
        for other, seeding in seedings
    )


def _is_now_and_then(file: SourceFile, seeding: cst.Call, draw: cst.Call) -> bool:
    """Whether a seed is set under a condition that neither holds the draw nor asks whether there is a seed."""
    condition = file.index.enclosing(seeding, cst.If, cst.FunctionDef)
    if not isinstance(condition, cst.If) or condition in file.index.ancestors(draw):
        return False
    given = {name.value for arg in seeding.args for name in _names(file, arg.value)}
    return not any(name.value in given for name in _names(file, condition.test))


def _names(file: SourceFile, node: cst.CSTNode) -> Iterator[cst.Name]:
    """Yield the variables of an expression and the last parts of its attributes, `self` left out."""
    for part in (node, *file.index.below(node)):
        if isinstance(part, cst.Name) and part.value not in {"self", "cls"}:
            yield part
