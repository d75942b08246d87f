"""What each library's APIs are: roles with their parameters, read from packs of plain YAML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from mldebt_lint.errors import UserError, did_you_mean

if TYPE_CHECKING:
    from mldebt_lint.reading.strict_yaml import Table


class Role(StrEnum):
    """What an API is for. Rules ask for roles, never for the name of a library."""

    RANDOM_DRAW = "random-draw"
    SEEDER = "seeder"
    GENERATOR = "generator"
    SPLITTER = "splitter"
    ESTIMATOR = "estimator"
    TRANSFORMER = "transformer"
    FIT = "fit"
    PREDICT = "predict"
    METRIC = "metric"
    LOSS = "loss"
    ACTIVATION = "activation"
    LAYER = "layer"
    OPTIMIZER = "optimizer"
    TRAINING_STEP = "training-step"
    TRAINER = "trainer"
    DATASET = "dataset"
    DATA_LOADER = "data-loader"
    DATA_SOURCE = "data-source"
    DATA_SINK = "data-sink"
    SUBSET = "subset"
    AUGMENTATION = "augmentation"
    ARTEFACT_SAVE = "artefact-save"
    ARTEFACT_LOAD = "artefact-load"
    CONVERTER = "converter"
    OPTION_PARSER = "option-parser"
    OPTION = "option"
    CONFIG_LOAD = "config-load"
    ENVIRONMENT = "environment"
    IMPORT_PATH = "import-path"
    SHELL = "shell"
    LAUNCHER = "launcher"
    DETERMINISM = "determinism"
    TRACKER = "tracker"
    ENDPOINT = "endpoint"
    PLOT = "plot"
    LANGUAGE_MODEL = "language-model"
    REQUEST = "request"
    LISTING = "listing"


OPTION_ROLES = frozenset({Role.OPTION, Role.OPTION_PARSER})
Literal = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Api:
    """One function, class or method of a library, and what the rules need to know of it.

    `draws` are the streams of global randomness that a call consumes when `seed` is not given; `seeds` those
    that a call sets. `when` and `unless` restrict the draw to literal argument values. `params` are the names
    of the positional parameters, `returns` the qualified type of the result, `source` and `target` the formats
    of a converter. `id` are the parameters of which one names what is fetched from elsewhere, `pins` those that fix its
    version; an id among `local` means data at hand. `traits` are further words that single rules ask for.
    """

    name: str
    role: Role
    library: str
    draws: tuple[str, ...] = ()
    seeds: tuple[str, ...] = ()
    seed: str = ""
    when: Mapping[str, tuple[Literal, ...]] = field(default_factory=dict)
    unless: Mapping[str, tuple[Literal, ...]] = field(default_factory=dict)
    params: tuple[str, ...] = ()
    returns: str = ""
    source: str = ""
    target: str = ""
    id: tuple[str, ...] = ()
    pins: tuple[str, ...] = ()
    local: tuple[str, ...] = ()
    traits: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a pack: several names that share everything else, and an example that proves it."""

    api: Api
    names: tuple[str, ...]
    example: str
    place: str


@dataclass(frozen=True, slots=True)
class Pack:
    """One library's knowledge: its top-level packages, its entries, and the names of models that move."""

    library: str
    packages: tuple[str, ...]
    entries: tuple[Entry, ...]
    aliases: Mapping[str, str]
    traits: frozenset[str]
    moving: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Library:
    """All packs together: from a qualified name to its API.

    Names that begin with `*.` are methods of a receiver whose type is not known. `option_methods` are the methods
    of option parsers by their last name: their receiver is often a parameter. `moving` are the names under which a
    provider serves one model today and another tomorrow.
    """

    apis: Mapping[str, Api]
    packages: Mapping[str, Pack]
    prefixes: Mapping[str, str]
    option_methods: Mapping[str, Api] = field(default_factory=dict)
    moving: frozenset[str] = frozenset()

    def find(self, name: str) -> Api | None:
        """Return the API of a qualified name, following aliases of whole modules, or None."""
        return self.apis.get(name) or self.apis.get(self.canonical(name))

    def method(self, name: str) -> Api | None:
        """Return what a method called `name` is on a receiver of unknown type, or None."""
        return self.apis.get(f"*.{name}")

    def canonical(self, name: str) -> str:
        """Replace the longest aliased prefix (`tf.keras` -> `keras`) of a qualified name."""
        head = name
        while head:
            if head in self.prefixes:
                return self.prefixes[head] + name[len(head) :]
            head = head.rpartition(".")[0]
        return name

    def pack(self, name: str) -> Pack | None:
        """Return the pack that a qualified name's top-level package belongs to, or None."""
        return self.packages.get(name.partition(".")[0])


