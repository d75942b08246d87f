"""One search for all programs finds what a search for each program alone finds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from support import project_of

from mldebt_lint.analysis.facts import Import, ModuleFact
from mldebt_lint.analysis.project import Program, Project
from mldebt_lint.analysis.randomness.blocks import GUARD, Block
from mldebt_lint.analysis.randomness.live import Live
from mldebt_lint.analysis.randomness.reach import Reach
from mldebt_lint.registry import Registry

PATHS = ("a.py", "b.py", "c.py", "d.py")
NAMES = ("", GUARD, "f", "g", "C", "C.f", "C.g", "C.f.g")
USES = (":f", ":g", ":C", ".f", ".g", "?f", "a.f", "b.C", "c.g", ".exec")
BLOCKS = st.builds(
    Block,
    path=st.sampled_from(PATHS),
    name=st.sampled_from(NAMES),
    hook=st.booleans(),
    uses=st.frozensets(st.sampled_from(USES), max_size=3),
)


def module(path: str, imports: set[str], guarded: bool) -> ModuleFact:
    """Return the fact of a file that imports others and runs by itself."""
    return ModuleFact(
        path=path,
        name=path.removesuffix(".py"),
        is_notebook=False,
        imports=tuple(Import(name) for name in sorted(imports)),
        main_guard=guarded,
        acts=True,
        definitions=(),
        runs=(),
        executes=False,
    )


def live(project: Project, known: list[Block], programs: list[Program]) -> list[set[tuple[str, str]]]:
    """Return for each program the blocks that it may run."""
    places = Live(project, Reach(project, known), programs).places()
    return [{p for p, mask in places.items() if mask >> n & 1} for n in range(len(programs))]


@given(
    imports=st.lists(st.sets(st.sampled_from(("a", "b", "c", "d")), max_size=2), min_size=4, max_size=4),
    guards=st.lists(st.booleans(), min_size=4, max_size=4),
    known=st.lists(BLOCKS, max_size=14),
)
def test_programs_do_not_lend_each_other_what_they_run(
    imports: list[set[str]], guards: list[bool], known: list[Block], registry: Registry
) -> None:
    modules = [module(*given) for given in zip(PATHS, imports, guards, strict=True)]
    project = project_of(modules, {}, (), registry.library)
    known = [*(Block(path, "", True, frozenset({".g"})) for path in PATHS), *known]
    programs = [Program(path, project.closure(path)) for path in PATHS]
    alone = [live(project, known, [program])[0] for program in programs]
    assert live(project, known, programs) == alone
    assert all(
        {path for path, _ in places} <= set(p.files) for places, p in zip(alone, programs, strict=True)
    )


def test_a_program_runs_what_its_guard_calls_in_a_file_it_imports(registry: Registry) -> None:
    project = project_of(
        [module("a.py", {"b"}, True), module("b.py", set(), False)], {}, (), registry.library
    )
    known = [
        Block("a.py", GUARD, True, frozenset({"b.f"})),
        Block("b.py", "", True, frozenset()),
        Block("b.py", "f", False, frozenset({".g"})),
        Block("b.py", "C", False, frozenset()),
        Block("b.py", "C.g", False, frozenset()),
    ]
    (found,) = live(project, known, [Program("a.py", project.closure("a.py"))])
    assert found == {("a.py", GUARD), ("b.py", ""), ("b.py", "f")}
