"""What a random draw is for: deciding a result, feeding a training run, or something aside such as a plot."""

from __future__ import annotations

import re
from enum import StrEnum

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.library import Api, Role
from mldebt_lint.analysis.names import dotted_name
from mldebt_lint.analysis.randomness.asides import is_aside, is_in_aside_function, targets, words


class Purpose(StrEnum):
    """How much a draw matters, from most to nothing.

    DECIDES: a split, an estimator. STARTS: a first set of weights made by hand. CHOOSES: rows, an order. FEEDS:
    numbers that decide if the program trains. TRAINS: loaders, augmentation, noise, of no interest where nothing
    trains. BUILDS: layers, of no interest where their network is not trained. TOY: made-up data in a notebook.
    ASIDE: plots, names, waiting times.
    """

    DECIDES = "decides"
    STARTS = "starts"
    CHOOSES = "chooses"
    FEEDS = "feeds"
    TRAINS = "trains"
    BUILDS = "builds"
    TOY = "toy"
    ASIDE = "aside"


DECIDING = frozenset({Role.SPLITTER, Role.ESTIMATOR, Role.FIT, Role.TRANSFORMER})
FEEDING = frozenset({Role.DATA_LOADER, Role.AUGMENTATION, Role.DATASET, Role.ACTIVATION, Role.OPTIMIZER})
OWN_STREAMS = frozenset({"python", "numpy"})
HANDFUL = 16
SHALLOW = 3
ASIDE_FOLDERS = frozenset({"benchmark", "benchmarks", "bench", "profiling", "demo", "demos"})
SHOWING = frozenset({"plot", "show", "imshow", "display", "visualize", "visualise", "scatter", "open"})
WEIGHTS = re.compile(
    r"W\d*|W_\w+|thetas?|weights?\w*|\w*_weights?\w*|bias(?:es)?|init_\w+|\w+_init|centroids?"
)
MASKS = frozenset({"mask", "msk", "train", "test", "val", "valid", "split", "holdout", "fold", "idx", "sel"})


def purpose(file: SourceFile, call: cst.Call, api: Api) -> Purpose:
    """Judge what a call that draws is for, by what it is to its library and by where it stands."""
    if any(ASIDE_FOLDERS & words(part) for part in file.path.split("/")[:-1]) or "embedding" in api.traits:
        return Purpose.ASIDE
    if api.role in DECIDING:
        return _of_estimator(file, call, api)
    if api.role is Role.LAYER or "initialisation" in api.traits:
        return Purpose.ASIDE if _is_constant_layer(file, call) else Purpose.BUILDS
    if api.role in FEEDING:
        return Purpose.TRAINS
    if is_aside(file, call):
        return Purpose.ASIDE
    names = set(targets(file, call))
    chooses = api.role is Role.SUBSET or bool({"shuffle", "sampling"} & api.traits)
    chooses = chooses or _is_mask(file, call, names) or _is_index(file, call, names)
    if file.is_notebook:
        return _in_notebook(file, call, names, chooses)
    if not OWN_STREAMS.intersection(api.draws):
        return Purpose.FEEDS if "sampling" in api.traits else Purpose.TRAINS
    if call.args and any(WEIGHTS.fullmatch(name) for name in names):
        return Purpose.STARTS
    return Purpose.CHOOSES if chooses and not _is_handful(file, call) else Purpose.FEEDS


def _of_estimator(file: SourceFile, call: cst.Call, api: Api) -> Purpose:
    if api.role is not Role.SPLITTER and is_in_aside_function(file, call):
        return Purpose.ASIDE
    return Purpose.TOY if "ties" in api.traits and _is_shallow(file, call) else Purpose.DECIDES


def _in_notebook(file: SourceFile, call: cst.Call, names: set[str], chooses: bool) -> Purpose:
    """In a notebook random numbers are toy data, and choices a look at the data, unless something trains on them."""
    inside = file.index.function(call) is not None
    if chooses:
        aside = not inside and (
            _is_only_shown(file, call) or _is_handful(file, call) or _is_in_plotting_cell(file, call)
        )
        return Purpose.ASIDE if aside else Purpose.FEEDS
    if call.args and any(WEIGHTS.fullmatch(name) for name in names):
        return Purpose.STARTS if inside else Purpose.FEEDS
    loops = file.index.enclosing(call, cst.For, cst.While) is not None and _is_training_cell(file, call)
    return Purpose.FEEDS if inside or loops else Purpose.TOY


