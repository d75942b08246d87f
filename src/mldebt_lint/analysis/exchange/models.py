"""Which models write what, and which are trained on it: the data-dependency graph of a project."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from mldebt_lint.analysis.exchange.stores import may_meet, store_of
from mldebt_lint.analysis.flow.events import Event, Happens
from mldebt_lint.analysis.flow.linking import ProjectFlow
from mldebt_lint.analysis.flow.model import NOWHERE, Loaded, Predicted, Read, Value
from mldebt_lint.analysis.paths import is_test_path
from mldebt_lint.analysis.project import Project


@dataclass(frozen=True, slots=True)
class Written:
    """A prediction, or what was made of one, is written: which model said it, where to, and by which event."""

    model: str
    store: str
    path: str
    at: int
    said_at: int


@dataclass(frozen=True, slots=True)
class Trained:
    """A model is trained on what was read from a place: which one, and by which event."""

    model: str
    store: str
    path: str
    at: int
    read_at: int


@dataclass(frozen=True, slots=True)
class Fed:
    """What one model wrote is what another, or the same, is trained on."""

    written: Written
    trained: Trained

    @property
    def is_direct(self) -> bool:
        """Whether the model is trained on what it said itself."""
        return self.written.model == self.trained.model


class Models:
    """The models of a project and what they exchange; ask for it by `project.once(Models)`."""

    def __init__(self, project: Project) -> None:
        self.flow = project.once(ProjectFlow)
        self._events = [
            event for path in self.flow.files() if not is_test_path(path) for event in self.flow.events(path)
        ]

    def of(self, *kinds: Happens) -> Iterator[Event]:
        """Yield the events of some kinds."""
        return (event for event in self._events if event.kind in kinds)

    # -- who is who -------------------------------------------------------------------------------------

    @cached_property
    def _artefacts(self) -> dict[int, str]:
        """By site of a model, the place to which it is saved or from which it was loaded."""
        found: dict[int, str] = {}
        for event in self.of(Happens.SAVE):
            store = store_of(event.path)
            if store and event.value("data").site != NOWHERE:
                found.setdefault(event.value("data").site, f"artefact {store}")
        for event in self.of(Happens.PREDICT, Happens.FIT):
            for mark in event.value("model").of(Loaded):
                if isinstance(mark, Loaded) and (store := store_of(mark.path)):
                    found[event.value("model").site] = f"artefact {store}"
        return found

    def name(self, site: int) -> str:
        """Return a name for a model that is the same wherever the model is; empty for one that is not known."""
        if site == NOWHERE:
            return ""
        return self._artefacts.get(site, f"site {site}")

    def are_versions(self, one: str, other: str) -> bool:
        """Whether two files do the same by and large: a notebook and its script, a program and its copy."""
        mine, theirs = self._doings(one), self._doings(other)
        return 2 * (mine & theirs).total() >= 1.2 * max(mine.total(), theirs.total())

    def _doings(self, path: str) -> Counter[tuple[str, str, str]]:
        events = self.flow.events(path)
        return Counter((event.kind.value, event.name, event.path) for event in events if not event.via)

    # -- the graph --------------------------------------------------------------------------------------

    @cached_property
    def written(self) -> list[Written]:
        """Every prediction that is written to a known place."""
        found: dict[tuple[str, str, int], Written] = {}
        for event in self.of(Happens.WRITE, Happens.SAVE):
            store = store_of(event.path, sql="sql" in event.traits)
            for mark in event.value("data").predictions if store else ():
                model = self.name(mark.model)
                item = Written(model, store, self.flow.path(event.at), event.at, mark.at)
                found.setdefault((model, store, event.at), item)
        return list(found.values())

    @cached_property
    def trained(self) -> list[Trained]:
        """Every model that is trained on what is read from a known place."""
        found: dict[tuple[str, str, int], Trained] = {}
        for event in self.of(Happens.FIT):
            model = self.name(event.value("model").site)
            for mark in (*_read(event.value("X")), *_read(event.value("y"))):
                store = store_of(mark.path)
                if model and store:
                    item = Trained(model, store, self.flow.path(event.at), event.at, mark.at)
                    found.setdefault((model, store, event.at), item)
        return list(found.values())

    @cached_property
    def fed(self) -> list[Fed]:
        """Every pair of a write and a training on the same place."""
        return [
            Fed(written, trained)
            for written in self.written
            for trained in self.trained
            if written.store == trained.store and may_meet(written.path, trained.path, written.store)
        ]

    def circles(self) -> Iterator[list[Fed]]:
        """Yield every shortest way on which what a model says comes back to it through other models."""
        by_writer: dict[str, list[Fed]] = {}
        for item in self.fed:
            if not item.is_direct and item.written.model:
                by_writer.setdefault(item.written.model, []).append(item)
        told: set[frozenset[str]] = set()
        for start in by_writer:
            way = _way_back(start, by_writer)
            models = frozenset(item.written.model for item in way)
            if way and models not in told:
                told.add(models)
                yield way


def _read(value: Value) -> Iterator[Read]:
    return (mark for mark in value.of(Read) if isinstance(mark, Read))


def _way_back(start: str, by_writer: dict[str, list[Fed]]) -> list[Fed]:
    todo: list[list[Fed]] = [[item] for item in by_writer.get(start, ())]
    seen: set[str] = set()
    while todo:
        way = todo.pop(0)
        end = way[-1].trained.model
        if end == start:
            return way
        if end not in seen:
            seen.add(end)
            todo += [[*way, item] for item in by_writer.get(end, ())]
    return []


def said_by(value: Value, site: int) -> Predicted | None:
    """Return the prediction of one model that went into a value, None where there is none."""
    return next((mark for mark in value.predictions if mark.model == site != NOWHERE), None)
