"""All that the author of a rule imports."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import libcst as cst

from mldebt_lint.analysis.constants import UNKNOWN
from mldebt_lint.analysis.dead_path.computed_names import is_read_by_name
from mldebt_lint.analysis.dead_path.disabled_code import find_disabled
from mldebt_lint.analysis.dead_path.flag_arms import DeadArm, dead_arms
from mldebt_lint.analysis.dead_path.flags import flag_facts
from mldebt_lint.analysis.dead_path.mentions import mentions, said
from mldebt_lint.analysis.dead_path.reachability import Reachability, is_trivial
from mldebt_lint.analysis.dead_path.similarity import sketch_similarity
from mldebt_lint.analysis.dead_path.truth import truth
from mldebt_lint.analysis.dead_path.variants import (
    FileSketch,
    Loads,
    Sibling,
    Variant,
    variant_facts,
    version_of,
    versions_of,
)
from mldebt_lint.analysis.directives import Directive
from mldebt_lint.analysis.erosion.conversions import converts, is_neutral
from mldebt_lint.analysis.exchange import (
    FLOW_WORDS,
    Fed,
    Models,
    PreparationStep,
    Rewritten,
    Skew,
    Trained,
    Written,
    may_meet,
    preparation_steps,
    rewritten,
    said_by,
    skews_of_artefacts,
    skews_of_chains,
    store_of,
)
from mldebt_lint.analysis.facts import Fact, ModuleFact, Vocabulary
from mldebt_lint.analysis.file import SourceFile, labelled
from mldebt_lint.analysis.flow import (
    NOTHING,
    Column,
    Event,
    Flow,
    Frame,
    Given,
    Happens,
    Learnt,
    Loaded,
    Part,
    Predicted,
    Read,
    Resampled,
    Score,
    Value,
    flow,
    holds,
    kind_of,
)
from mldebt_lint.analysis.flow.facts import FlowFact, flow_facts
from mldebt_lint.analysis.flow.linking import ProjectFlow
from mldebt_lint.analysis.flow.methods import WEIGHTS
from mldebt_lint.analysis.glue_code.clones import clones
from mldebt_lint.analysis.glue_code.conversions import Conversions, Step
from mldebt_lint.analysis.glue_code.package_use import PackageUse, groups, package_uses, wrappers
from mldebt_lint.analysis.glue_code.round_trips import (
    is_relabelled,
    left_format,
    stacked_elements,
    through_text,
    ways_back,
)
from mldebt_lint.analysis.glue_code.search_path import PATH_WORDS, additions, is_checkout, shell_value
from mldebt_lint.analysis.glue_code.share import GlueFact, glue_fact, glue_share
from mldebt_lint.analysis.glue_code.shell import (
    PythonRun,
    ShellCommand,
    command_of,
    commands_of,
    is_tool_module,
    python_run,
    shell_lines,
    split_commands,
)
from mldebt_lint.analysis.glue_code.sweeps import is_swept
from mldebt_lint.analysis.glue_code.templates import HOLE, template, words_of
from mldebt_lint.analysis.guards import is_main_guard
from mldebt_lint.analysis.leakage.asking import Asked, asked
from mldebt_lint.analysis.leakage.checks import hands_on, untested_fits
from mldebt_lint.analysis.leakage.choices import choice, held_out
from mldebt_lint.analysis.leakage.contests import contests
from mldebt_lint.analysis.leakage.kept import Kept
from mldebt_lint.analysis.leakage.learners import Learner, Learners
from mldebt_lint.analysis.leakage.sides import (
    Sides,
    comes_after,
    is_inner,
    is_passed,
    is_training,
    split_after,
)
from mldebt_lint.analysis.library import Api, Role
from mldebt_lint.analysis.names import Binding, Binds, dotted_name
from mldebt_lint.analysis.needs import ANY_TEXT, EVERY_FILE, Needs
from mldebt_lint.analysis.notebooks.execution import (
    DisplacedRead,
    ExecutedCell,
    cells_out_of_order,
    displaced_reads,
    executed_cells,
)
from mldebt_lint.analysis.notebooks.undefined_names import Undefined, undefined_names
from mldebt_lint.analysis.options import (
    drifts,
    misspelt,
    option_facts,
    option_sets,
    overwritten,
    undeclared,
    unread,
    unused,
)
from mldebt_lint.analysis.origins import Origins
from mldebt_lint.analysis.paths import is_test_path
from mldebt_lint.analysis.plain_data.heads import Kind
from mldebt_lint.analysis.plain_data.mixups import SCORE_WORDS, Mixup, Mixups
from mldebt_lint.analysis.plain_data.quantities import UNITS, Quantity, RawFloat, quantity_of, raw_floats
from mldebt_lint.analysis.project import Program, Project
from mldebt_lint.analysis.prototype.bodies import FunctionBody, alikeness, function_bodies
from mldebt_lint.analysis.prototype.machine_paths import MachinePath, Place
from mldebt_lint.analysis.prototype.path_literals import is_tested_for, path_literals
from mldebt_lint.analysis.prototype.subsets import Subset, Subsets
from mldebt_lint.analysis.prototype.training import Training, trainings
from mldebt_lint.analysis.python2 import as_python_3
from mldebt_lint.analysis.randomness.asides import is_aside
from mldebt_lint.analysis.randomness.blocks import blocks
from mldebt_lint.analysis.randomness.draws import randomness, shown_name
from mldebt_lint.analysis.randomness.governing import holds_back
from mldebt_lint.analysis.randomness.item_methods import is_item_method, names_in_items
from mldebt_lint.analysis.randomness.order_steps import Decided
from mldebt_lint.analysis.randomness.orders import Orders
from mldebt_lint.analysis.randomness.placebos import is_excused, is_told, placebo
from mldebt_lint.analysis.randomness.purpose import Purpose
from mldebt_lint.analysis.randomness.seed_order import Late, Override, SeedOrder
from mldebt_lint.analysis.randomness.streams import clocked_helper, unseeded_streams
from mldebt_lint.analysis.randomness.unseeded import Unseeded, unseeded
from mldebt_lint.analysis.settings import (
    Conflict,
    Executed,
    Scatter,
    Setting,
    Sureness,
    conflicts,
    hard_coded,
    mechanism,
    model_facts,
    scattered,
    setting_facts,
)
from mldebt_lint.analysis.underused.columns import unused_columns
from mldebt_lint.analysis.underused.features import Stored, fitted_columns, stored_columns
from mldebt_lint.analysis.unstable.addresses import Address, address, is_version
from mldebt_lint.analysis.unstable.fetches import Fetch, Pin, api_of, fetches
from mldebt_lint.analysis.unstable.hub_ids import is_hub_id, made_here
from mldebt_lint.analysis.unstable.literals import Told, literals
from mldebt_lint.analysis.unstable.places import is_fetching_place, is_showing
from mldebt_lint.analysis.unstable.sources import Moving, moving_data
from mldebt_lint.analysis.wording import names_prediction, names_truth
from mldebt_lint.model import (
    Applicability,
    Confidence,
    Debt,
    Edit,
    Finding,
    Fix,
    Location,
    Profile,
    Severity,
    Span,
)
from mldebt_lint.reading.document import MagicKind

__all__ = [
    "ANY_TEXT",
    "EVERY_FILE",
    "FLOW_WORDS",
    "HOLE",
    "NOTHING",
    "PATH_WORDS",
    "SCORE_WORDS",
    "UNITS",
    "UNKNOWN",
    "WEIGHTS",
    "Address",
    "Api",
    "Applicability",
    "Asked",
    "Bad",
    "Binding",
    "Binds",
    "Column",
    "Confidence",
    "Conflict",
    "Conversions",
    "DeadArm",
    "Debt",
    "Decided",
    "Directive",
    "DirectiveRule",
    "DisplacedRead",
    "Edit",
    "Event",
    "Example",
    "Executed",
    "ExecutedCell",
    "Fact",
    "Fed",
    "Fetch",
    "FileRule",
    "FileSketch",
    "Finding",
    "Fix",
    "Flow",
    "FlowFact",
    "Frame",
    "FunctionBody",
    "Given",
    "GlueFact",
    "Good",
    "Happens",
    "Kept",
    "Kind",
    "Late",
    "Learner",
    "Learners",
    "Learnt",
    "Loaded",
    "Loads",
    "Location",
    "MachinePath",
    "MagicKind",
    "Mixup",
    "Mixups",
    "Models",
    "ModuleFact",
    "Moving",
    "Needs",
    "NoOptions",
    "Orders",
    "Origins",
    "Override",
    "PackageUse",
    "Part",
    "Pin",
    "Place",
    "Predicted",
    "PreparationStep",
    "Profile",
    "Program",
    "Project",
    "ProjectFlow",
    "ProjectRule",
    "Purpose",
    "PythonRun",
    "Quantity",
    "RawFloat",
    "Reachability",
    "Read",
    "Resampled",
    "Rewritten",
    "Role",
    "Rule",
    "Scatter",
    "Score",
    "SeedOrder",
    "Setting",
    "Severity",
    "ShellCommand",
    "Sibling",
    "Sides",
    "Skew",
    "SourceFile",
    "Span",
    "Step",
    "Stored",
    "Subset",
    "Subsets",
    "Sureness",
    "Told",
    "Trained",
    "Training",
    "Undefined",
    "Unseeded",
    "Value",
    "Variant",
    "Vocabulary",
    "Written",
    "additions",
    "address",
    "alikeness",
    "api_of",
    "as_python_3",
    "asked",
    "blocks",
    "cells_out_of_order",
    "choice",
    "clocked_helper",
    "clones",
    "comes_after",
    "command_of",
    "commands_of",
    "conflicts",
    "contests",
    "converts",
    "cst",
    "dead_arms",
    "displaced_reads",
    "dotted_name",
    "drifts",
    "executed_cells",
    "fetches",
    "find_disabled",
    "fitted_columns",
    "flag_facts",
    "flow",
    "flow_facts",
    "function_bodies",
    "glue_fact",
    "glue_share",
    "groups",
    "hands_on",
    "hard_coded",
    "held_out",
    "holds",
    "holds_back",
    "is_aside",
    "is_checkout",
    "is_excused",
    "is_fetching_place",
    "is_hub_id",
    "is_inner",
    "is_item_method",
    "is_main_guard",
    "is_neutral",
    "is_passed",
    "is_read_by_name",
    "is_relabelled",
    "is_showing",
    "is_swept",
    "is_test_path",
    "is_tested_for",
    "is_told",
    "is_tool_module",
    "is_training",
    "is_trivial",
    "is_version",
    "kind_of",
    "labelled",
    "left_format",
    "literals",
    "made_here",
    "may_meet",
    "mechanism",
    "mentions",
    "misspelt",
    "model_facts",
    "moving_data",
    "names_in_items",
    "names_prediction",
    "names_truth",
    "option_facts",
    "option_sets",
    "overwritten",
    "package_uses",
    "path_literals",
    "placebo",
    "preparation_steps",
    "python_run",
    "quantity_of",
    "randomness",
    "raw_floats",
    "rewritten",
    "said",
    "said_by",
    "scattered",
    "setting_facts",
    "shell_lines",
    "shell_value",
    "shown_name",
    "sketch_similarity",
    "skews_of_artefacts",
    "skews_of_chains",
    "split_after",
    "split_commands",
    "stacked_elements",
    "store_of",
    "stored_columns",
    "template",
    "through_text",
    "trainings",
    "truth",
    "undeclared",
    "undefined_names",
    "unread",
    "unseeded",
    "unseeded_streams",
    "untested_fits",
    "unused",
    "unused_columns",
    "variant_facts",
    "version_of",
    "versions_of",
    "ways_back",
    "words_of",
    "wrappers",
]

EXAMPLE_FILE = "example.py"


@dataclass(frozen=True, slots=True)
class Example:
    """A piece of code that shows a rule: one file's text, or a project's files by path.

    A path that ends in `.ipynb` may hold plain Python with `# %%` lines between the cells, from which the tests
    make a notebook. Lines that must be reported end in `# bad`; in files where a comment would change the
    meaning, in `# bad` on the line above is not possible, so `at` names them as `path:line` or
    `path:cell 2:line`.
    """

    code: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    at: tuple[str, ...] = ()
    options: Mapping[str, object] = field(default_factory=dict)

    @property
    def sources(self) -> dict[str, str]:
        """The example's files, dedented."""
        files = self.files or {EXAMPLE_FILE: self.code}
        return {path: textwrap.dedent(text).lstrip("\n") for path, text in files.items()}


