"""The models a file defines, and whether it trains."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.names import dotted_name
from mldebt_lint.analysis.paths import is_test_path
from mldebt_lint.analysis.prototype.path_use import last_name
from mldebt_lint.analysis.prototype.training import trainings
from mldebt_lint.analysis.settings.facts import ModelClass, Trains
from mldebt_lint.analysis.settings.names import words

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

_TRAINING_CALL = re.compile(r"(?:fit|train)(?:_(?:one_cycle|generator|model|on_batch)|_)?$")
_LEARNERS = frozenset(
    {"learn", "learner", "model", "net", "trainer", "clf", "classifier", "regressor", "estimator"}
)


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


def trains(file: SourceFile) -> Iterator[Trains]:
    """Yield the first place where a file trains a model."""
    if is_test_path(file.path):
        return
    first = next((training.node for training in trainings(file)), None) or _seems_to_train(file)
    if first is not None:
        yield Trains(file.at(first))


def _seems_to_train(file: SourceFile) -> cst.Call | None:
    """A call whose names say that a model is trained, where its type is not known."""
    for call in file.calls:
        method = call.func
        if isinstance(method, cst.Attribute) and _TRAINING_CALL.match(method.attr.value):
            if _LEARNERS.intersection(words(last_name(method.value))):
                return call
    return None
