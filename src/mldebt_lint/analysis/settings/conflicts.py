"""One constant with different literals in two modules that share an artefact, a data set or a model class."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mldebt_lint.analysis.paths import folder
from mldebt_lint.analysis.project import Project
from mldebt_lint.analysis.settings.applications import ORDER, TRAINING, Applications, path_stage
from mldebt_lint.analysis.settings.facts import How, ModelClass, NamedPlace, Setting, Trains
from mldebt_lint.analysis.settings.names import words
from mldebt_lint.analysis.settings.soft import JOINED
from mldebt_lint.model import Location

# What must be the same wherever one model or one data set is used.
MEANINGS = {
    **{name: name.replace("_", " ") for name in ("image_size", "image_height", "image_width", "input_size")},
    **{
        name: name.replace("_", " ") for name in ("max_length", "context_length", "vocab_size", "sample_rate")
    },
    **{
        name: name.replace("_", " ")
        for name in ("n_mels", "n_fft", "hop_length", "window_size", "split seed")
    },
    "num_classes": "number of classes",
    "n_features": "number of features",
    "class_names": "labels",
    "mean": "mean",
    "std": "standard deviation",
    "tokenizer": "tokenizer",
    "tokenizer_name": "tokenizer",
    "test size": "test size",
    "number of folds": "number of folds",
    "target": "target column",
}
# What is changed together with the other one: one finding says it.
PARTNERS = {"image width": "image height", "standard deviation": "mean"}
ARTEFACT = re.compile(
    r"\.(?:pt|pth|pkl|pickle|joblib|h5|hdf5|keras|onnx|ckpt|bin|safetensors|pb|model|cbm|ubj|tflite|mar|weights)$"
)
A_FILE = frozenset(
    {"path", "file", "filename", "checkpoint", "ckpt", "weights", "artifact", "artefact", "uri", "csv"}
)
NO_FILE = frozenset(
    {"dir", "root", "log", "folder", "directory", "logs", "home", "base", "config", "cfg", "env"}
)
PARTS = frozenset(
    (
        "src code scripts app apps lib api serving serve service server training inference pipeline "
        "pipelines train notebooks deploy deployment web backend jobs"
    ).split()
)
MAX_SHARERS = 12
# Words of an imported constant's name that say that the file is a model.
A_MODEL = frozenset({"model", "models", "checkpoint", "ckpt", "weights", "artifact", "artefact"})
USING = frozenset({"validate", "predict", ""})


@dataclass(frozen=True, slots=True)
class Tie:
    """What modules share: `kind` and `name` in words, the modules, and the places that show it."""

    kind: str
    name: str
    modules: tuple[str, ...]
    shown: tuple[Location, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """One meaning with different values: `first` and `second` in the order of a program, and what ties them.

    `sure` is false where both modules train, and so are two experiments that may differ on purpose. What shares no
    artefact, but only data or a class, is sure where one script trains and another uses what it made.
    """

    meaning: str
    first: Setting
    second: Setting
    others: tuple[Setting, ...]
    tie: Tie
    sure: bool


def conflicts(project: Project) -> Iterator[Conflict]:
    """Yield each meaning that two tied modules give different values, once for each group of modules."""
    known = _known(project)
    trained = {fact.where.path for fact in project.facts(Trains)}
    seen: set[Location] = set()
    told: set[tuple[str, str, str]] = set()
    for tie in _ties(project):
        for meaning, by_path in sorted(known.items(), key=lambda item: item[0] in PARTNERS):
            chosen = sorted((by_path[path] for path in tie.modules if path in by_path), key=_order)
            if tie.kind != "artefact":  # what a run may change says little where little is shared
                chosen = [item for item in chosen if item.how is not How.OPTION]
            values = {normal_value(item.value) for item in chosen}
            if (
                len(values) < 2
                or (meaning == "labels" and not _speak_of_one(values))
                or seen.intersection(item.where for item in chosen)
            ):
                continue
            seen.update(item.where for item in chosen)
            found = _conflict(meaning, chosen, tie, trained)
            pair = (found.first.where.path, found.second.where.path)
            told.add((meaning, *pair))
            if (PARTNERS.get(meaning, ""), *pair) not in told:
                yield found


def _speak_of_one(values: Iterable[str]) -> bool:
    """Whether lists of labels share one: otherwise they are in two languages, or of two tasks."""
    lists = [{part.casefold() for part in value.strip("()").split(", ")} for value in values]
    same = {value.casefold() for value in values}
    return len(same) > 1 and any(one & other for number, one in enumerate(lists) for other in lists[:number])


def _conflict(meaning: str, chosen: list[Setting], tie: Tie, trained: set[str]) -> Conflict:
    pair = _pair(chosen, trained) if tie.kind != "artefact" else None
    if pair is not None:
        others = tuple(item for item in chosen if item not in pair)
        return Conflict(meaning, *pair, others, tie, sure=True)
    first = chosen[0]
    differing = [item for item in chosen if normal_value(item.value) != normal_value(first.value)]
    sober = [item for item in differing if item.where.path not in trained]
    second = (sober or differing)[-1] if first.where.path in trained else differing[-1]
    others = tuple(item for item in chosen if item is not first and item is not second)
    sure = tie.kind == "artefact" and not {first.where.path, second.where.path} <= trained
    return Conflict(meaning, first, second, others, tie, sure)


def _pair(chosen: list[Setting], trained: set[str]) -> tuple[Setting, Setting] | None:
    """Return a script that trains, or is called so, and one that does not and has another value.

    Notebooks are experiments of their own, and so is what stands in another folder, unless its name is a part's.
    """
    scripts = [item for item in chosen if not item.where.path.endswith(".ipynb")]
    makers = [item for item in scripts if item.where.path in trained or _stage(item) in TRAINING]
    made = {
        normal_value(item.value) for item in makers
    }  # who has the value of one of several trainers is that one's
    users = [
        item
        for item in scripts
        if item not in makers and _stage(item) in USING and normal_value(item.value) not in made
    ]
    for maker in makers:
        for user in reversed(users):
            if _are_beside(maker.where.path, user.where.path):
                return maker, user
    return None


def _are_beside(one: str, other: str) -> bool:
    """Whether two files stand in one folder, or one above the other; folders of an application's parts aside."""
    homes = [[part for part in path.split("/")[:-1] if part not in PARTS] for path in (one, other)]
    shorter, longer = sorted(homes, key=len)
    return longer[: len(shorter)] == shorter


