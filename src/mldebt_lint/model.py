"""Plain data that travels between the stages: spans, findings, problems and the report."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum


class Debt(StrEnum):
    """A kind of debt, named as Sculley et al. (NeurIPS 2015) and the field name it."""

    TOOL = "tool"
    CORRECTION_CASCADE = "correction-cascade"
    ENTANGLEMENT = "entanglement"
    UNDECLARED_CONSUMER = "undeclared-consumer"
    UNSTABLE_DATA = "unstable-data-dependency"
    UNDERUSED_DATA = "underused-data-dependency"
    FEEDBACK_LOOP = "feedback-loop"
    GLUE_CODE = "glue-code"
    PIPELINE_JUNGLE = "pipeline-jungle"
    DEAD_PATH = "dead-experimental-path"
    ABSTRACTION = "abstraction-debt"
    PLAIN_DATA = "plain-data-float"
    MULTIPLE_LANGUAGES = "multiple-languages"
    PROTOTYPE = "prototype-smell"
    CONFIGURATION = "scattered-config"
    UNREAD_FLAG = "unread-argparse-flag"
    UNREAD_CONFIG_KEY = "unread-config-key"
    FIXED_THRESHOLD = "fixed-threshold"
    MONITORING = "missing-monitoring"
    DATA_VALIDATION = "no-data-validation"
    DATA_LEAKAGE = "data-leakage"
    RANDOMNESS = "unseeded-randomness"
    OUT_OF_ORDER = "out-of-order-notebook"
    REPRODUCIBILITY = "reproducibility"
    PROCESS = "process-management"
    CULTURAL = "cultural-debt"
    LIBRARY_MISUSE = "library-misuse"


class Severity(IntEnum):
    """How much a finding matters; ordered, so that levels compare."""

    INFO = 0
    WARNING = 1
    ERROR = 2


class Confidence(IntEnum):
    """How sure the analysis is that the finding is right."""

    LOW = 0
    MEDIUM = 1
    HIGH = 2


class Profile(IntEnum):
    """Which audience a rule is for; a profile includes the ones before it."""

    DEFAULT = 0
    STRICT = 1
    AUDIT = 2


class Applicability(StrEnum):
    """Whether a fix keeps behaviour (`safe`), may change it (`unsafe`) or only shows an idea (`display`)."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    DISPLAY = "display"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of text: 1-based lines and code-point columns, the end column exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Location:
    """Where something stands, as its reader addresses it.

    `path` is POSIX and relative to the project's root. `cell` is the 1-based number over all cells of a
    notebook, None in a file; `span` is relative to that cell. `statement` is the first and last line on which
    a suppression comment applies. `physical` is the span in the `.ipynb` file itself, filled in once for
    machine formats.
    """

    path: str
    span: Span
    cell: int | None = None
    statement: tuple[int, int] | None = None
    label: str = ""
    physical: Span | None = None

    @property
    def key(self) -> tuple[str, int, Span]:
        """Sort key: path, cell, span."""
        return (self.path, self.cell or 0, self.span)


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text at `where` by `text`."""

    where: Location
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A mend as text edits, with a stated safety."""

    title: str
    edits: tuple[Edit, ...]
    applicability: Applicability = Applicability.UNSAFE


@dataclass(frozen=True, slots=True)
class Finding:
    """One debt at one place, with the other places that prove it."""

    code: str
    name: str
    debt: Debt
    severity: Severity
    confidence: Confidence
    profile: Profile
    message: str
    where: Location
    related: tuple[Location, ...] = ()
    fix: Fix | None = None
    fingerprint: str = ""

    @property
    def key(self) -> tuple[tuple[str, int, Span], str, str]:
        """Sort key of a report: location, code, message."""
        return (self.where.key, self.code, self.message)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that kept the tool from doing its work: an unreadable file, a rule that raised."""

    message: str
    path: str = ""
    rule: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth saying that is neither a finding nor a problem."""

    message: str
    path: str = ""


@dataclass(slots=True)
class Report:
    """Everything one run has to tell; reporters read it and change nothing.

    `findings` are shown; `hidden` counts, per profile, those that a wider profile would show. `sources` holds
    the text of the cells that findings point into, for excerpts: (path, cell) -> lines.
    """

    findings: list[Finding] = field(default_factory=list)
    suppressed: list[Finding] = field(default_factory=list)
    hidden: dict[Profile, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    files: int = 0
    timings: dict[str, float] = field(default_factory=dict)
    sources: dict[tuple[str, int | None], list[str]] = field(default_factory=dict)
