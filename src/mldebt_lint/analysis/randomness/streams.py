"""Which global random streams a call draws from or sets, given its arguments."""

from __future__ import annotations

import re

import libcst as cst

from mldebt_lint.analysis.arguments import Arguments
from mldebt_lint.analysis.constants import UNKNOWN
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.library import Api, Role
from mldebt_lint.analysis.randomness.placebos import clock, placebo

EVERY_STREAM = ("python", "numpy", "torch", "torch-cuda", "tensorflow")
# What reads the state of a stream: who sets that same state again seeds nothing.
STATE_READERS = frozenset({"getstate", "get_state", "get_rng_state", "get_global_generator"})
# What the name of an unknown callee must look like for it to be taken for a helper that seeds.
# A noun that seeds when it is called with a seed, and makes one when it is not.
SEEDS_WHAT_IT_IS_GIVEN = frozenset(
    {"random_seed", "random_seeds", "randomseed", "seeding", "seeds", "rng_seed"}
)
SEEDISH = re.compile(
    r"^_*(?:(?:set|fix|init\w*|setup|configure|make|enable|manual|reset|ensure|apply|control|use)_?\w*"
    r"(?:seed|determinis|reproducib|random_?state)|seed_?(?:all|every|torch|numpy|random|rng|worker|it|python|global))",
    re.IGNORECASE,
)


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
    if "composes" in api.traits and not _holds_random_part(file, call):
        return ()
    return () if api.seed and not lacks_seed(file, arguments, api.seed) else api.draws


def _holds_random_part(file: SourceFile, call: cst.Call) -> bool:
    """Whether something random certainly stands in what a call puts together: resizing alone draws nothing."""
    values = [file.definition(arg.value) or arg.value for arg in call.args]
    parts = (file.api(part) for value in values for part in file.index.within(value, cst.Call))
    return any(
        part is not None and part.role is Role.AUGMENTATION and "composes" not in part.traits
        for part in parts
    )


def lacks_seed(file: SourceFile, arguments: Arguments, seed: str) -> bool:
    """Whether the seed parameter is certainly absent or None."""
    value = arguments.get(seed)
    return arguments.lacks(seed) if value is None else file.constant(value) is None


def seeded_streams(file: SourceFile, call: cst.Call, api: Api | None) -> tuple[tuple[str, ...], str]:
    """Return the streams that a call sets for certain or maybe, and the callee's name where only that tells."""
    if api is None:
        name = seeding_helper(call)
        return (EVERY_STREAM, name) if name else ((), "")
    if "seeds-itself" in api.traits:
        return EVERY_STREAM, ""
    if not api.seeds or placebo(file, call, api):
        return (), ""
    if "restores-state" in api.traits and _reads_state(file):
        return (), ""
    return api.seeds, ""


def seeding_helper(call: cst.Call) -> str:
    """Return the name of a callee that says that it seeds: `fix_seeds(0)`, `utils.set_seed(0)`, not `env.seed(0)`."""
    name = ""
    if isinstance(call.func, cst.Name):
        name = call.func.value
    elif isinstance(call.func, cst.Attribute) and call.func.attr.value != "seed":
        name = call.func.attr.value
    if name.strip("_").lower() in SEEDS_WHAT_IT_IS_GIVEN and call.args:
        return name
    return name if SEEDISH.search(name) and not name.startswith(("get_", "parse_", "is_")) else ""


def clocked_helper(file: SourceFile, call: cst.Call) -> str:
    """Return the clock that a helper whose name says that it seeds is given as its seed: `set_seed(int(time()))`."""
    if not seeding_helper(call):
        return ""
    return next((source for arg in call.args if (source := clock(file, arg.value))), "")


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
