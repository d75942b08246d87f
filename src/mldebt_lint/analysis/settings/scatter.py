"""Settings that an application fixes in several modules at once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeVar

from mldebt_lint.analysis.paths import folder
from mldebt_lint.analysis.project import Project
from mldebt_lint.analysis.settings.applications import applications
from mldebt_lint.analysis.settings.facts import CopiedConstant, How, NamedPlace, Setting
from mldebt_lint.analysis.settings.names import Form, stage_of, words
from mldebt_lint.analysis.settings.places import store_of
from mldebt_lint.analysis.settings.soft import JOINED
from mldebt_lint.analysis.settings.takers import Item, Placed, Takers
from mldebt_lint.model import Location

# Files of such a folder are alternatives to each other: together they are one place.
COLLECTIONS = re.compile(
    r"(?i)(?:models?|networks?|nets?|backbones?|architectures?|archs?|layers|modules|agents?|algorithms?|algos?|baselines?"
    r"|trainers|datasets|tasks|envs?|environments|configs?|configurations?|conf|settings|experiments?|recipes|examples?"
    r"|demos?|zoo|estimators|learners|policies|losses|tuners|runs|variants|benchmarks?|pages)$"
)
# Words of a constant's name that say that it is a choice somebody made.
CHOICE = frozenset(
    (
        "size dim len length rate threshold num n max min epochs batch features columns cols classes labels "
        "model target steps depth width height ratio split factor weight weights window horizon lag lags "
        "folds decay alpha beta gamma lambda margin top k days hours cutoff limit sample samples tokens "
        "version table database schema index collection project region experiment dataset date start end "
        "prefix dropout lr seed stride hidden layers dir path root"
    ).split()
)


TEACHES = re.compile(
    r"(?i)(?:examples?|tutorials?|notebooks|chapter.*|ch\d+.*|lessons?.*|week.*|homeworks?|exercises?)$"
)
# What uses more modules than this is built on a framework, whose parts fix settings of their own.
MAX_PROGRAM = 60
# Every script has these.
COMMON_NAMES = frozenset({"main", "parse_args", "get_args", "run", "cli"})


class Sureness(IntEnum):
    """How sure it is that the places are one setting: defaults may be overridden, and a framework is no program."""

    POSSIBLE = 0
    LIKELY = 1
    SURE = 2


@dataclass(frozen=True, slots=True)
class Scatter:
    """One setting in several modules: `places` are in the order of the program, one for each module.

    `together` is false where the modules share a folder or a package, and nothing more is known.
    """

    name: str
    entry: str
    values: tuple[str, ...]
    places: tuple[Location, ...]
    kind: str
    sure: Sureness
    together: bool = True


K = TypeVar("K", bound=Hashable)


def scattered(project: Project, modules: int) -> Iterator[Scatter]:
    """Yield every setting that at least so many modules of one application fix, each once."""
    settings = [item for item in project.facts(Setting) if not item.step]
    constants = project.facts(CopiedConstant)
    places = [item for item in project.facts(NamedPlace) if not item.option and item.kind != JOINED]
    paths = {item.where.path for items in (settings, constants, places) for item in items}
    found = Takers(project.once(applications), paths)
    named = [
        *_hyperparameters(project, found, settings, modules),
        *_constants(project, found, constants, modules),
    ]
    spelt = list(_places(project, found, places, modules))
    yield from (item for item in named if not any(_says_more(other, item) for other in spelt))
    yield from (item for item in spelt if not any(_says_as_much(other, item) for other in named))


def _says_more(literal: Scatter, constant: Scatter) -> bool:
    """Whether a literal's places are all those of a constant that has it as its value, and others."""
    return _says_as_much(literal, constant) and len(literal.places) > len(constant.places)


def _says_as_much(one: Scatter, other: Scatter) -> bool:
    """Whether one finding shows every line that the other does, and is no less sure."""
    lines = {(place.path, place.cell, place.span.line) for place in one.places}
    return one.sure >= other.sure and lines.issuperset(
        (place.path, place.cell, place.span.line) for place in other.places
    )


# -- hyperparameters --------------------------------------------------------------------------------------


def _hyperparameters(
    project: Project, apps: Takers, settings: list[Setting], modules: int
) -> Iterator[Scatter]:
    for group in _grouped(settings, _decision).values():
        if _units(project, group, modules) < modules:
            continue
        seen: set[Location] = set()
        for app, taking in apps.of(group, modules):
            if all(item.where in seen for item in taking):
                continue
            chosen = _same_purpose(project, _single(taking), modules)
            if chosen and not seen.intersection(item.where for item in chosen):
                seen.update(item.where for item in chosen)
                sure = _sureness(project, chosen, modules)
                if len(app.files) > MAX_PROGRAM:
                    sure = min(sure, Sureness.LIKELY)
                yield _scatter(chosen, app.entry, chosen[0].spelt, "hyperparameter", sure)


def _decision(item: Setting) -> tuple[str, str]:
    """What one decision is: texts and lists are one only when they are the same."""
    return item.concept, "" if item.form in (Form.NUMBER, Form.SIZE) else item.value


