"""Commands that run modules from the project's root are followed, and end."""

from __future__ import annotations

from support import project_of

from mldebt_lint.analysis.facts import ModuleFact
from mldebt_lint.analysis.library import Library
from mldebt_lint.reading.companion import Companion, CompanionKind


def _module(path: str) -> ModuleFact:
    name = path.removesuffix(".py").replace("/", ".")
    return ModuleFact(path, name, False, (), False, False, (), (), False)


def test_a_module_that_a_command_at_the_root_runs_is_found_and_an_unknown_one_is_none() -> None:
    makefile = Companion(
        "Makefile", CompanionKind.MAKEFILE, "all:\n\tpython -m pkg.train\n\tpython -m utils\n"
    )
    modules = [_module("pkg/train.py"), _module("a/utils.py"), _module("b/utils.py")]
    project = project_of(modules, {}, [makefile], Library({}, {}, {}))
    assert project.run_files == frozenset({"pkg/train.py"})
