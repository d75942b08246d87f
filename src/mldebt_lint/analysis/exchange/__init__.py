"""What the programs of a project exchange through files, tables and addresses."""

from __future__ import annotations

from mldebt_lint.analysis.exchange.loops import Rewritten, rewritten
from mldebt_lint.analysis.exchange.models import Fed, Models, Trained, Written, said_by
from mldebt_lint.analysis.exchange.steps import (
    PreparationStep,
    Skew,
    preparation_steps,
    skews_of_artefacts,
    skews_of_chains,
)
from mldebt_lint.analysis.exchange.stores import may_meet, store_of

__all__ = [
    "Fed",
    "Models",
    "PreparationStep",
    "Rewritten",
    "Skew",
    "Trained",
    "Written",
    "may_meet",
    "preparation_steps",
    "rewritten",
    "said_by",
    "skews_of_artefacts",
    "skews_of_chains",
    "store_of",
]