def _stage(item: Setting) -> str:
    return path_stage(item.where.path)


def _known(project: Project) -> dict[str, dict[str, Setting]]:
    """Every meaning's settings by file, where the file gives it one value; defaults can be overridden."""
    found: defaultdict[str, defaultdict[str, list[Setting]]] = defaultdict(lambda: defaultdict(list))
    local = {repr(place.text) for place in project.facts(NamedPlace) if place.kind in ("file", "path")}
    for item in project.facts(Setting):
        if item.concept not in MEANINGS or item.how is How.DEFAULT:
            continue
        is_demo = item.own and bool(project.importers.get(item.where.path))
        is_copy = MEANINGS[item.concept] == "tokenizer" and (item.value in local or _is_path(item.value))
        if not is_demo and not is_copy:  # a tokenizer that lies beside its model may be any
            found[MEANINGS[item.concept]][item.where.path].append(item)
    single = {
        meaning: {
            path: items[0]
            for path, items in by_path.items()
            if len({normal_value(i.value) for i in items}) == 1
        }
        for meaning, by_path in found.items()
    }
    return {meaning: by_path for meaning, by_path in single.items() if len(by_path) > 1}


def _is_path(value: str) -> bool:
    text = value.strip("'\"")
    return text.startswith((".", "/", "~")) or text.count("/") > 1 or "\\" in text


