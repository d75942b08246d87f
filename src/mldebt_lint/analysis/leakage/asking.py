"""What fitted models are asked about held-out rows: predictions and scores, with the fit before them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mldebt_lint.analysis.flow import Event, Flow, Happens
from mldebt_lint.analysis.flow.model import NOWHERE, Part, Rows

PARTS = frozenset(Part)


@dataclass(frozen=True, slots=True)
class Asked:
    """A model is asked about rows of one side of a split; `is_held` when its last fit was on all of these, too."""

    at: int
    fit: Event
    rows: Rows
    side: Part
    split: int
    is_held: bool


def asked(flow: Flow) -> Iterator[Asked]:
    """Yield what models are asked, in the order of the flow."""
    fits: dict[int, Event] = {}
    for event in flow.events:
        site = event.value("model").site
        if site == NOWHERE:
            continue
        if event.kind is Happens.FIT and "cross-validation" not in event.traits:
            fits[site] = event
        elif event.kind in (Happens.PREDICT, Happens.METRIC) and site in fits:
            yield from _about(event, fits[site])


def _about(event: Event, fit: Event) -> Iterator[Asked]:
    for rows in event.value("X").rows:
        last = next((n for n in range(len(rows) - 1, -1, -1) if rows[n][1] in PARTS), None)
        if last is None:
            continue
        at, side = rows[last]
        is_held = any(len(path) <= last and rows[: len(path)] == path for path in fit.value("X").rows)
        yield Asked(event.at, fit, rows, Part(side), at, is_held)
