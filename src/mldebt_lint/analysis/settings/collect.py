"""Collects the settings that a file binds to literals."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.library import Role
from mldebt_lint.analysis.names import dotted_name
from mldebt_lint.analysis.paths import is_test_path
from mldebt_lint.analysis.prototype.path_use import last_name
from mldebt_lint.analysis.settings.assigned import targets
from mldebt_lint.analysis.settings.facts import How, Setting
from mldebt_lint.analysis.settings.literals import setting_value
from mldebt_lint.analysis.settings.names import Concept, Form, concept_of, is_common_word, stage_of, words
from mldebt_lint.analysis.settings.owned import is_owned
from mldebt_lint.analysis.settings.taken import taker, takers

# What is said in these calls belongs to the inside of a network, to a picture, or is a setting that can be changed.
OTHER_ROLES = frozenset(
    {
        *(Role.LAYER, Role.ACTIVATION, Role.LOSS, Role.PLOT, Role.OPTION, Role.OPTION_PARSER, Role.TRACKER),
        *(Role.AUGMENTATION, Role.METRIC, Role.ENVIRONMENT, Role.CONFIG_LOAD),
    }
)
POSITIONAL_ROLES = frozenset(
    {Role.OPTIMIZER, Role.ESTIMATOR, Role.TRAINER, Role.DATA_LOADER, Role.SPLITTER, Role.SEEDER}
)
OPTION_METHODS = frozenset(
    {"add_argument", "option", "Option", "Argument", "field", "Field", "DEFINE_integer"}
)
OPTION_PREFIXES = ("DEFINE_", "suggest_", "log_", "add_argument")
CONFIG_NAMES = frozenset(
    {
        "config",
        "cfg",
        "conf",
        "params",
        "hparams",
        "settings",
        "hyperparameters",
        "hyperparams",
        "defaults",
        "args",
    }
)
RECORDS = frozenset(
    {"dataclass", "define", "attrs", "s", "frozen", "configclass", "chex", "pydantic_dataclass"}
)
RECORD_BASES = frozenset(
    (
        "BaseModel BaseSettings NamedTuple TypedDict TrainingArguments PretrainedConfig Tap Enum IntEnum "
        "StrEnum Protocol Serializable FlatArguments Model"
    ).split()
)
SMALL = (cst.Integer, cst.Float, cst.UnaryOperation, cst.BinaryOperation)


class Collector:
    """Collects one file's settings."""

    def __init__(self, file: SourceFile) -> None:
        self.file = file
        self.index = file.index
        self._takers = takers(self.index)
        self.file_stage = stage_of(file.path.rpartition("/")[2].rpartition(".")[0])

    def settings(self) -> Iterator[Setting]:
        """Yield all bindings of known hyperparameters, by kind and in source order."""
        yield from self._assigned()
        yield from self._arguments()
        yield from self._positional()
        yield from self._entries()
        yield from self._defaults()

    # -- assignments ------------------------------------------------------------------------------------

    def _assigned(self) -> Iterator[Setting]:
        for target, value in targets(self.file):
            name = last_name(target)
            known = concept_of(name) if name else None
            if known is None or not self._is_binding(target, name, known[0]):
                continue
            text = _text(known[0], value)
            if text is not None:
                yield self._setting(name, known, text, self._how(target), target, value)

    def _how(self, target: cst.BaseExpression) -> How:
        match target:
            case cst.Attribute():
                return How.ATTRIBUTE
            case cst.Subscript():
                return How.ENTRY
        if self.index.function(target) is not None:
            return How.VARIABLE
        return How.CONSTANT if self.index.enclosing(target, cst.ClassDef) is None else How.ATTRIBUTE

    def _is_binding(self, target: cst.BaseExpression, name: str, concept: Concept) -> bool:
        """Whether an assignment sets a setting: not a field of a configuration class, not a working variable."""
        match self._how(target):
            case How.CONSTANT:
                return not is_common_word(name)
            case How.VARIABLE:
                return name.isupper() or (
                    concept.plain and not concept.built and not self._is_working(target)
                )
            case How.ENTRY:
                return isinstance(target, cst.Subscript) and is_config(target.value)
        if isinstance(target, cst.Attribute):
            return is_config(target.value) or self._is_own_field(target, concept)
        owner = self.index.enclosing(target, cst.ClassDef)
        return owner is not None and not is_record(owner) and is_config(owner.name)

    def _is_own_field(self, target: cst.Attribute, concept: Concept) -> bool:
        """`self.x` in the constructor of a class without a base: what a base class sets is there to be overridden."""
        owner = self.index.enclosing(target, cst.ClassDef)
        if owner is None or not isinstance(target.value, cst.Name) or target.value.value != "self":
            return False
        plain = (
            concept.form in (Form.NUMBER, Form.SIZE) and not concept.built and self._is_constructor(target)
        )
        return plain and all(last_name(base.value) == "object" for base in owner.bases)

    def _is_working(self, target: cst.BaseExpression) -> bool:
        """A variable that is changed on the way, or set in a branch or loop."""
        parent = self.index.parent(self.index.statement(target))
        owner = self.index.parent(parent) if parent is not None else None
        return not isinstance(owner, cst.FunctionDef | cst.Module | cst.With)

    def _is_constructor(self, node: cst.CSTNode) -> bool:
        function = self.index.function(node)
        return function is not None and function.name.value in ("__init__", "setup", "build")

    # -- arguments --------------------------------------------------------------------------------------

    def _arguments(self) -> Iterator[Setting]:
        for arg in self.index.of(cst.Arg):
            if arg.keyword is None or isinstance(arg.value, cst.Name | cst.Attribute | cst.Call):
                continue
            name = arg.keyword.value
            known = concept_of(name)
            if known is None or is_common_word(name) or known[0].form is Form.LIST:
                continue
            text = _text(known[0], arg.value)
            call = self.index.parent(arg)
            if text is not None and isinstance(call, cst.Call) and self._counts(call, known[0]):
                yield self._setting(name, known, text, How.ARGUMENT, arg, arg.value, call)

    def _counts(self, call: cst.Call, concept: Concept) -> bool:
        method = last_name(call.func)
        if method in OPTION_METHODS or method.startswith(OPTION_PREFIXES):
            return False
        if concept.built and self.index.enclosing(call, cst.ClassDef) is not None:
            return False
        api = self.file.api(call)
        if method == "dict" and api is None:
            return self._is_config_literal(call)
        if api is not None and api.role is Role.METRIC:
            return concept.name == "num_classes"  # a threshold or an average is the metric's own
        return api is None or api.role not in OTHER_ROLES

    def _positional(self) -> Iterator[Setting]:
        """Settings given by position to calls whose parameters are known."""
        for call, api in self.file.known_calls:
            if api.role not in POSITIONAL_ROLES or not api.params:
                continue
            if not any(arg.keyword is None and isinstance(arg.value, SMALL) for arg in call.args):
                continue
            given = {id(arg.value): arg for arg in call.args if arg.keyword is None}
            for name, value in self.file.arguments(call).named.items():
                known = concept_of(name)
                if known is not None and id(value) in given and (text := _text(known[0], value)) is not None:
                    yield self._setting(name, known, text, How.ARGUMENT, given[id(value)], value, call)

    # -- dictionaries and defaults ----------------------------------------------------------------------

    def _entries(self) -> Iterator[Setting]:
        for element in self.index.of(cst.DictElement):
            key = element.key
            if not isinstance(key, cst.SimpleString) or isinstance(element.value, cst.Name):
                continue
            name = key.raw_value
            known = concept_of(name) if name.isidentifier() else None
            if known is None or is_common_word(name) or known[0].form is Form.LIST:
                continue
            text = _text(known[0], element.value)
            holder = self.index.parent(element)
            if text is not None and holder is not None and self._is_config_literal(holder):
                call = taker(self.index, holder, self._takers)
                yield self._setting(name, known, text, How.ENTRY, element, element.value, call)

    def _is_config_literal(self, node: cst.CSTNode) -> bool:
        """Whether a dict is bound to a name that says configuration, however deep in other literals."""
        below = node
        for ancestor in self.index.ancestors(node):
            match ancestor:
                case cst.DictElement() | cst.Dict():
                    below = ancestor
                case cst.Assign():
                    return any(is_config(target.target) for target in ancestor.targets)
                case cst.AnnAssign():
                    return is_config(ancestor.target)
                case cst.Arg():
                    return ancestor.star == "**" or (
                        ancestor.keyword is not None
                        and is_config(ancestor.keyword)
                        and below is ancestor.value
                    )
                case _:
                    return False
        return False

    def _defaults(self) -> Iterator[Setting]:
        for param in self.index.of(cst.Param):
            if param.default is None or isinstance(param.default, cst.Name | cst.Attribute | cst.Call):
                continue
            known = concept_of(param.name.value)
            if known is None or is_common_word(param.name.value):
                continue
            text = _text(known[0], param.default)
            if text is not None:
                yield self._setting(param.name.value, known, text, How.DEFAULT, param, param.default)

    # -- facts ------------------------------------------------------------------------------------------

    def _setting(
        self,
        name: str,
        known: tuple[Concept, str],
        value: str,
        how: How,
        node: cst.CSTNode,
        literal: cst.CSTNode,
        call: cst.Call | None = None,
    ) -> Setting:
        concept, stage = known
        api = self.file.api(call) if call is not None else None
        owned = api is not None and api.role is Role.ESTIMATOR and concept.name != "seed"
        owner = last_name(call.func) if owned and call is not None else ""
        said = stage or self._stage(node, call) if concept.staged else ""
        return Setting(
            concept=" ".join(filter(None, (stage, concept.name, owner))),
            spelt=name,
            value=value,
            how=how,
            stage=said if said in concept.staged else "",
            form=concept.form,
            where=self.file.at(node),
            own=is_owned(self.file, node),
        )

    def _stage(self, node: cst.CSTNode, call: cst.Call | None) -> str:
        """The stage that the receiver, the first argument, the target, the function, the class or the file tell."""
        if call is not None:
            first = [last_name(arg.value) for arg in call.args[:1]]
            for name in [*first, *self._bound_to(call)]:
                if stage := stage_of(name):
                    return stage
        for owner in self.index.ancestors(node):
            if isinstance(owner, cst.FunctionDef | cst.ClassDef) and (stage := stage_of(owner.name.value)):
                return stage
        return self.file_stage

    def _bound_to(self, call: cst.Call) -> list[str]:
        parent = self.index.parent(call)
        if isinstance(parent, cst.Assign):
            return [last_name(target.target) for target in parent.targets]
        return [parent.keyword.value] if isinstance(parent, cst.Arg) and parent.keyword is not None else []


def collect(file: SourceFile) -> tuple[Setting, ...]:
    """Return the settings of one file; a test's are none."""
    return () if is_test_path(file.path) else tuple(Collector(file).settings())


def _text(concept: Concept, value: cst.CSTNode) -> str | None:
    text = setting_value(value, concept.form)
    if text is None and concept.name == "seed" and isinstance(value, cst.Integer):
        return value.value
    return text


def is_config(node: cst.CSTNode) -> bool:
    """Whether an expression is called like a configuration."""
    name = last_name(node)
    return bool(CONFIG_NAMES.intersection(words(name)))


def is_record(owner: cst.ClassDef) -> bool:
    """Whether a class only declares fields, so that its literals are defaults of a configuration."""
    decorators = [dotted_name(getattr(d.decorator, "func", d.decorator)) for d in owner.decorators]
    if any(name.rpartition(".")[2] in RECORDS for name in decorators):
        return True
    return any(dotted_name(base.value).rpartition(".")[2] in RECORD_BASES for base in owner.bases)
