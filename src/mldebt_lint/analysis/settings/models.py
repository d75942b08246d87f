"""The models a file defines, the tokenizers and splits it fixes, and whether it trains."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from mldebt_lint.analysis.constants import UNKNOWN
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.library import Role
from mldebt_lint.analysis.names import dotted_name
from mldebt_lint.analysis.paths import is_test_path
from mldebt_lint.analysis.prototype.path_use import last_name
from mldebt_lint.analysis.prototype.training import trainings
from mldebt_lint.analysis.settings.facts import How, ModelClass, Setting, Trains
from mldebt_lint.analysis.settings.names import Form

_MODEL_BASE = re.compile(
    r"(?:Module|Model|LightningModule|Estimator|ClassifierMixin|RegressorMixin|PreTrainedModel|Chain)$"
)
_MODEL_NAME = re.compile(
    r"(?:Net\w{0,3}|Network|Model|Classifier|Regressor|Transformer|Detector|Segmenter|Recommender|Forecaster|GPT|BERT|CNN|RNN"
    r"|LSTM|GRU|VAE|GAN|MLP|UNet|ResNet|ViT|Autoencoder|Predictor)$"
)
_BUILDER = re.compile(
    r"(?:build|get|create|make|init|load)_(?:\w+_)?(?:model|net|network|classifier|regressor)$"
)
_TOKENIZER = re.compile(r"(?i)tokeni[sz]er")
_SPLIT_WORDS = {
    "random_state": "split seed",
    "seed": "split seed",
    "test_size": "test size",
    "n_splits": "number of folds",
}


def is_model_name(name: str) -> bool:
    """Whether a class is called like a model."""
    return name[:1].isupper() and _MODEL_NAME.search(name) is not None


def model_classes(file: SourceFile) -> Iterator[ModelClass]:
    """Yield the classes of one file that are models, and the functions that build one."""
    yield from (ModelClass(node.name.value, file.at(node)) for node in model_nodes(file))


def model_nodes(file: SourceFile) -> Iterator[cst.ClassDef | cst.FunctionDef]:
    """Yield the definitions of models and of what builds one."""
    if is_test_path(file.path):
        return
    for node in file.index.of(cst.ClassDef):
        bases = [dotted_name(base.value) for base in node.bases]
        if any(_MODEL_BASE.search(base) for base in bases) or _MODEL_NAME.search(node.name.value):
            if file.index.function(node) is None:
                yield node
    for function in file.index.of(cst.FunctionDef):
        if _BUILDER.match(function.name.value) and file.index.enclosing(function, cst.ClassDef) is None:
            yield function


def fixed_steps(file: SourceFile) -> Iterator[Setting]:
    """Yield the tokenizers that a file loads and the seeds and sizes of its splits, constants followed."""
    if is_test_path(file.path):
        return
    for call in file.calls:
        if isinstance(call.func, cst.Attribute) and call.func.attr.value == "from_pretrained":
            name = last_name(call.func.value)
            if _TOKENIZER.search(name) and call.args and call.args[0].keyword is None:
                yield from _fixed(file, call.args[0], "tokenizer", Form.TEXT)
        elif len(call.args) > 1 or any(arg.keyword is not None for arg in call.args):
            yield from _split(file, call)


def _split(file: SourceFile, call: cst.Call) -> Iterator[Setting]:
    if not any(arg.keyword is not None and arg.keyword.value in _SPLIT_WORDS for arg in call.args):
        return
    api = file.api(call)
    if api is None or api.role is not Role.SPLITTER:
        return
    for arg in call.args:
        if arg.keyword is not None and arg.keyword.value in _SPLIT_WORDS:
            yield from _fixed(file, arg, _SPLIT_WORDS[arg.keyword.value], Form.NUMBER)


def _fixed(file: SourceFile, arg: cst.Arg, concept: str, form: Form) -> Iterator[Setting]:
    value = file.constant(arg.value)
    if value is UNKNOWN or isinstance(value, bool) or not isinstance(value, int | float | str):
        return
    spelt = arg.keyword.value if arg.keyword is not None else concept
    yield Setting(concept, spelt, repr(value), How.ARGUMENT, "", form, file.at(arg), step=True)


def trains(file: SourceFile) -> Iterator[Trains]:
    """Yield the first place where a file trains a model."""
    first = next(trainings(file), None) if not is_test_path(file.path) else None
    if first is not None:
        yield Trains(file.at(first.node))
