"""Which global random streams a call draws from, given its arguments."""

from __future__ import annotations

import libcst as cst

from mldebt_lint.analysis.arguments import Arguments
from mldebt_lint.analysis.constants import UNKNOWN
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.library import Api


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


def _is_one_of(file: SourceFile, arguments: Arguments, name: str, values: tuple[object, ...]) -> bool:
    value = arguments.get(name)
    return value is not None and file.constant(value) in values


def _may_be_one_of(file: SourceFile, arguments: Arguments, name: str, values: tuple[object, ...]) -> bool:
    value = arguments.get(name)
    if value is None:
        return arguments.opaque
    folded = file.constant(value)
    return folded is UNKNOWN or folded in values
