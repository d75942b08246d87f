"""What one file tells about the settings it fixes: which hyperparameter, to what, and how firmly."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mldebt_lint.analysis.facts import Fact
from mldebt_lint.analysis.settings.names import Form
from mldebt_lint.model import Location


class How(StrEnum):
    """The way in which a setting is bound to a literal."""

    CONSTANT = "constant"
    VARIABLE = "variable"
    ATTRIBUTE = "attribute"
    ARGUMENT = "argument"
    ENTRY = "entry"
    DEFAULT = "default"
    OPTION = "option"


@dataclass(frozen=True, slots=True)
class Setting(Fact):
    """One hyperparameter bound to a literal.

    `concept` is what it means, with the callee's name where it is one estimator's own; `spelt` how it is written,
    `value` the literal's normalised text, `stage` the stage for which it may have a value of its own (empty for none).
    `own` is true where it takes part only when its file is the program, `step` where a constant was followed to what a
    split or a tokenizer is given (the constant's own place is another fact).
    """

    concept: str
    spelt: str
    value: str
    how: How
    stage: str
    form: Form
    where: Location
    own: bool = False
    step: bool = False


@dataclass(frozen=True, slots=True)
class CopiedConstant(Fact):
    """An upper-case module constant that is no known hyperparameter, with a telling literal."""

    name: str
    value: str
    where: Location
    own: bool = False


@dataclass(frozen=True, slots=True)
class NamedPlace(Fact):
    """A literal that names a place outside the program: a URL, a bucket, a data file, a model of a hub.

    `distinct` is false for texts that say something only together with their program, such as `model.pkl`;
    `option` is true for the default of a command-line option.
    """

    text: str
    kind: str
    distinct: bool
    where: Location
    own: bool = False
    option: bool = False


@dataclass(frozen=True, slots=True)
class Executed(Fact):
    """A file that executes a text which may rebind the `count` settings bound before it, `example` among them.

    `sure` is false where the text may be there for something else.
    """

    source: str
    count: int
    example: str
    where: Location
    sure: bool = True


@dataclass(frozen=True, slots=True)
class ModelClass(Fact):
    """A class of this file that is a model, or a function that builds one."""

    name: str
    where: Location


@dataclass(frozen=True, slots=True)
class Trains(Fact):
    """A file that trains a model, at the first place where it does."""

    where: Location
