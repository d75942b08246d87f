"""Literal hyperparameters at the calls that build or train a model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.library import Api, Role
from mldebt_lint.analysis.prototype.path_use import last_name
from mldebt_lint.analysis.settings.literals import literal, number_text
from mldebt_lint.analysis.settings.models import is_model_name, model_nodes
from mldebt_lint.analysis.settings.names import concept_of, is_common_word

# Every number given to these decides the model, but for the ones that only decide how fast or how loud it is made.
LEARNERS = frozenset({Role.ESTIMATOR, Role.OPTIMIZER})
RUNNERS = frozenset({Role.TRAINER, Role.FIT, Role.DATA_LOADER})
TECHNICAL = frozenset(
    (
        "n_jobs num_workers verbose verbosity random_state seed random_seed eps epsilon tol cache_size "
        "thread_count nthread max_iter copy_X n_init iter num_threads gpu_id device warm_start batch_idx "
        "adam_epsilon capturable foreach nthreads max_bin missing scale_pos_weight num_class num_classes "
        "n_classes n_features n_outputs in_features validation_split input_dim vocab_size betas beta_1 "
        "beta_2 clipnorm clipvalue"
    ).split()
)
PRESENT: frozenset[type] = frozenset(
    {cst.Integer, cst.Float, cst.UnaryOperation, cst.BinaryOperation, cst.List, cst.Tuple, cst.Dict}
)


@dataclass(frozen=True, slots=True, eq=False)
class HardCoded:
    """A call with the hyperparameters that it is given as literals, as `name=value`."""

    call: cst.Call
    first: cst.CSTNode
    fixed: tuple[str, ...]


def hard_coded(file: SourceFile) -> Iterator[HardCoded]:
    """Yield every call that builds or trains a model and is given hyperparameters as literals."""
    own = {node.name.value for node in model_nodes(file)}
    for call in file.calls:
        given = [arg for arg in call.args if arg.value.__class__ in PRESENT]
        if not given:
            continue
        api = file.api(call)
        name = last_name(call.func)
        if api is None and name not in own and not is_model_name(name):
            continue
        found = list(_fixed(file, call, api))
        if found:
            yield HardCoded(call, found[0][0], tuple(text for _, text in found))


def _fixed(file: SourceFile, call: cst.Call, api: Api | None) -> Iterator[tuple[cst.CSTNode, str]]:
    if api is not None and api.role not in LEARNERS | RUNNERS:
        return
    all_count = api is not None and api.role in LEARNERS
    for name, value in file.arguments(call).named.items():
        if all_count or _is_known(name):
            yield from _shown(name, value)
    for arg in call.args if api is not None else ():
        if isinstance(arg.value, cst.Dict) and arg.star == "":
            for element in arg.value.elements:
                key = element.key if isinstance(element, cst.DictElement) else None
                if isinstance(key, cst.SimpleString) and not isinstance(element.value, cst.List | cst.Tuple):
                    yield from _shown(key.raw_value, element.value)


def _is_known(name: str) -> bool:
    return concept_of(name) is not None and not is_common_word(name)


def _shown(name: str, value: cst.BaseExpression) -> Iterator[tuple[cst.CSTNode, str]]:
    number = None if name in TECHNICAL else literal(value)
    if isinstance(number, tuple) and number and all(isinstance(part, int | float) for part in number):
        yield value, f"{name}={number}"
    elif isinstance(number, int | float) and number not in (0, 1, -1):
        yield value, f"{name}={number_text(number)}"