PACK_KEYS = ("library", "packages", "aliases", "traits", "moving", "apis")
ENTRY_KEYS = (
    *("names", "in", "role", "draws", "seeds", "seed", "when", "unless"),
    *("params", "returns", "from", "to", "id", "pins", "local", "traits", "example"),
)


def build_library(packs: Iterable[Pack]) -> Library:
    """Merge packs; a later pack's entry wins over an earlier one's."""
    packs = list(packs)
    apis: dict[str, Api] = {}
    packages: dict[str, Pack] = {}
    prefixes: dict[str, str] = {}
    for pack in packs:
        packages.update(dict.fromkeys(pack.packages, pack))
        prefixes.update(pack.aliases)
        for entry in pack.entries:
            apis.update((name, _renamed(entry.api, name)) for name in entry.names)
    methods = {name.rpartition(".")[2]: api for name, api in apis.items() if _is_option_method(api)}
    moving = frozenset(name for pack in packs for name in pack.moving)
    return Library(apis, packages, prefixes, methods, moving)


def _is_option_method(api: Api) -> bool:
    parts = api.name.split(".")
    is_method = len(parts) > 2 and parts[-2][:1].isupper()
    return is_method and (
        api.role in OPTION_ROLES or (api.role is Role.CONFIG_LOAD and "options" in api.traits)
    )


def load_pack(path: Path, shown: str) -> Pack:
    """Read one pack file; `shown` is its name in errors.

    Raises UserError with file and line for anything that is not in the schema.
    """
    from mldebt_lint.reading.strict_yaml import load_table

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"cannot read the library pack: {error}", place=shown) from error
    table = load_table(text, shown)
    table.only(PACK_KEYS)
    library = table.text("library")
    return Pack(
        library=library,
        packages=table.texts("packages"),
        entries=tuple(_entries(table, library)),
        aliases=_aliases(table),
        traits=frozenset(table.texts("traits")),
        moving=frozenset(table.texts("moving")),
    )


def _renamed(api: Api, name: str) -> Api:
    return replace(api, name=name)


def _aliases(table: Table) -> dict[str, str]:
    nested = table.table("aliases")
    return {key: nested.text(key) for key in nested.items} if nested else {}


def _entries(table: Table, library: str) -> Iterator[Entry]:
    for item in table.tables("apis"):
        item.only(ENTRY_KEYS)
        prefix = item.text("in", "")
        names = tuple(f"{prefix}.{name}" if prefix else name for name in item.texts("names"))
        if not names:
            raise UserError("'names' is missing", place=item.at())
        yield Entry(_api(item, names[0], library), names, item.text("example"), item.at())


def _api(item: Table, name: str, library: str) -> Api:
    role = item.text("role")
    if role not in set(Role):
        raise UserError(f"unknown role '{role}'", place=item.at("role"), hint=did_you_mean(role, set(Role)))
    return Api(
        name=name,
        role=Role(role),
        library=library,
        draws=item.texts("draws"),
        seeds=item.texts("seeds"),
        seed=item.text("seed", ""),
        when=_conditions(item, "when"),
        unless=_conditions(item, "unless"),
        params=item.texts("params"),
        returns=item.text("returns", ""),
        source=item.text("from", ""),
        target=item.text("to", ""),
        id=item.texts("id"),
        pins=item.texts("pins"),
        local=item.texts("local"),
        traits=frozenset(item.texts("traits")),
    )


def _conditions(item: Table, key: str) -> dict[str, tuple[Literal, ...]]:
    nested = item.table(key)
    conditions: dict[str, tuple[Literal, ...]] = {}
    for name, value in (nested.items if nested else {}).items():
        values = value if isinstance(value, list) else [value]
        conditions[name] = tuple(v for v in values if v is None or isinstance(v, str | int | float | bool))
    return conditions
