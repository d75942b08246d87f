"""MLD564: notebooks left where somebody stopped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mldebt_lint.rule import (
    Bad,
    Debt,
    Fact,
    Finding,
    FunctionBody,
    Good,
    Location,
    Profile,
    Project,
    ProjectRule,
    Severity,
    SourceFile,
    Span,
    function_bodies,
    is_test_path,
)

STRAY = re.compile(
    r"^untitled\d*(?: |-|_|\(|\.|$)|-copy\d*(?:\(\d+\))?\.ipynb$|^copy[ _]of[ _]|\(\d+\)\.ipynb$",
    re.IGNORECASE,
)
MAX_RELATED = 5


@dataclass(frozen=True, slots=True)
class StrayName(Fact):
    """A notebook whose name is the one that the editor gave it."""

    where: Location


class StrayNotebook(ProjectRule):
    """A notebook still has the name its editor gave it, or defines a function of the package in another version.

    Why it is debt
    A notebook without a name has no owner and no purpose, yet somebody may run it. One that defines again what the
    package holds lets two versions of a step live side by side: results of the notebook are not those of the
    package (Sculley et al. 2015, §5 Prototype Smell).

    What to do instead
    Name the notebook after its question, or delete it. Import the function from the package; when the notebook's
    version is the better one, move it there.

    Known limits
    Functions are compared by name and body; a notebook that imports the package's function before it redefines it
    on purpose is reported too. Functions of test files, and of modules of one name in several folders, count as the package's
    only when the notebook's project has a single one of that name.
    """

    code = "MLD564"
    name = "stray-notebook"
    debt = Debt.PROTOTYPE
    severity = Severity.INFO
    profile = Profile.STRICT
    effort_minutes = 15
    examples = (
        Bad(files={"Untitled3.ipynb": "# %%\nimport pandas as pd  # bad\n"}),
        Bad(files={"notebooks/eda-Copy1.ipynb": "# %%\nx = 1  # bad\n"}),
        Bad(
            files={
                "churn/__init__.py": "",
                "churn/features.py": "def clean(df):\n    df = df.dropna()\n    return df[df.age > 0]\n",
                "eda.ipynb": "# %%\ndef clean(df):  # bad\n    df = df.fillna(0)\n    return df\n",
            }
        ),
        Good(files={"churn-by-tenure.ipynb": "# %%\nimport pandas as pd\n"}),
        Good(
            files={
                "churn/__init__.py": "",
                "churn/features.py": "def clean(df):\n    df = df.dropna()\n    return df\n",
                "eda.ipynb": "# %%\nfrom churn.features import clean\n# %%\ndef plot(df):\n    a = 1\n    return a\n",
            }
        ),
    )

    def collect(self, file: SourceFile) -> Iterator[Fact]:
        """Yield the functions of every file, and the names that no person gave."""
        yield from function_bodies(file)
        if file.is_notebook and STRAY.search(file.path.rpartition("/")[2]):
            cell = file.cells[0].cell.number if file.cells else None
            yield StrayName(Location(file.path, Span(1, 1, 1, 1), cell))

    def check(self, project: Project) -> Iterator[Finding]:
        """Report editors' names, and each notebook once for the functions it defines again."""
        for stray in project.facts(StrayName):
            yield self.found(
                stray.where, "the notebook has the name its editor gave it: nobody knows its purpose"
            )
        package = self._package(project)
        for path, module in project.modules.items():
            if not module.is_notebook:
                continue
            again = [f for f in project.facts_of(path, FunctionBody) if self._differs(f, package)]
            if again and again[0].where is not None:
                others = tuple(f.where for f in again[1 : MAX_RELATED + 1] if f.where is not None)
                there = package[again[0].name][0]
                yield self.found(
                    again[0].where, f"{again[0].name}() is defined again, unlike the one in {there}", others
                )

    def _package(self, project: Project) -> dict[str, tuple[str, str]]:
        """Return the functions of importable modules by name, where only one module defines it."""
        found: dict[str, list[tuple[str, str]]] = {}
        for path, module in project.modules.items():
            if module.is_notebook or is_test_path(path) or not self._importable(project, path):
                continue
            for function in project.facts_of(path, FunctionBody):
                found.setdefault(function.name, []).append((path, function.digest))
        return {name: places[0] for name, places in found.items() if len(places) == 1 and name != "main"}

    def _importable(self, project: Project, path: str) -> bool:
        folder = path.rpartition("/")[0]
        return f"{folder}/__init__.py" in project.modules or bool(project.importers[path])

    def _differs(self, function: FunctionBody, package: dict[str, tuple[str, str]]) -> bool:
        return function.name in package and package[function.name][1] != function.digest
