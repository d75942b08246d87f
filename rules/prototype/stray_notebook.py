"""MLD564: notebooks left where somebody stopped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mldebt_lint.rule import (
    ANY_TEXT,
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
    alikeness,
    function_bodies,
    is_test_path,
    labelled,
)

STRAY = re.compile(
    r"^untitled(?:[ _-]?(?:\d+|copy|notebook|document|\(\d*\)))*(?:\.|$| \d)|-copy\d*(?:\(\d+\))?\.ipynb$|^copy[ _]of[ _]|\(\d+\)\.ipynb$",
    re.IGNORECASE,
)
MAX_RELATED = 5
MIN_ALIKE = 0.4
MIN_ALIKE_IF_CALLED_ALIKE = 0.25
SOURCE_FOLDERS = frozenset({"src", "lib", "pkg", "python"})


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
    Functions are compared by name, words and body: one that shares its name and little else is another function,
    and an exact copy is no other version. The package must be imported by the notebook or lie beside or above it,
    and have a single function of that name; test files do not count.
    """

    code = "MLD564"
    name = "stray-notebook"
    debt = Debt.PROTOTYPE
    needs = ANY_TEXT
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
                "eda.ipynb": "# %%\ndef clean(df):  # bad\n    return df.fillna(0)\n",
            }
        ),
        Good(files={"untitled-poems-by-length.ipynb": "# %%\nimport pandas as pd\n"}),
        Good(
            files={
                "churn/__init__.py": "",
                "churn/features.py": "def clean(df):\n    df = df.dropna()\n    return df\n",
                "eda.ipynb": "# %%\nfrom churn.features import clean\n# %%\ndef plot(df):\n    a = 1\n    return a\n",
            }
        ),
        Good(
            files={
                "churn/__init__.py": "",
                "churn/train.py": "def fit(model, x):\n    model.fit(x)\n    return model\n",
                "other/fit.ipynb": "# %%\ndef fit(angle, board):\n    board.turn(angle)\n    return board.free\n",
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
            again = [
                (function, package[function.name])
                for function in (project.facts_of(path, FunctionBody) if module.is_notebook else ())
                if function.name in package and _is_another_version(function, package[function.name])
            ]
            again = [pair for pair in again if _belongs(project, path, pair[1].where.path)]
            if again:
                (function, original), *others = again
                message = f"{function.name}() is defined again, unlike the one in {original.where.path}"
                related = [labelled(original.where, "the package's version")]
                related += [labelled(f.where, "and this one too") for f, _ in others[:MAX_RELATED]]
                yield self.found(function.where, message, tuple(related))

    def _package(self, project: Project) -> dict[str, FunctionBody]:
        """Return the functions of importable modules by name, where only one module defines it."""
        found: dict[str, list[FunctionBody]] = {}
        for path, module in project.modules.items():
            if module.is_notebook or is_test_path(path) or not _is_importable(project, path):
                continue
            for function in project.facts_of(path, FunctionBody):
                found.setdefault(function.name, []).append(function)
        return {name: places[0] for name, places in found.items() if len(places) == 1 and name != "main"}


def _is_another_version(function: FunctionBody, original: FunctionBody) -> bool:
    """Whether a function is the other one changed, and not merely of the same name."""
    called_alike = bool(function.params) and function.params == original.params
    needed = MIN_ALIKE_IF_CALLED_ALIKE if called_alike else MIN_ALIKE
    return function.digest != original.digest and alikeness(function, original) >= needed


def _is_importable(project: Project, path: str) -> bool:
    folder = path.rpartition("/")[0]
    return f"{folder}/__init__.py" in project.modules or bool(project.importers[path])


def _belongs(project: Project, notebook: str, module: str) -> bool:
    """Whether a notebook works with a package: it imports from it, or lies beside it or below that place."""
    root = _package_root(project, module)
    if any(f"{path}/".startswith(f"{root}/") for path in project.imports[notebook] if root):
        return True
    above = root.rpartition("/")[0] if f"{root}/__init__.py" in project.modules else root
    if above.rpartition("/")[2] in SOURCE_FOLDERS:
        above = above.rpartition("/")[0]
    return not above or notebook.startswith(f"{above}/")


def _package_root(project: Project, module: str) -> str:
    """Return the topmost folder of a module's package; the module's own folder when it is in none."""
    folder = module.rpartition("/")[0]
    while f"{folder.rpartition('/')[0]}/__init__.py" in project.modules:
        folder = folder.rpartition("/")[0]
    return folder
