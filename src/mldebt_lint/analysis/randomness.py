"""Randomness as facts: which calls draw from a global stream, which seed one, and where a program trains."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from mldebt_lint.analysis.arguments import Arguments
from mldebt_lint.analysis.asides import is_aside
from mldebt_lint.analysis.blocks import block_name
from mldebt_lint.analysis.constants import UNKNOWN
from mldebt_lint.analysis.facts import Fact
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.library import Api, Role
from mldebt_lint.analysis.names import Binds
from mldebt_lint.analysis.purpose import Purpose, purpose
from mldebt_lint.model import Location

# Not a stream that a seed could set: what draws by a seed from the clock.
CLOCK = "clock"
EVERY_STREAM = ("python", "numpy", "torch", "torch-cuda", "tensorflow")
# What reads the state of a stream: who sets that same state again seeds nothing.
STATE_READERS = frozenset({"getstate", "get_state", "get_rng_state", "get_global_generator"})
# What the name of an unknown callee must look like for it to be taken for a helper that seeds.
SEEDISH = re.compile(
    r"^_*(?:(?:set|fix|init\w*|setup|configure|make|enable|manual|reset|ensure|apply|control|use)_?\w*"
    r"(?:seed|determinis|reproducib|random_?state)|seed_?(?:all|every|torch|numpy|random|rng|worker|it|python|global))",
    re.IGNORECASE,
)
PER_ITEM = frozenset({"__getitem__", "__next__", "__len__"})
CLOCKS = frozenset(
    (
        *("time.time", "time.time_ns", "time.perf_counter", "time.perf_counter_ns", "time.monotonic"),
        *(
            "time.monotonic_ns",
            "time.process_time",
            "time.clock",
            "time.gmtime",
            "time.localtime",
            "time.ctime",
        ),
        *("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.now"),
        *("timeit.default_timer", "os.urandom", "os.getrandom", "random.SystemRandom"),
    )
)
GIVEN = frozenset({Binds.VALUE, Binds.PART})
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
    """A block that trains: `step` (an optimizer), `fit` or `trainer`, and by which library, `duck` if not known."""

    kind: str
    library: str
    path: str
    block: str


def unseeded_streams(file: SourceFile, call: cst.Call, api: Api) -> tuple[str, ...]:
    """Return the global streams that a call consumes: none when it is seeded, draws nothing, or is not clear.

    `seed=None` is no seed.
    """
    if not api.draws:
        return ()
    arguments = file.arguments(call, api.params)
    if not all(_is_one_of(file, arguments, name, values) for name, values in api.when.items()):
        return ()
    if any(_may_be_one_of(file, arguments, name, values) for name, values in api.unless.items()):
        return ()
    return () if api.seed and not lacks_seed(file, arguments, api.seed) else api.draws


def lacks_seed(file: SourceFile, arguments: Arguments, seed: str) -> bool:
    """Whether the seed parameter is certainly absent or None."""
    value = arguments.get(seed)
    return arguments.lacks(seed) if value is None else file.constant(value) is None


def clock(file: SourceFile, expression: cst.CSTNode | None, depth: int = 0) -> str:
    """Return the name of the clock or entropy source that an expression takes its value from, or an empty string."""
    if expression is None or depth > 4:
        return ""
    for node in (expression, *file.index.below(expression)):
        if isinstance(node, cst.Call):
            name = file.callee(node) or ""
            if name in CLOCKS:
                return name
        elif isinstance(node, cst.Name):
            binding = file.values.binding(node)
            value = binding.value if binding is not None and binding.how in GIVEN else None
            if found := clock(file, value, depth + 1):
                return found
    return ""


def seeds_nothing(file: SourceFile, call: cst.Call, api: Api) -> bool:
    """Whether a seeding call is a placebo: without a seed, with None, from a clock, or from the system's entropy."""
    if "entropy" in api.traits:
        return True
    if not api.seed or "default-seed" in api.traits:
        return False
    arguments = file.arguments(call, api.params)
    return lacks_seed(file, arguments, api.seed) or bool(clock(file, arguments.get(api.seed)))


def randomness(file: SourceFile) -> Iterator[Draw | Seeding | TrainingFact]:
    """Collect what one file draws, seeds and trains."""
    seedings = [*_seedings(file)]
    yield from _derived_trainers(file)
    yield from (seeding for call, seeding in seedings if not _is_per_item(file, call))
    trained: set[tuple[str, str, str]] = set()
    for call in file.calls:
        api = file.api(call)
        if api is None:
            continue
        if (kind := _training(api)) and (kind, api.library, block := block_name(file, call)) not in trained:
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
    keys = {call for call in file.calls if _is_clocked_key(file, call)}
    for call in file.calls:
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


def _is_clocked_key(file: SourceFile, call: cst.Call) -> bool:
    api = file.api(call)
    return api is not None and "key" in api.traits and seeds_nothing(file, call, api)


def _training(api: Api) -> str:
    """Return how an API trains. A gradient alone may be a profile or a saliency map; scalers are fitted, too."""
    if api.role not in TRAINING or {"arguments", "transforms"} & api.traits:
        return ""
    return "" if api.name.rpartition(".")[2] == "backward" else TRAINING[api.role]


def shown_name(file: SourceFile, call: cst.Call) -> str:
    """Return a callee as a message names it: its source text if that is short, else its last name."""
    text = file.text(call.func)
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


def seeded_streams(file: SourceFile, call: cst.Call, api: Api | None) -> tuple[tuple[str, ...], str]:
    """Return the streams that a call sets for certain or maybe, and the callee's name where only that tells."""
    if api is None:
        name = _helper_name(call)
        return (EVERY_STREAM, name) if name else ((), "")
    if "seeds-itself" in api.traits:
        return EVERY_STREAM, ""
    if not api.seeds or seeds_nothing(file, call, api):
        return (), ""
    if "restores-state" in api.traits and _reads_state(file):
        return (), ""
    return api.seeds, ""


def _helper_name(call: cst.Call) -> str:
    """Return the name of a callee that says that it seeds: `fix_seeds(0)`, `utils.set_seed(0)`, not `env.seed(0)`."""
    name = ""
    if isinstance(call.func, cst.Name):
        name = call.func.value
    elif isinstance(call.func, cst.Attribute) and call.func.attr.value != "seed":
        name = call.func.attr.value
    return name if SEEDISH.search(name) and not name.startswith(("get_", "parse_", "is_")) else ""


def _reads_state(file: SourceFile) -> bool:
    return any(
        isinstance(call.func, cst.Attribute) and call.func.attr.value in STATE_READERS for call in file.calls
    )


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
        for other, seeding in seedings
    )


def _is_one_of(file: SourceFile, arguments: Arguments, name: str, values: tuple[object, ...]) -> bool:
    value = arguments.get(name)
    return value is not None and file.constant(value) in values


def _may_be_one_of(file: SourceFile, arguments: Arguments, name: str, values: tuple[object, ...]) -> bool:
    value = arguments.get(name)
    if value is None:
        return arguments.opaque
    folded = file.constant(value)
    return folded is UNKNOWN or folded in values