def normal_value(value: str) -> str:
    """Return a value's text, the same for `224`, `(224, 224)` and `(224, 224, 3)`."""
    parts = value.strip("()").split(", ")
    if len(parts) == 3 and parts[2] in ("1", "3"):
        parts = parts[:2]
    return parts[0] if len(set(parts)) == 1 else value


def _order(item: Setting) -> tuple[int, str]:
    return ORDER.index(path_stage(item.where.path)), item.where.path


# -- ties -------------------------------------------------------------------------------------------------


def _ties(project: Project) -> Iterator[Tie]:
    """Yield what two or more modules share, the strongest first."""
    shared = [tie for tie in _paths(project) if 1 < len(tie.modules) <= MAX_SHARERS]
    yield from (tie for tie in shared if tie.kind == "artefact")
    yield from _imported(project)
    yield from (tie for tie in shared if tie.kind != "artefact")


def _paths(project: Project) -> Iterator[Tie]:
    groups: defaultdict[str, list[NamedPlace]] = defaultdict(list)
    for item in project.facts(NamedPlace):
        if item.kind in ("file", "path", "URL", "data set", "model", "artefact", JOINED):
            groups[item.text.removeprefix("./")].append(item)
    for text, items in groups.items():
        kinds = {item.kind for item in items}
        if len({item.where.path for item in items}) < 2 or kinds == {"model"}:
            continue
        kind = "artefact" if ARTEFACT.search(text) or kinds & {"model", "artefact", JOINED} else "data set"
        for touching in _near(text, items):
            first = {item.where.path: item.where for item in reversed(touching)}
            yield Tie(kind, f"'{text}'", tuple(first), tuple(first.values()))


def _near(text: str, items: list[NamedPlace]) -> Iterator[list[NamedPlace]]:
    """A bare name means the same file to the scripts of one folder, a path to one tree, an address to everybody."""
    if "://" in text:
        yield items
        return
    key = _tree if "/" in text else folder
    groups: defaultdict[str, list[NamedPlace]] = defaultdict(list)
    for item in items:
        groups[key(item.where.path)].append(item)
    yield from groups.values()


def _tree(path: str) -> str:
    """The top folder of a file; folders of an application's parts are no project of their own."""
    top, _, below = path.partition("/")
    return "" if not below or top in PARTS else top


def _imported(project: Project) -> Iterator[Tie]:
    """Path constants and model classes that several modules import from one."""
    uses = Applications(project)
    models = {(fact.where.path, fact.name): fact for fact in project.facts(ModelClass)}
    groups: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    telling = [item for item in project.facts(Setting) if item.concept in MEANINGS]
    opinionated = {item.where.path for item in telling}
    firm = {item.where.path for item in telling if item.how is not How.OPTION}
    for path in sorted(opinionated):
        module = project.modules[path]
        for item in module.imports:
            name = item.target.rpartition(".")[2]
            for source in uses.meant(item.target, module):
                for wanted in _names(name, source, project.vocabulary(path).references, models):
                    groups[source, wanted][path] = None
    for (source, name), users in groups.items():
        fact = models.get((source, name))
        kind = "model" if fact is not None else "artefact" if A_MODEL & set(words(name)) else "data set"
        modules = tuple(user for user in users if kind == "artefact" or user in firm)
        modules = modules if fact is None else (source, *modules)
        if 1 < len(modules) <= MAX_SHARERS:
            shown = (fact.where,) if fact is not None else ()
            yield Tie(kind, f"`{name}`", modules, shown)


def _names(
    name: str, source: str, references: Iterable[str], models: dict[tuple[str, str], ModelClass]
) -> Iterator[str]:
    """The path constants and models that an import brings; of a module, those that are read by attribute."""
    is_module = name == source.rpartition("/")[2].rpartition(".")[0]
    for candidate in references if is_module else (name,):
        if (source, candidate) in models or _is_path_constant(candidate):
            yield candidate


def _is_path_constant(name: str) -> bool:
    parts = set(words(name))
    return name.isupper() and bool(parts & A_FILE) and not parts & NO_FILE