def _single(items: list[Setting]) -> list[Setting]:
    """Leave out modules that fix one thing to several values: there it is not one setting."""
    values: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for item in items:
        values[item.where.path, item.stage].add(item.value)
    return [item for item in items if len(values[item.where.path, item.stage]) == 1]


def _sureness(project: Project, chosen: Sequence[Setting], modules: int) -> Sureness:
    firm = _units(project, [item for item in chosen if item.how is not How.DEFAULT], modules)
    if firm >= modules:
        return Sureness.SURE
    return Sureness.LIKELY if firm * 2 > modules else Sureness.POSSIBLE


def _same_purpose(project: Project, items: list[Setting], modules: int) -> list[Setting]:
    """Return the settings that are one decision: those of different stages may differ on purpose."""
    if _units(project, items, modules) < modules:
        return []
    stages = {item.stage for item in items}
    if "" in stages or len({item.value for item in items}) == 1:
        return items
    for stage in sorted(stages):
        chosen = [item for item in items if item.stage == stage]
        if _units(project, chosen, modules) >= modules:
            return chosen
    return []


# -- constants and places ---------------------------------------------------------------------------------


def _constants(
    project: Project, apps: Takers, constants: list[CopiedConstant], modules: int
) -> Iterator[Scatter]:
    groups = _grouped(constants, lambda item: (item.name, item.value))
    for (name, _), group in groups.items():
        if _units(project, group, modules) < modules:
            continue
        for app, chosen in apps.of(group, modules):
            if _units(project, chosen, modules) >= modules:
                sure = len(app.files) <= MAX_PROGRAM and bool(CHOICE.intersection(words(name)))
                yield _scatter(
                    chosen, app.entry, name, "constant", Sureness.SURE if sure else Sureness.LIKELY
                )
                break


def _places(project: Project, apps: Takers, places: list[NamedPlace], modules: int) -> Iterator[Scatter]:
    groups = _grouped(places, lambda item: store_of(item.text) or item.text)
    for name, group in groups.items():
        if _units(project, group, modules) < modules:
            continue
        found = _of_application(project, apps, group, modules) or _of_folder(project, group, modules)
        if found is not None:
            entry, chosen, together = found
            texts = {item.text for item in chosen}
            text, kind = (chosen[0].text, chosen[0].kind) if len(texts) == 1 else (name, "bucket")
            sure = together or not any(TEACHES.match(part) for part in entry.split("/"))
            yield _scatter(chosen, entry, text, kind, Sureness.SURE if sure else Sureness.LIKELY, together)


def _of_application(
    project: Project, apps: Takers, group: list[NamedPlace], modules: int
) -> tuple[str, list[NamedPlace], bool] | None:
    for app, chosen in apps.of(group, modules):
        if _units(project, chosen, modules) >= modules:
            return app.entry, chosen, True
    return None


def _of_folder(
    project: Project, group: list[NamedPlace], modules: int
) -> tuple[str, list[NamedPlace], bool] | None:
    """Telling texts need no program: scripts of one folder, and modules of one package, read the same place."""
    telling = (item for item in group if item.distinct and not item.where.path.endswith(".ipynb"))
    for scope, chosen in _grouped(telling, lambda item: _scope(project, item.where.path)).items():
        if _units(project, chosen, modules, 1) >= modules:
            return scope, chosen, False
    return None


def _scope(project: Project, path: str) -> str:
    """The top package, or the folder, that a file stands in."""
    here = folder(path)
    while f"{here}/__init__.py" in project.modules and f"{folder(here)}/__init__.py" in project.modules:
        here = folder(here)
    return here


# -- groups -----------------------------------------------------------------------------------------------


def _grouped(items: Iterable[Placed], key: Callable[[Placed], K]) -> dict[K, list[Placed]]:
    groups: defaultdict[K, list[Placed]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups


def _units(project: Project, items: Iterable[Item], enough: int, alike: int = 3) -> int:
    """Count the modules up to `enough`, alternatives and copies of each other as one.

    Copies share at least `alike` definitions, and half of those that one of them has.
    """
    units: dict[str, str] = {}
    for item in items:
        units.setdefault(_unit(item.where.path), item.where.path)
    distinct: list[frozenset[str]] = []
    for path in units.values():
        defined = frozenset(project.modules[path].definitions) - COMMON_NAMES
        if not any(_are_copies(defined, other, alike) for other in distinct):
            distinct.append(defined)
            if len(distinct) == enough:
                break
    return len(distinct)


def _are_copies(one: frozenset[str], other: frozenset[str], alike: int) -> bool:
    shared = len(one & other)
    return shared >= alike and shared * 2 >= min(len(one), len(other))


def _unit(path: str) -> str:
    here = folder(path)
    is_stage = bool(stage_of(path.rpartition("/")[2].rpartition(".")[0]))
    return here if COLLECTIONS.match(here.rpartition("/")[2]) and not is_stage else path


def _scatter(
    items: Sequence[Item], entry: str, name: str, kind: str, sure: Sureness, together: bool = True
) -> Scatter:
    values = dict.fromkeys(item.value for item in items if not isinstance(item, NamedPlace))
    first = {item.where.path: item.where for item in reversed(items)}
    places = tuple(first[path] for path in dict.fromkeys(item.where.path for item in items))
    return Scatter(name, entry, tuple(values), places, kind, sure, together)
