"""Which star imports can bring a name, through cycles and all."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from support import project_of
from test_live import module

from mldebt_lint.analysis.facts import Import
from mldebt_lint.analysis.project import Project
from mldebt_lint.analysis.star_imports import StarImports
from mldebt_lint.registry import Registry

MODULES = ("a", "b", "c", "d")
DEFINED = st.lists(st.frozensets(st.sampled_from("xyz")), min_size=4, max_size=4)
STARS = st.lists(st.lists(st.sampled_from(MODULES), max_size=3, unique=True), min_size=4, max_size=4)


def project_with(stars: dict[str, list[str]], registry: Registry) -> Project:
    """Return a project of modules that import everything from others."""
    facts = []
    for name, sources in stars.items():
        imports = tuple(Import(source, star=True) for source in sources)
        facts.append(replace(module(f"{name}.py", set(), False), imports=imports))
    return project_of(facts, {}, (), registry.library)


@given(defined=DEFINED, stars=STARS)
def test_a_star_brings_what_stands_behind_it(
    defined: list[frozenset[str]], stars: list[list[str]], registry: Registry
) -> None:
    names = dict(zip(MODULES, defined, strict=True))
    edges = {name: [s for s in found if s != name] for name, found in zip(MODULES, stars, strict=True)}

    def offers(start: str) -> set[str]:
        seen, todo = {start}, [start]
        while todo:
            fresh = set(edges[todo.pop()]) - seen
            seen |= fresh
            todo += fresh
        return {name for source in seen for name in names[source]}

    found = StarImports(project_with(edges, registry), lambda path: names[path.removesuffix(".py")])
    for name, sources in edges.items():
        for wanted in "xyz":
            brought = [source for _, source in found.bringing(f"{name}.py", wanted)]
            assert brought == [source for source in sources if wanted in offers(source)]


def test_a_star_from_a_module_that_is_not_in_the_project_brings_nothing(registry: Registry) -> None:
    project = project_with({"a": ["elsewhere", "b"], "b": []}, registry)
    found = StarImports(project, lambda path: frozenset("x"))
    assert found.bringing("a.py", "x") == [(1, "b")]
