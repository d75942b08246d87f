"""Whether a draw is for something aside of a result: a plot, a name, a waiting time, an answer to a request."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.library import Role
from mldebt_lint.analysis.names import dotted_name

# Words in the names of functions and classes that draw for something other than a result.
ASIDE_OWNERS = frozenset(
    (
        *(
            "plot",
            "plots",
            "plotting",
            "show",
            "display",
            "visualize",
            "visualise",
            "visualization",
            "vis",
            "viz",
        ),
        *(
            "render",
            "print",
            "demo",
            "dummy",
            "mock",
            "toy",
            "benchmark",
            "bench",
            "profile",
            "profiling",
            "warmup",
        ),
        *(
            "export",
            "onnx",
            "flops",
            "summary",
            "sanity",
            "sleep",
            "retry",
            "backoff",
            "port",
            "colors",
            "colours",
        ),
        *(
            "palette",
            "colormap",
            "uid",
            "uuid",
            "password",
            "filename",
            "slug",
            "username",
            "proxy",
            "timeit",
        ),
        *("inspect", "preview", "browse", "animate"),
    )
)
ASIDE_TARGETS = frozenset(
    (
        *(
            "color",
            "colors",
            "colour",
            "colours",
            "palette",
            "rgb",
            "port",
            "delay",
            "sleep",
            "wait",
            "backoff",
        ),
        *("dummy", "mock", "toy", "uid", "uuid", "suffix", "filename", "password", "plot"),
    )
)
ASIDE_NAMES = frozenset(
    {"name", "seed", "run_id", "run_name", "exp_name", "jitter", "tmp", "title", "manualSeed"}
)
ASIDE_CALLS = frozenset(
    {"print", "display", "sleep", "imshow", "scatter", "hist", "uniform_filter"}
    | {"rectangle", "circle", "ellipse", "polylines", "putText", "drawContours", "add_patch"}
)
ROUTES = frozenset({"route", "get", "post", "put", "websocket", "on_message"})
WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def words(name: str) -> set[str]:
    """Split an identifier into its lower-case words."""
    return {part.lower() for part in WORDS.findall(name)}


def target_nodes(file: SourceFile, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield what the statement around a node assigns to: names, attributes, subscripts."""
    for ancestor in file.index.ancestors(node):
        if isinstance(ancestor, cst.Assign):
            for target in ancestor.targets:
                yield from _parts(target.target)
        elif isinstance(ancestor, cst.AnnAssign | cst.AugAssign):
            yield from _parts(ancestor.target)
        elif isinstance(ancestor, cst.BaseSuite | cst.SimpleStatementLine):
            return


def targets(file: SourceFile, node: cst.CSTNode) -> Iterator[str]:
    """Yield the names that the statement around a node assigns to, of `self.w` the last part."""
    for target in target_nodes(file, node):
        if name := dotted_name(target).rpartition(".")[2]:
            yield name


def _parts(target: cst.CSTNode) -> Iterator[cst.CSTNode]:
    if isinstance(target, cst.Tuple | cst.List):
        for element in target.elements:
            yield from _parts(element.value)
    else:
        yield target


def is_aside(file: SourceFile, call: cst.Call) -> bool:
    """Whether names and calls around a draw say that no result depends on it."""
    if is_in_aside_function(file, call):
        return True
    if any(name in ASIDE_NAMES or ASIDE_TARGETS & words(name) for name in targets(file, call)):
        return True
    function = file.index.function(call)
    if _serves(file) or (function is not None and _waits(file, function)):
        return True
    return any(_is_aside_call(file, outer) for outer in _around(file, call)) or _draws_letters(file, call)


def is_in_aside_function(file: SourceFile, call: cst.Call) -> bool:
    """Whether the functions and classes around a call say that they plot, show, measure or wait."""
    owners = (
        a.name.value for a in file.index.ancestors(call) if isinstance(a, cst.FunctionDef | cst.ClassDef)
    )
    return any(ASIDE_OWNERS & words(name) or _is_test(name) for name in owners)


def _is_test(name: str) -> bool:
    """`test_model` and `model_test`, not `split_train_test`."""
    return name.startswith("test_") or (name.endswith("_test") and not {"train", "split"} & words(name))


def _serves(file: SourceFile) -> bool:
    """Whether the file answers requests: what a server draws is not a run that somebody repeats."""
    for decorator in file.index.of(cst.Decorator):
        call = decorator.decorator
        if isinstance(call, cst.Call) and call.args and dotted_name(call.func).rpartition(".")[2] in ROUTES:
            return True
    return False


def _waits(file: SourceFile, function: cst.FunctionDef) -> bool:
    names = (dotted_name(inner.func) for inner in file.index.within(function.body, cst.Call))
    return any(name.rpartition(".")[2] == "sleep" for name in names)


def _around(file: SourceFile, node: cst.CSTNode) -> Iterator[cst.Call]:
    """Yield the calls of the same statement in whose arguments a call stands."""
    for ancestor in file.index.ancestors(node):
        if isinstance(ancestor, cst.Call):
            yield ancestor
        elif isinstance(ancestor, cst.BaseSuite | cst.SimpleStatementLine):
            return


def _is_aside_call(file: SourceFile, call: cst.Call) -> bool:
    api = file.api(call)
    if api is not None:
        return api.role is Role.PLOT
    name = dotted_name(call.func)
    return name.rpartition(".")[2] in ASIDE_CALLS or name.startswith("logging.")


def _draws_letters(file: SourceFile, call: cst.Call) -> bool:
    """`random.choices(string.ascii_letters, k=8)` makes a name."""
    nodes = [node for arg in call.args for node in (arg.value, *file.index.below(arg.value))]
    names = (file.qualified(node) for node in nodes if isinstance(node, cst.Attribute | cst.Name))
    return any((name or "").startswith("string.") for name in names)
