"""Seeds that are none: absent, None, from the clock; and what excuses them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.library import Api
from mldebt_lint.analysis.names import Binds, dotted_name
from mldebt_lint.analysis.randomness.asides import target_nodes

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
RESEEDS = frozenset({"seed", "manual_seed", "setstate", "set_state", "reset_from_seed"})
SEED_NAME = re.compile(r"(?i)seed|rng|random_?state|generator|determin")
WORKER_KEYWORDS = frozenset({"worker_init_fn", "initializer", "target"})
TOLD = frozenset(
    {"print", "info", "debug", "warning", "log", "log_param", "log_params", "write", "save", "dump"}
)


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


def is_excused(file: SourceFile, call: cst.Call) -> bool:
    """Whether a generator without a seed is a fallback, a worker's own, or seeded by a later call."""
    if any(isinstance(a, cst.BooleanOperation | cst.IfExp) for a in _within_statement(file, call)):
        return True
    choice = file.index.enclosing(call, cst.If, cst.FunctionDef)
    if isinstance(choice, cst.If) and _asks_for_seed(file, choice):
        return True
    return _is_in_worker(file, call) or _is_reseeded(file, call)


def is_told(file: SourceFile, call: cst.Call) -> bool:
    """Whether the program prints or records the seed that a call is given by name."""
    seeds = {arg.value.value for arg in call.args if isinstance(arg.value, cst.Name)}
    for other in file.calls if seeds else ():
        if dotted_name(other.func).rpartition(".")[2] in TOLD:
            names = (name.value for arg in other.args for name in _names(file, arg.value))
            if not seeds.isdisjoint(names):
                return True
    return False


def _names(file: SourceFile, node: cst.CSTNode) -> Iterator[cst.Name]:
    if isinstance(node, cst.Name):
        yield node
    yield from file.index.within(node, cst.Name)


def _within_statement(file: SourceFile, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    for ancestor in file.index.ancestors(node):
        if isinstance(ancestor, cst.BaseSuite | cst.SimpleStatementLine):
            return
        yield ancestor


def _asks_for_seed(file: SourceFile, node: cst.If) -> bool:
    """`if rng is None:`, `if not seed:`, `if self.seed < 0:` and their like choose a fallback."""
    names = {name.value for name in _names(file, node.test)}
    return (
        "None" in names
        or isinstance(node.test, cst.UnaryOperation)
        or any(SEED_NAME.search(n) for n in names)
    )


def _is_in_worker(file: SourceFile, call: cst.Call) -> bool:
    function = file.index.function(call)
    if function is None:
        return False
    name = function.name.value
    if "worker" in name.lower():
        return True
    handed = (
        arg
        for arg in file.index.of(cst.Arg)
        if arg.keyword is not None and arg.keyword.value in WORKER_KEYWORDS
    )
    return any(dotted_name(arg.value).rpartition(".")[2] == name for arg in handed)


def _is_reseeded(file: SourceFile, call: cst.Call) -> bool:
    """`rng = Random()` and then `rng.seed(42)`; reading `.entropy` of a sequence keeps it, too."""
    names = {dotted_name(target) for target in target_nodes(file, call)} - {""}
    for attribute in file.index.of(cst.Attribute) if names else ():
        if dotted_name(attribute.value) in names:
            parent = file.index.parent(attribute)
            seeds = isinstance(parent, cst.Call) and parent.func is attribute and bool(parent.args)
            if attribute.attr.value == "entropy" or (attribute.attr.value in RESEEDS and seeds):
                return True
    return False
