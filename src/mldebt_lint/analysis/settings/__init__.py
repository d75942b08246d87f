"""Settings: hyperparameters and places that the code fixes by literals, and the applications that they belong to."""

from __future__ import annotations

from mldebt_lint.analysis.facts import Fact
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.paths import is_test_path
from mldebt_lint.analysis.settings.applications import Application, applications
from mldebt_lint.analysis.settings.assigned import copied_constants
from mldebt_lint.analysis.settings.collect import collect
from mldebt_lint.analysis.settings.conflicts import Conflict, conflicts
from mldebt_lint.analysis.settings.executed import executed
from mldebt_lint.analysis.settings.facts import (
    CopiedConstant,
    Executed,
    How,
    ModelClass,
    NamedPlace,
    Setting,
    Trains,
)
from mldebt_lint.analysis.settings.hard_coded import HardCoded, hard_coded
from mldebt_lint.analysis.settings.mechanism import mechanism
from mldebt_lint.analysis.settings.models import model_classes, trains
from mldebt_lint.analysis.settings.places import places
from mldebt_lint.analysis.settings.scatter import Scatter, Sureness, scattered
from mldebt_lint.analysis.settings.soft import joined_places, soft_settings
from mldebt_lint.analysis.settings.steps import fixed_steps

__all__ = [
    "Application",
    "Conflict",
    "CopiedConstant",
    "Executed",
    "HardCoded",
    "How",
    "ModelClass",
    "NamedPlace",
    "Scatter",
    "Setting",
    "Sureness",
    "Trains",
    "applications",
    "collect",
    "conflicts",
    "copied_constants",
    "executed",
    "hard_coded",
    "mechanism",
    "model_facts",
    "places",
    "scattered",
    "setting_facts",
]


def setting_facts(file: SourceFile) -> tuple[Fact, ...]:
    """Return everything that one file fixes by literals."""
    return (*collect(file), *copied_constants(file), *places(file), *executed(file))


def model_facts(file: SourceFile) -> tuple[Fact, ...]:
    """Return what one file tells of its models, and whether it trains one."""
    if is_test_path(file.path):
        return ()
    soft = (*soft_settings(file), *joined_places(file))
    return (*model_classes(file), *fixed_steps(file), *trains(file), *soft)
