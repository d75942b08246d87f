"""Command-line options: what a program declares, where the parsed values go, and what reads and sets them."""

from __future__ import annotations

from mldebt_lint.analysis.options.collect import option_facts
from mldebt_lint.analysis.options.drift import Drift, drifts
from mldebt_lint.analysis.options.facts import OptionFacts
from mldebt_lint.analysis.options.overwritten import Overwritten, overwritten
from mldebt_lint.analysis.options.sets import OptionSet, OptionSets, option_sets
from mldebt_lint.analysis.options.undeclared import Undeclared, misspelt, undeclared
from mldebt_lint.analysis.options.unread import unread, unused

__all__ = [
    "Drift",
    "OptionFacts",
    "OptionSet",
    "OptionSets",
    "Overwritten",
    "Undeclared",
    "drifts",
    "misspelt",
    "option_facts",
    "option_sets",
    "overwritten",
    "undeclared",
    "unread",
    "unused",
]
