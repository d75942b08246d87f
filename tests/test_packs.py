"""The built-in library packs: every one loads, no two contradict each other, and every example is Python."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from mldebt_lint.analysis.library import Entry, Pack, Role, build_library, load_pack
from mldebt_lint.errors import UserError
from mldebt_lint.sources import LIBRARIES, rules_folder

STREAMS = {"python", "numpy", "torch", "tensorflow"}
ARRAYS = {"numpy", "torch", "tensorflow", "jax", "sparse", "pil"}
FRAMES = {"pandas", "polars", "spark", "arrow", "dask", "datasets", "labelled", "list", "dict"}
PATHS = sorted((rules_folder() / LIBRARIES).glob("*.yaml"))
ACME = """\
library: acme
packages: [acme]
apis:
  - names: [draw]
    in: acme.ml
    role: random-draw
    draws: [numpy]
    seed: seed
    params: [size, seed]
    example: |
      import acme.ml
      acme.ml.draw(10)
"""


@pytest.fixture(scope="module")
def packs() -> list[Pack]:
    """All built-in packs."""
    return [load_pack(path, path.name) for path in PATHS]


def entries(packs: list[Pack]) -> Iterator[Entry]:
    for pack in packs:
        yield from pack.entries


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_pack_loads_and_is_called_like_its_file(path: Path) -> None:
    assert load_pack(path, path.name).library == path.stem


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_pack_keeps_its_lines_short(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").split("\n")
    assert [number for number, line in enumerate(lines, 1) if len(line) > 119] == []


def test_no_name_is_described_twice(packs: list[Pack]) -> None:
    names = Counter(name for entry in entries(packs) for name in entry.names)
    assert [name for name, count in names.items() if count > 1] == []


def test_no_package_belongs_to_two_packs(packs: list[Pack]) -> None:
    packages = Counter(package for pack in packs for package in pack.packages)
    assert [package for package, count in packages.items() if count > 1] == []


def test_no_module_has_two_aliases(packs: list[Pack]) -> None:
    aliases = Counter(alias for pack in packs for alias in pack.aliases)
    assert [alias for alias, count in aliases.items() if count > 1] == []


def test_a_name_is_dotted_identifiers_after_an_optional_star(packs: list[Pack]) -> None:
    names = [name for entry in entries(packs) for name in entry.names]
    assert [
        n for n in names if not all(part.isidentifier() for part in n.removeprefix("*.").split("."))
    ] == []


def test_no_name_hides_behind_an_alias_that_leads_elsewhere(packs: list[Pack]) -> None:
    library = build_library(packs)
    assert [name for name in library.apis if library.find(name) is not library.apis[name]] == []


def test_every_example_parses(packs: list[Pack]) -> None:
    for entry in entries(packs):
        ast.parse(entry.example, filename=entry.place)


def test_every_example_uses_one_of_its_names(packs: list[Pack]) -> None:
    silent = [
        e.place for e in entries(packs) if not {n.rpartition(".")[2] for n in e.names} & used(e.example)
    ]
    assert silent == []


def used(example: str) -> set[str]:
    """Return the last names of everything that an example calls or reads as an attribute."""
    nodes = list(ast.walk(ast.parse(example)))
    called = {
        node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    return called | {node.attr for node in nodes if isinstance(node, ast.Attribute)}


def test_streams_are_the_ones_that_rules_know(packs: list[Pack]) -> None:
    drawn = {stream for entry in entries(packs) for stream in entry.api.draws}
    seeded = {stream for entry in entries(packs) for stream in entry.api.seeds}
    assert (drawn, seeded) == (STREAMS, STREAMS | {"torch-cuda"})


def test_every_drawn_stream_has_a_seeder(packs: list[Pack]) -> None:
    seeders = [entry.api for entry in entries(packs) if entry.api.role is Role.SEEDER]
    assert {stream for api in seeders for stream in api.seeds} >= STREAMS


def test_every_seeder_says_what_it_seeds(packs: list[Pack]) -> None:
    assert [e.place for e in entries(packs) if e.api.role is Role.SEEDER and not e.api.seeds] == []


def test_a_condition_restricts_a_draw_and_names_one_parameter(packs: list[Pack]) -> None:
    apis = [(entry.place, entry.api) for entry in entries(packs) if entry.api.when or entry.api.unless]
    assert [place for place, api in apis if not api.draws or len(api.when) > 1] == []


def test_every_condition_holds_a_value(packs: list[Pack]) -> None:
    conditions = [
        (e.place, c) for e in entries(packs) for c in (*e.api.when.values(), *e.api.unless.values())
    ]
    assert [place for place, values in conditions if not values] == []


def test_a_converter_has_a_target_and_nothing_else_has_formats(packs: list[Pack]) -> None:
    wrong = [e.place for e in entries(packs) if (e.api.role is Role.CONVERTER) != bool(e.api.target)]
    assert wrong == []


def test_formats_are_the_ones_that_rules_know(packs: list[Pack]) -> None:
    named = {name for entry in entries(packs) for name in (entry.api.source, entry.api.target) if name}
    assert named == ARRAYS | FRAMES


def test_a_users_pack_adds_to_the_built_in_ones(packs: list[Pack], tmp_path: Path) -> None:
    path = tmp_path / "acme.yaml"
    path.write_text(ACME, encoding="utf-8")
    api = build_library([*packs, load_pack(path, "lint/acme.yaml")]).find("acme.ml.draw")
    assert api is not None
    assert (api.role, api.draws, api.params) == (Role.RANDOM_DRAW, ("numpy",), ("size", "seed"))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("role: random-draw", "role: random-drawer", "lint/acme.yaml:6: unknown role 'random-drawer'"),
        ("    seed: seed\n", "    sead: seed\n", "lint/acme.yaml:8: unknown key 'sead'"),
        ("    seed: seed\n", "    seed: seed\n    seed: key\n", "lint/acme.yaml:9: duplicate key 'seed'"),
        ("    seed: seed\n", "    seed: [seed]\n", "lint/acme.yaml:8: 'seed' must be a string"),
        ("  - names: [draw]\n    in", "  - in", "lint/acme.yaml:4: 'names' is missing"),
        (
            "params: [size, seed]",
            "params: [size, on]",
            "lint/acme.yaml:9: 'params' must be a string or a list",
        ),
    ],
)
def test_a_mistake_in_a_pack_is_named_with_its_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "acme.yaml"
    path.write_text(ACME.replace(old, new), encoding="utf-8")
    with pytest.raises(UserError) as caught:
        load_pack(path, "lint/acme.yaml")
    assert str(caught.value).startswith(message)


def test_an_alias_leads_to_the_canonical_name(packs: list[Pack]) -> None:
    library = build_library(packs)
    assert library.canonical("tensorflow.keras.layers.Dense") == "keras.layers.Dense"


def test_the_longest_alias_wins(packs: list[Pack]) -> None:
    library = build_library(packs)
    assert library.canonical("tensorflow.compat.v1.keras.layers.Dense") == "keras.layers.Dense"
    assert library.canonical("tensorflow.compat.v1.random_normal") == "tensorflow.random_normal"
