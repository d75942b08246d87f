"""Settings that an application fixes in several modules at once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from mldebt_lint.analysis.paths import folder
from mldebt_lint.analysis.project import Project
from mldebt_lint.analysis.settings.applications import Application, applications
from mldebt_lint.analysis.settings.facts import CopiedConstant, How, NamedPlace, Setting
from mldebt_lint.analysis.settings.names import stage_of, words
from mldebt_lint.analysis.settings.places import store_of
from mldebt_lint.model import Location

# Files of such a folder are alternatives to each other: together they are one place.
COLLECTIONS = re.compile(
    r"(?i)(?:models?|networks?|nets?|backbones?|architectures?|archs?|layers|modules|agents?|algorithms?|algos?|baselines?"
    r"|trainers|datasets|tasks|envs?|environments|configs?|configurations?|conf|settings|experiments?|recipes|examples?"
    r"|demos?|zoo|estimators|learners|policies|losses|tuners|runs|variants|benchmarks?|pages)$"
)
# Words of a constant's name that say that it is a choice somebody made.
CHOICE = frozenset(
    {
        *("size", "dim", "len", "length", "rate", "threshold", "num", "n", "max", "min", "epochs", "batch", "features"),
        *("columns", "cols", "classes", "labels", "model", "target", "steps", "depth", "width", "height", "ratio", "split"),
        *("factor", "weight", "weights", "window", "horizon", "lag", "lags", "folds", "decay", "alpha", "beta", "gamma"),
        *("lambda", "margin", "top", "k", "days", "hours", "cutoff", "limit", "sample", "samples", "tokens", "version"),
        *("table", "database", "schema", "index", "collection", "project", "region", "experiment", "dataset", "date"),
        *("start", "end", "prefix", "dropout", "lr", "seed", "stride", "hidden", "layers", "dir", "path", "root"),
    }
)


@dataclass(frozen=True, slots=True)
class Scatter:
    """One setting in several modules: `places` are in the order of the program, one for each module.

    `sure` is false where most of the places are defaults that a caller may override.
    """

    name: str
    entry: str
    values: tuple[str, ...]
    places: tuple[Location, ...]
    kind: str
    sure: bool = True


Item = Setting | CopiedConstant | NamedPlace
I = TypeVar("I", Setting, CopiedConstant, NamedPlace)
K = TypeVar("K", bound=Hashable)


def scattered(project: Project, modules: int) -> Iterator[Scatter]:
    """Yield every setting that at least so many modules of one application fix, each once."""
    found = project.once(applications)
    yield from _hyperparameters(project, found, modules)
    yield from _constants(project, found, modules)
    yield from _places(project, found, modules)


# -- hyperparameters --------------------------------------------------------------------------------------


def _hyperparameters(project: Project, apps: Sequence[Application], modules: int) -> Iterator[Scatter]:
    for group in _grouped(project.facts(Setting), lambda item: item.concept).values():
        if _units(group) < modules:
            continue
        seen: set[Location] = set()
        for app in apps:
            chosen = _same_purpose(_ordered(group, app), modules)
            if chosen and not seen.intersection(item.where for item in chosen):
                seen.update(item.where for item in chosen)
                yield _scatter(chosen, app.entry, chosen[0].spelt, "hyperparameter", _is_sure(chosen, modules))


def _is_sure(chosen: Sequence[Setting], modules: int) -> bool:
    return _units([item for item in chosen if item.how is not How.DEFAULT]) >= modules


def _same_purpose(items: list[Setting], modules: int) -> list[Setting]:
    """Return the settings that are one decision: those of different stages may differ on purpose."""
    if _units(items) < modules:
        return []
    if not items[0].staged or len({item.value for item in items}) == 1:
        return items
    stages = {item.stage for item in items}
    for stage in sorted(stages, key=lambda name: (name != "train", name)):
        chosen = [item for item in items if item.stage in (stage, "")]
        if _units(chosen) >= modules:
            return chosen
    return []


# -- constants and places ---------------------------------------------------------------------------------


def _constants(project: Project, apps: Sequence[Application], modules: int) -> Iterator[Scatter]:
    groups = _grouped(project.facts(CopiedConstant), lambda item: (item.name, item.value))
    for (name, _), group in groups.items():
        if _units(group) < modules:
            continue
        for app in apps:
            chosen = _ordered(group, app)
            if _units(chosen) >= modules:
                yield _scatter(chosen, app.entry, name, "constant", bool(CHOICE.intersection(words(name))))
                break


def _places(project: Project, apps: Sequence[Application], modules: int) -> Iterator[Scatter]:
    groups = _grouped(project.facts(NamedPlace), lambda item: store_of(item.text) or item.text)
    for name, group in groups.items():
        if _units(group) < modules:
            continue
        for entry, chosen in _together(project, apps, group, modules):
            texts = {item.text for item in chosen}
            text, kind = (chosen[0].text, chosen[0].kind) if len(texts) == 1 else (name, "bucket")
            yield _scatter(chosen, entry, text, kind, True)


def _together(
    project: Project, apps: Sequence[Application], group: list[NamedPlace], modules: int
) -> Iterator[tuple[str, list[NamedPlace]]]:
    """Yield those places of one text that are one application's, or, for telling texts, one folder's or package's."""
    for app in apps:
        chosen = _ordered(group, app)
        if _units(chosen) >= modules:
            yield app.entry, chosen
            return
    scopes = _grouped((item for item in group if item.distinct), lambda item: _scope(project, item.where.path))
    for scope, chosen in scopes.items():
        chosen = [item for item in chosen if not item.where.path.endswith(".ipynb")]
        if _units(chosen) >= modules:
            yield scope, chosen
            return


def _scope(project: Project, path: str) -> str:
    """The top package, or the folder, that a file stands in."""
    here = folder(path)
    while f"{here}/__init__.py" in project.modules and f"{folder(here)}/__init__.py" in project.modules:
        here = folder(here)
    return here


# -- groups -----------------------------------------------------------------------------------------------


def _grouped(items: Iterable[I], key: Callable[[I], K]) -> dict[K, list[I]]:
    groups: defaultdict[K, list[I]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups


def _ordered(items: Iterable[I], app: Application) -> list[I]:
    """Return the items of an application in the order of the program."""
    order = {path: number for number, path in enumerate(app.files)}
    return sorted((i for i in items if i.where.path in order), key=lambda i: order[i.where.path])


def _units(items: Iterable[Item]) -> int:
    return len({_unit(item.where.path) for item in items})


def _unit(path: str) -> str:
    here = folder(path)
    is_stage = bool(stage_of(path.rpartition("/")[2].rpartition(".")[0]))
    return here if COLLECTIONS.match(here.rpartition("/")[2]) and not is_stage else path


def _scatter(items: Sequence[Item], entry: str, name: str, kind: str, sure: bool) -> Scatter:
    values = dict.fromkeys(item.value for item in items if not isinstance(item, NamedPlace))
    first = {item.where.path: item.where for item in reversed(items)}
    places = tuple(first[path] for path in dict.fromkeys(item.where.path for item in items))
    return Scatter(name, entry, tuple(values), places, kind, sure)
