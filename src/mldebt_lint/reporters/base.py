"""What all reporters share: their interface, the style they are given, and how a place is written."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import Protocol

from mldebt_lint.model import Location, Report


@dataclass(frozen=True, slots=True)
class Style:
    """How and for where to write.

    `base` is put before a path that is relative to the project's root to make it relative to the current
    directory (`""`, `"../proj/"`). `width` is in terminal cells. `rule_url` is the address of a rule's page
    with `{name}` in it; without one there are no hyperlinks. `quiet` leaves out all but the findings and the
    problems.
    """

    color: bool
    width: int
    hyperlinks: bool
    base: str
    rule_url: str = ""
    quiet: bool = False


class Reporter(Protocol):
    """Turns a whole report into the text of one format, which ends with a newline unless it is empty."""

    def render(self, report: Report) -> str:
        """Return the text; it can always be encoded as UTF-8 and holds no control characters of the input."""
        ...


def display_path(base: str, path: str) -> str:
    """Return a root-relative POSIX path as seen from the current directory; an empty path stays empty."""
    return posixpath.normpath(posixpath.join(base, path)) if path else ""


def place(base: str, where: Location) -> str:
    """Return `path:line:column`, or `path:cell 3:line:column` in a notebook."""
    cell = "" if where.cell is None else f"cell {where.cell}:"
    return f"{display_path(base, where.path)}:{cell}{where.span.line}:{where.span.column}"
