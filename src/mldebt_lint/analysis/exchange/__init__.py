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

# Without one of these a file neither trains, asks, reads nor writes in a way that another file could care for. All rules
# about what files exchange have the same words: each needs what the others' files tell.
FLOW_WORDS = frozenset(
    """.fit( fit_transform predict( predict_proba read_csv read_parquet read_sql read_json read_pickle read_excel
    read_feather read_table to_csv to_parquet to_sql to_pickle to_json to_feather pickle joblib torch.save torch.load
    load_model save_model save_weights np.save np.load normalize(""".split()
)

__all__ = [
    "FLOW_WORDS",
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
