"""What the parts of the analysis share while they go through one file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import libcst as cst

from mldebt_lint.analysis.flow.environment import Environment
from mldebt_lint.analysis.flow.events import Event, Happens
from mldebt_lint.analysis.flow.model import NOTHING, Learnt, Value, join
from mldebt_lint.analysis.syntax import Index

MOST_EVENTS = 2000


@dataclass(slots=True)
class State:
    """Where the analysis of one file stands: what names mean now, and what has happened in the function at hand."""

    index: Index
    environment: Environment = field(default_factory=Environment)
    top: Environment = field(default_factory=Environment)
    events: list[Event] = field(default_factory=list)
    seen: dict[int, Value] = field(default_factory=dict)
    given: dict[str, int] = field(default_factory=dict)  # the names that still are parameters of the function
    # By name of a parameter: the calls that happen only if nothing is passed for it.
    fills: dict[str, frozenset[int]] = field(default_factory=dict)
    # By parameter: what has become of what was changed in place.
    changed: dict[int, Value] = field(default_factory=dict)

    def note(self, kind: Happens, node: cst.CSTNode, values: dict[str, Value], **more: object) -> None:
        """Write down that something happens."""
        if len(self.events) < MOST_EVENTS:
            self.events.append(Event(kind, self.index.rank(node), values, **more))  # type: ignore[arg-type]

    def remember(self, node: cst.CSTNode, value: Value) -> None:
        """Keep what is known of an expression; of one that is met again, in another round or branch, of both."""
        if value is not NOTHING:
            known = self.seen.get(id(node))
            self.seen[id(node)] = value if known is None else join(known, value)

    def change(self, key: str, value: Value) -> None:
        """What a name means has changed in place; a parameter's caller sees it, too."""
        self.environment.known[key] = value
        if key in self.given:
            self.changed[self.given[key]] = value

    # -- what an instance has learnt --------------------------------------------------------------------

    def learnt(self, site: int) -> Value:
        """Return what an instance was fitted on, as marks."""
        return self.environment.known.get(_memory(site), NOTHING)

    def learns(self, site: int, what: Learnt, *, more: bool = False) -> None:
        """An instance is fitted, once more if it has been: `more` adds to what it knows, else that is replaced."""
        known = self.learnt(site) if more else NOTHING
        self.environment.known[_memory(site)] = join(known, Value(marks=frozenset({what})))


def _memory(site: int) -> str:
    return f"#{site}"


@dataclass(slots=True)
class Summary:
    """What a function does to whoever calls it: its parameters by name, what it returns, what happens in it."""

    params: Sequence[tuple[str, int]]
    result: Value
    events: Sequence[Event]
    learnt: dict[int, Value] = field(default_factory=dict)
    changed: dict[int, Value] = field(default_factory=dict)
    fills: dict[str, frozenset[int]] = field(default_factory=dict)


Evaluate = Callable[[cst.CSTNode], Value]
