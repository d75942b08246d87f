"""What one file tells about command-line options: parsers, declared options, and where their values go.

A *place* is a string that names where a value can be, local to its file: `v:<function>:<name>` a variable (`v::<name>`
at top level), `r:<function>` what a function returns, `s:<Class>` an instance, `a:<Class>.<name>` its attribute
(`a:?.<name>` of an unknown receiver, `a:!.<name>` stored on one), `t:<number>` the result of a call, `g:<dotted>` a
name of another module, `R:<callee>` what a call of another function returns, `I:<class>` an instance by annotation.
A *callee* is `.<name>` for a definition of the same file, a dotted name, `*.<method>` of an unknown receiver,
`^<Class>.<method>` through `super()`, `<callee>().<method>` on what a call returns, and `?`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mldebt_lint.analysis.facts import Fact
from mldebt_lint.model import Location

ANY_SLOT = "*"
SPREAD = "**"
OUT_OF_ANY = -2
NESTED = "nested"  # the place of a filled object that is an attribute of a namespace
PROCESS = "global"  # the place of options that the whole process shares


class Kind(StrEnum):
    """How a place is touched."""

    READ = "read"
    GUARD = (
        "guard"  # hasattr, getattr with a default, `in`: a read that expects that the option may be missing
    )
    COPY = "copy"  # the place holds a copy: what is set there does not change the options
    OTHER = "other"  # the place also receives something that is no parsed namespace
    OPEN = "open"  # attributes with unknown names may be set
    LISTED = "listed"  # all names are gone through or recorded, and nothing but that is seen
    UNCLEAR = "unclear"  # it goes where only the project's own code, but not which, can read it
    OPAQUE = "opaque"  # it goes where anything can read it


class Under(StrEnum):
    """What a write depends on."""

    NOTHING = "nothing"
    OPTION = "option"
    ITSELF = "itself"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Move(Fact):
    """A value goes from one place to another; `pack` and `unpack` are positions in a tuple, -1 for none.

    `unpack` OUT_OF_ANY takes a value out of whatever holds it.
    """

    source: str
    target: str
    pack: int = -1
    unpack: int = -1


@dataclass(frozen=True, slots=True)
class Pass(Fact):
    """A value is an argument: `slot` is a position, a keyword, ANY_SLOT or SPREAD (`**`)."""

    place: str
    callee: str
    slot: str


@dataclass(frozen=True, slots=True)
class Touch(Fact):
    """Something is done with an attribute or key of a place, or (with an empty name) with all of them."""

    place: str
    kind: Kind
    name: str = ""
    where: Location | None = None


@dataclass(frozen=True, slots=True)
class Write(Fact):
    """An attribute is set; `literal` is the text of a constant value."""

    place: str
    name: str
    literal: str | None = None
    under: Under = Under.OTHER
    where: Location | None = None


@dataclass(frozen=True, slots=True)
class Origin(Fact):
    """A parser is made: its type, and the classes whose fields it fills."""

    place: str
    type: str
    where: Location | None
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parse(Fact):
    """A parser parses; `scripted` when the program itself says what."""

    parser: str
    target: str
    method: str
    scripted: bool = False


@dataclass(frozen=True, slots=True)
class Fill(Fact):
    """A class's fields are filled from the command line without a parser object."""

    target: str
    cls: str


@dataclass(frozen=True, slots=True)
class Declared(Fact):
    """A declared option, or a default that becomes one.

    `flag` is how the user writes it. `default` is the normalised text of its default (see `normal`), None when it
    has none or it is not known. `reported` is false for what is an option and need not be read: sub-commands,
    hidden and deprecated ones, those with an action of their own. `calls` is the callee that a default holds,
    `holder` the name of the variable that holds the option itself.
    """

    place: str
    dest: str
    flag: str
    where: Location
    default: str | None = None
    reported: bool = True
    calls: str = ""
    holder: str = ""

    @property
    def is_given(self) -> bool:
        """Whether a user can give it; not so for defaults without an option and names of sub-commands."""
        return self.reported or self.flag.startswith("-")


@dataclass(frozen=True, slots=True)
class Made(Fact):
    """An instance of a class that is called like options: the fields that are given, `closed` when no other may be."""

    callee: str
    given: tuple[str, ...]
    closed: bool


@dataclass(frozen=True, slots=True)
class Unused(Fact):
    """An option that is a parameter of a function which does not read it."""

    flag: str
    function: str
    where: Location


@dataclass(frozen=True, slots=True)
class Hand(Fact):
    """The value of one option, by its name or dotted path, is an argument."""

    place: str
    name: str
    callee: str
    slot: str


@dataclass(frozen=True, slots=True)
class Offer(Fact):
    """The same where the option is a parameter: its name, its default and where that is declared."""

    name: str
    flag: str
    default: str
    where: Location
    callee: str
    slot: str


@dataclass(frozen=True, slots=True)
class Loaded(Fact):
    """A configuration file is read into a place."""

    place: str
    file: str


@dataclass(frozen=True, slots=True)
class Default(Fact):
    """The constant default of a function's parameter, normalised."""

    function: str
    param: str
    text: str
    where: Location


@dataclass(frozen=True, slots=True)
class Function(Fact):
    """A function's signature: `followed` are the parameters whose uses are in the facts, `told` whether its name
    tells other files that it may return options.
    """

    name: str
    params: tuple[str, ...]
    followed: tuple[str, ...]
    star: bool
    kwargs: str
    owner: str
    static: bool
    computed: bool
    told: bool


@dataclass(frozen=True, slots=True)
class Shape(Fact):
    """A class: its bases as callees and the names of its annotated fields."""

    name: str
    bases: tuple[str, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OptionFacts(Fact):
    """All of one file that is needed to follow options; `executes` is whether it runs text that may read them."""

    path: str
    moves: tuple[Move, ...]
    passes: tuple[Pass, ...]
    touches: tuple[Touch, ...]
    writes: tuple[Write, ...]
    origins: tuple[Origin, ...]
    parses: tuple[Parse, ...]
    fills: tuple[Fill, ...]
    declared: tuple[Declared, ...]
    made: tuple[Made, ...]
    unused: tuple[Unused, ...]
    hands: tuple[Hand, ...]
    offers: tuple[Offer, ...]
    loaded: tuple[Loaded, ...]
    functions: tuple[Function, ...]
    shapes: tuple[Shape, ...]
    stars: tuple[str, ...]
    executes: bool


@dataclass(frozen=True, slots=True)
class OptionNames(Fact):
    """The names of a file that may be options: `attributes` it reads, `words` that it says as strings, and what it
    sets as attributes of anything but `self` (`written`).
    """

    attributes: frozenset[str]
    words: frozenset[str]
    written: frozenset[str]
