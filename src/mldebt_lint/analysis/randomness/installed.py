"""Which files of a project are a library that others install, and which only show how it is used."""

from __future__ import annotations

import re

from mldebt_lint.analysis.paths import folder
from mldebt_lint.analysis.project import Project
from mldebt_lint.analysis.randomness.asides import words
from mldebt_lint.reading.companion import Companion, CompanionKind

SHOWING = frozenset(
    ("examples", "example", "tutorials", "tutorial", "demo", "demos", "docs", "doc", "notebooks", "samples")
)
# A package of such a name is the program itself, laid out as a package.
SOURCE_FOLDERS = frozenset({"src", "lib", "app", "code", "scripts"})
_DECLARES = re.compile(
    r"^\s*\[(?:project|tool\.poetry|tool\.flit\.metadata|metadata)\]|\bsetup\(", re.MULTILINE
)


def is_showing(path: str) -> bool:
    """Whether a file lies where a project keeps what only shows how it is used, or says so by its name."""
    *folders, name = path.lower().split("/")
    return bool(SHOWING.intersection((*folders, *words(name.rpartition(".")[0]))))


def installed_files(project: Project) -> frozenset[str]:
    """Return the files of packages that lie beside a file which declares a distribution, or in `src` beside it."""
    roots = {folder(companion.path) for companion in project.companions if _declares(companion)}
    roots |= {f"{root}/src".lstrip("/") for root in roots}
    return frozenset(path for path in project.modules if _package_root(project, path) in roots)


def _declares(companion: Companion) -> bool:
    kinds = (CompanionKind.PYPROJECT, CompanionKind.SETUP)
    return companion.kind in kinds and _DECLARES.search(companion.text) is not None


def _package_root(project: Project, path: str) -> str | None:
    """Return the folder that holds a file's outermost package, None for a file outside of packages."""
    top, here = "", folder(path)
    while here:
        top = here if f"{here}/__init__.py" in project.modules else top
        here = folder(here)
    return None if not top or top.rpartition("/")[2] in SOURCE_FOLDERS | SHOWING else folder(top)