def _is_constant_layer(file: SourceFile, call: cst.Call) -> bool:
    """Whether a layer's first weights are given: `Dense(3, kernel_initializer=Constant(w))`, `weights=[matrix]`."""
    for arg in call.args:
        if arg.keyword is not None and arg.keyword.value in {"kernel_initializer", "embeddings_initializer"}:
            value = arg.value.func if isinstance(arg.value, cst.Call) else arg.value
            name = file.constant(value) if isinstance(value, cst.SimpleString) else dotted_name(value)
            return str(name).rpartition(".")[2].lower() in {"constant", "zeros", "ones", "identity"}
        if arg.keyword is not None and arg.keyword.value == "weights" and isinstance(arg.value, cst.List):
            return True
    return False


def _is_shallow(file: SourceFile, call: cst.Call) -> bool:
    """Whether a tree is so small that two equally good splits hardly ever meet."""
    depth = file.constant(file.arguments(call).get("max_depth"))
    return isinstance(depth, int) and depth <= SHALLOW


def _is_mask(file: SourceFile, call: cst.Call, names: set[str]) -> bool:
    """`mask = np.random.rand(len(df)) < 0.8` decides which rows are for training."""
    parent = file.index.parent(call)
    if isinstance(parent, cst.ComparisonTarget):
        parent = file.index.parent(parent)
    return isinstance(parent, cst.Comparison) and any(MASKS & words(name) for name in names)


def _is_index(file: SourceFile, call: cst.Call, names: set[str]) -> bool:
    """Whether the number drawn picks rows: `data[randint(…)]`, or `r = randint(…)` and then `data.iloc[r]`.

    The bounds of a slice are those of a crop.
    """
    around = file.index.enclosing(call, cst.SubscriptElement)
    if around is not None:
        return isinstance(around.slice, cst.Index)
    function = file.index.function(call)
    if not names or function is None:
        return False
    elements = file.index.within(function.body, cst.SubscriptElement)
    return any(
        name.value in names
        for element in elements
        if isinstance(element.slice, cst.Index)
        for name in file.index.within(element, cst.Name)
    )


def _is_only_shown(file: SourceFile, call: cst.Call) -> bool:
    """`df.sample(5)` as the last expression of a cell, or with nothing but a look at it after."""
    statement = file.index.statement(call)
    if not isinstance(statement, cst.SimpleStatementLine):
        return False
    return len(statement.body) == 1 and isinstance(statement.body[0], cst.Expr) and not _shuffles(call)


def _shuffles(call: cst.Call) -> bool:
    return dotted_name(call.func).rpartition(".")[2] == "shuffle"


def _is_handful(file: SourceFile, call: cst.Call) -> bool:
    """Whether one or a few items are picked: `choice(rows)`, `sample(rows, 5)`, `rows[randint(0, 9)]`."""
    name = dotted_name(call.func).rpartition(".")[2]
    keyed = [arg for arg in call.args if arg.keyword is not None and arg.keyword.value in {"k", "size", "n"}]
    if name in {"choice", "randint", "randrange", "integers"} and not keyed:
        return len(call.args) <= (1 if name == "choice" else 2)
    counts = [file.constant(arg.value) for arg in (keyed or call.args[1:2] or call.args[:1])]
    return any(isinstance(count, int) and count <= HANDFUL for count in counts)


def _is_training_cell(file: SourceFile, call: cst.Call) -> bool:
    apis = (file.api(other) for other in file.index.within(file.index.module(call), cst.Call))
    return any(api is not None and api.role in {Role.FIT, Role.TRAINING_STEP, Role.OPTIMIZER} for api in apis)


def _is_in_plotting_cell(file: SourceFile, call: cst.Call) -> bool:
    shows = False
    for other in file.index.within(file.index.module(call), cst.Call):
        api = file.api(other)
        if api is not None and api.role in {Role.FIT, Role.TRAINING_STEP, Role.SPLITTER, Role.OPTIMIZER}:
            return False
        plots = api is not None and api.role is Role.PLOT
        shows = shows or plots or bool(SHOWING & words(dotted_name(other.func).rpartition(".")[2]))
    return shows
