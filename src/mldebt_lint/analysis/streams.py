"""Which global random streams a call draws from or sets, given its arguments."""

from __future__ import annotations

import re

import libcst as cst

from mldebt_lint.analysis.arguments import Arguments
from mldebt_lint.analysis.constants import UNKNOWN
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.library import Api
from mldebt_lint.analysis.names import Binds

EVERY_STREAM = ("python", "numpy", "torch", "torch-cuda", "tensorflow")
# What reads the state of a stream: who sets that same state again seeds nothing.
STATE_READERS = frozenset({"getstate", "get_state", "get_rng_state", "get_global_generator"})
# What the name of an unknown callee must look like for it to be taken for a helper that seeds.
SEEDISH = re.compile(
    r"^_*(?:(?:set|fix|init\w*|setup|configure|make|enable|manual|reset|ensure|apply|control|use)_?\w*"
    r"(?:seed|determinis|reproducib|random_?state)|seed_?(?:all|every|torch|numpy|random|rng|worker|it|python|global))",
    re.IGNORECASE,
)
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
MAX_STEPS = 5


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


def clock(file: SourceFile, expression: cst.CSTNode | None, steps: int = 0) -> str:
    """Return the name of the clock or entropy source that an expression certainly takes its value from, or "".

    `args.seed or int(time.time())` is not certain.
    """
    if expression is None or steps > MAX_STEPS:
        return ""
    nodes = (expression, *file.index.below(expression))
    if any(isinstance(node, cst.BooleanOperation | cst.IfExp | cst.Lambda) for node in nodes):
        return ""
    for node in nodes:
        if isinstance(node, cst.Call):
            name = file.callee(node) or ""
            if name in CLOCKS:
                return name
        elif isinstance(node, cst.Name):
            binding = file.values.binding(node)
            value = binding.value if binding is not None and binding.how in GIVEN else None
            if found := clock(file, value, steps + 1):
                return found
    return ""


def placebo(file: SourceFile, call: cst.Call, api: Api) -> str:
    """Return why a call that builds or seeds a generator is no seeding: `none`, `absent`, `entropy` or a clock's name.

    An empty string means that it seeds, or may.
    """
    if "entropy" in api.traits:
        return "entropy"
    if not api.seed:
        return ""
    arguments = file.arguments(call, api.params)
    value = arguments.get(api.seed)
    if value is None:
        has_default = bool({"default-seed", "derived"} & api.traits)
        return "" if call.args or has_default else "absent"
    return "none" if file.constant(value) is None else clock(file, value)


def seeded_streams(file: SourceFile, call: cst.Call, api: Api | None) -> tuple[tuple[str, ...], str]:
    """Return the streams that a call sets for certain or maybe, and the callee's name where only that tells."""
    if api is None:
        name = _helper_name(call)
        return (EVERY_STREAM, name) if name else ((), "")
    if "seeds-itself" in api.traits:
        return EVERY_STREAM, ""
    if not api.seeds or placebo(file, call, api):
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


def _is_one_of(file: SourceFile, arguments: Arguments, name: str, values: tuple[object, ...]) -> bool:
    value = arguments.get(name)
    return value is not None and file.constant(value) in values


def _may_be_one_of(file: SourceFile, arguments: Arguments, name: str, values: tuple[object, ...]) -> bool:
    value = arguments.get(name)
    if value is None:
        return arguments.opaque
    folded = file.constant(value)
    return folded is UNKNOWN or folded in values
