"""Which companion files a file of the project is under: a pin of another sub-project says nothing about it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mldebt_lint.analysis.paths import folder
from mldebt_lint.analysis.project import Project
from mldebt_lint.reading.companion import Companion
from mldebt_lint.reading.packaging import requirement_bounds

_UPPER = re.compile(r"(==|<=|<|~=)\s*v?(\d+)(?:\.(\d+))?(\.\d)?")


def requirements_over(project: Project, path: str, naming: str) -> list[Companion]:
    """Return the companions that mention a package and lie in or above a file's folder.

    Those in a folder without code (`docker/`, `requirements/`) count for the folder above it.
    """
    found = (companion for companion in project.companions if naming in companion.text)
    return [companion for companion in found if _governs(project, companion.path, path)]


def _governs(project: Project, companion: str, path: str) -> bool:
    here = folder(companion)
    if here and not any(module.startswith(f"{here}/") for module in project.modules):
        here = folder(here)
    return not here or path.startswith(f"{here}/")


def holds_back(project: Project, path: str, packages: Sequence[str], version: tuple[int, int]) -> bool:
    """Whether the requirements that a file is under hold a package, by any of its names, below a version."""
    bounds = requirement_bounds(requirements_over(project, path, naming=packages[0]))
    return any(_is_below(bounds.get(package, ""), version) for package in packages)


def _is_below(specifier: str, version: tuple[int, int]) -> bool:
    """Whether a requirement allows nothing from a version on."""
    for operator, major, minor, patch in _UPPER.findall(specifier):
        bound = (int(major), int(minor or 0))
        if bound < version or (operator == "<" and bound == version):
            return bool(operator != "~=" or patch)  # ~=1.7 allows 1.13, ~=1.7.0 none but 1.7
    return False
