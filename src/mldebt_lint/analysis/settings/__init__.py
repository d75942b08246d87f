"""Settings: hyperparameters and places that the code fixes by literals, and the applications that they belong to."""

from __future__ import annotations

from mldebt_lint.analysis.facts import Fact
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.settings.applications import Application, applications
from mldebt_lint.analysis.settings.assigned import copied_constants
from mldebt_lint.analysis.settings.collect import collect
from mldebt_lint.analysis.settings.executed import executed
from mldebt_lint.analysis.settings.facts import CopiedConstant, Executed, How, NamedPlace, Setting
from mldebt_lint.analysis.settings.places import places
from mldebt_lint.analysis.settings.scatter import Scatter, scattered

__all__ = [
    "Application",
    "CopiedConstant",
    "Executed",
    "How",
    "NamedPlace",
    "Scatter",
    "Setting",
    "applications",
    "collect",
    "copied_constants",
    "executed",
    "places",
    "scattered",
    "setting_facts",
]


def setting_facts(file: SourceFile) -> tuple[Fact, ...]:
    """Return everything that one file fixes by literals."""
    return (*collect(file), *copied_constants(file), *places(file), *executed(file))
