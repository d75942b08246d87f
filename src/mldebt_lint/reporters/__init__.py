"""What turns a report into text: one small module per format, chosen here by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from mldebt_lint.errors import UserError, did_you_mean
from mldebt_lint.reporters.base import Reporter, Style
from mldebt_lint.reporters.concise import ConciseReporter
from mldebt_lint.reporters.full import FullReporter
from mldebt_lint.reporters.json_ import JsonReporter

REPORTERS: Mapping[str, Callable[[Style], Reporter]] = MappingProxyType(
    {"concise": ConciseReporter, "full": FullReporter, "json": JsonReporter}
)


def reporter(name: str, style: Style) -> Reporter:
    """Return the reporter called `name`; raise `UserError` with a suggestion if there is none."""
    factory = REPORTERS.get(name)
    if factory is None:
        hint = did_you_mean(name, REPORTERS) or f"known: {', '.join(sorted(REPORTERS))}"
        raise UserError(f"unknown output format '{name}'", hint=hint)
    return factory(style)


__all__ = ["REPORTERS", "Reporter", "Style", "reporter"]
