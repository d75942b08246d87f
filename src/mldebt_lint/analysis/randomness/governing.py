"""Which companion files a file of the project is under: a pin of another sub-project says nothing about it."""

from __future__ import annotations

from mldebt_lint.analysis.paths import folder
from mldebt_lint.analysis.project import Project
from mldebt_lint.reading.companion import Companion


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