class Bad(Example):
    """Code that the rule reports, on exactly the marked lines."""


class Good(Example):
    """A near miss: code that looks like the debt and is none."""


@dataclass(frozen=True, slots=True)
class NoOptions:
    """The options of a rule that has none."""


class Rule:
    """What every rule declares. A rule holds no state beside its options.

    `needs` says what a file's text must hold for the rule to find or collect anything in it; files without it are not
    shown to the rule, and not parsed if no rule needs them. A rule that does not declare it sees every file.

    The docstring opens with a one-sentence summary, followed by the headed paragraphs `Why it is debt`,
    `What to do instead`, `Known limits` and, if there are any, `References`.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    debt: ClassVar[Debt]
    severity: ClassVar[Severity]
    confidence: ClassVar[Confidence] = Confidence.HIGH
    profile: ClassVar[Profile] = Profile.DEFAULT
    since: ClassVar[str] = "0.1.0"
    effort_minutes: ClassVar[int] = 10
    examples: ClassVar[tuple[Example, ...]] = ()
    Options: ClassVar[type] = NoOptions
    needs: ClassVar[Needs] = EVERY_FILE

    def __init__(self, options: object | None = None) -> None:
        self.options = options if options is not None else self.Options()

    def found(
        self,
        where: Location,
        message: str,
        related: tuple[Location, ...] = (),
        *,
        confidence: Confidence | None = None,
        severity: Severity | None = None,
        profile: Profile | None = None,
        fix: Fix | None = None,
    ) -> Finding:
        """Return a finding of this rule.

        `related` are the other places that prove it, each with its label. `severity`, `confidence` and `profile`
        may say less than the rule's own, for a kind of case that is less sure.
        """
        return Finding(
            code=self.code,
            name=self.name,
            debt=self.debt,
            severity=self.severity if severity is None else severity,
            confidence=self.confidence if confidence is None else confidence,
            profile=self.profile if profile is None else profile,
            message=message,
            where=where,
            related=related,
            fix=fix,
        )


class FileRule(Rule):
    """A rule that needs one file only."""

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Yield the findings of one file."""
        raise NotImplementedError


class ProjectRule(Rule):
    """A rule that needs the facts of all files.

    Rules that ask for the same facts, or `project.once` for the same, give one name of their choice as `basis`: what
    they share is held until the last of them is done, and no longer.
    """

    basis: ClassVar[str] = ""

    def collect(self, file: SourceFile) -> Iterator[Fact]:
        """Yield what this file contributes: plain data, no nodes."""
        return iter(())

    def check(self, project: Project) -> Iterator[Finding]:
        """Yield the findings of the project, once."""
        raise NotImplementedError


class DirectiveRule(Rule):
    """A rule about the suppression comments themselves; it runs when all other findings are settled."""

    def check(self, directives: Sequence[Directive], codes: Mapping[str, str]) -> Iterator[Finding]:
        """Yield findings about one file's directives.

        `codes` are the known rules: code and name, each to the code. `Directive.unused` names the rules that ran
        on the file and that the directive silenced nothing of.
        """
        raise NotImplementedError
