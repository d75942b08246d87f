"""The flow of a whole project: calls of other files' functions, with what these do put in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from mldebt_lint.analysis.flow.events import Event, Happens, Passed, substituted
from mldebt_lint.analysis.flow.facts import FlowFact, FlowFunction, Rebuilt
from mldebt_lint.analysis.flow.model import NOTHING, Value
from mldebt_lint.analysis.project import Project
from mldebt_lint.analysis.star_imports import rest_behind
from mldebt_lint.model import Location

SPAN = 10_000_000  # more than a file has nodes: ranks of two files never meet
MOST_CALLS = 3  # through how many files a value is followed
MOST_EVENTS = 3000


@dataclass(frozen=True, slots=True)
class Linked:
    """A function of the project whose calls of other files are resolved."""

    params: tuple[tuple[str, int], ...]
    result: Value
    events: tuple[Event, ...]


class ProjectFlow:
    """What happens in every file, in the order of its flow; ask for it by `project.once(ProjectFlow)`."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._facts = {fact.path: fact for fact in project.facts(FlowFact)}
        self._paths = list(self._facts)
        self._rebuilt = {path: Rebuilt(number * SPAN) for number, path in enumerate(self._paths)}
        self._functions = {path: {f.name: f for f in fact.functions} for path, fact in self._facts.items()}
        self._linked: dict[tuple[str, str], Linked | None] = {}
        self._places: dict[str, dict[int, Location]] = {}

    def files(self) -> list[str]:
        """Return the files in which something happens."""
        return self._paths

    def events(self, path: str) -> list[Event]:
        """Return what happens in a file when it runs, and then what its functions do by themselves."""
        fact, rebuilt = self._facts[path], self._rebuilt[path]
        found, _ = self._follow(path, [rebuilt.event(event) for event in fact.events], 0)
        for function in fact.functions:
            linked = self._function(path, function)
            found += linked.events if linked is not None else ()
        return found

    def where(self, at: int, label: str = "") -> Location | None:
        """Return the place of an event, None for what is none."""
        path = self.path(at)
        if path not in self._places:
            self._places[path] = dict(self._facts[path].places)
        found = self._places[path].get(at % SPAN)
        return replace(found, label=label) if found is not None else None

    def path(self, at: int) -> str:
        """Return the file in which something stands."""
        return self._paths[at // SPAN]

    # -- calls ------------------------------------------------------------------------------------------

    def _function(self, path: str, function: FlowFunction, depth: int = 0) -> Linked | None:
        key = (path, function.name)
        if key not in self._linked:
            self._linked[key] = None  # it calls itself
            rebuilt = self._rebuilt[path]
            base = self._paths.index(path) * SPAN
            events, passed = self._follow(
                path, [rebuilt.event(event) for event in function.events], depth + 1
            )
            params = tuple((name, at + base) for name, at in function.params)
            self._linked[key] = Linked(
                params, substituted(rebuilt.value(function.result), passed), tuple(events)
            )
        return self._linked[key]

    def _follow(self, path: str, events: list[Event], depth: int) -> tuple[list[Event], Passed]:
        """Put what other files' functions do in the place of their calls; return what the calls gave, too."""
        found: list[Event] = []
        given: dict[int, Value] = {}
        for event in events:
            happened = replace(event, values={n: substituted(v, given) for n, v in event.values.items()})
            if event.kind is not Happens.CALL:
                found.append(happened)
                continue
            callee = self._callee(event.name, path, depth)
            if callee is None:
                continue
            passed = dict(_bound(callee, happened))
            inner = [e.passed(passed, event.at) for e in callee.events if len(e.via) < MOST_CALLS]
            found += inner[: max(MOST_EVENTS - len(found), 0)]
            given[event.at] = substituted(callee.result, passed)
        return found, given

    def _callee(self, dotted: str, importer: str, depth: int) -> Linked | None:
        if depth > MOST_CALLS:
            return None
        path = self._project.resolve(dotted, importer)
        if path is None or path not in self._functions or path == importer:
            return None
        name = rest_behind(dotted, path)
        function = self._functions[path].get(name) or self._functions[path].get(f"{name}.__init__")
        return self._function(path, function, depth) if function is not None else None


def _bound(callee: Linked, call: Event) -> Iterator[tuple[int, Value]]:
    params = (
        callee.params[1:] if callee.params[:1] and callee.params[0][0] in ("self", "cls") else callee.params
    )
    numbers = {str(number): at for number, (_, at) in enumerate(params)}
    names = dict(params)
    for key, value in call.values.items():
        at = names.get(key, numbers.get(key))
        if at is not None and value is not NOTHING:
            yield at, value
