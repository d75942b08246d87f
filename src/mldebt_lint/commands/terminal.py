"""What the terminal can do: colour, width, links."""

from __future__ import annotations

import os
import shutil
import sys

from mldebt_lint.reporters.base import Style


def make_style(color: str, *, quiet: bool = False, base: str = "") -> Style:
    """Return the style for standard output.

    `color` is auto, always or never; `auto` honours NO_COLOR, FORCE_COLOR, CLICOLOR and CLICOLOR_FORCE.
    """
    width = shutil.get_terminal_size((100, 24)).columns
    return Style(color=wants_color(color), width=width, hyperlinks=False, base=base, quiet=quiet)


def wants_color(color: str) -> bool:
    """Whether to write colours to standard output."""
    if color != "auto":
        return color == "always"
    environ = os.environ
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR") or environ.get("CLICOLOR_FORCE", "0") != "0":
        return True
    return sys.stdout.isatty() and environ.get("TERM") != "dumb" and environ.get("CLICOLOR", "1") != "0"
