"""Which files beside the Python ones are companions of a project, and of what kind."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class CompanionKind(StrEnum):
    """What a companion file is for."""

    REQUIREMENTS = "requirements"
    PYPROJECT = "pyproject"
    SETUP = "setup"
    LOCK = "lock"
    MAKEFILE = "makefile"
    SHELL = "shell"
    CI = "ci"
    DOCKER = "docker"
    README = "readme"
    PIPELINE = "pipeline"
    CONFIG = "config"


@dataclass(frozen=True, slots=True)
class Companion:
    """A companion file as text: its path is POSIX and relative to the project's root."""

    path: str
    kind: CompanionKind
    text: str


_YAML = r"\.ya?ml"
# The first that matches a lower-cased name decides.
_PATTERNS = (
    (
        CompanionKind.LOCK,
        rf"(poetry|uv|pdm|pixi|pipfile|conda|dvc)[\w.-]*\.lock|conda-lock{_YAML}|pylock[\w.-]*\.toml",
    ),
    (CompanionKind.PYPROJECT, r"pyproject\.toml"),
    (CompanionKind.SETUP, r"setup\.(py|cfg)"),
    (CompanionKind.REQUIREMENTS, r"[\w.-]*(requirements|constraints)[\w.-]*\.(txt|in|pip)|pipfile"),
    (CompanionKind.REQUIREMENTS, rf"(conda|environment|env)[\w.-]*{_YAML}"),
    (CompanionKind.PIPELINE, rf"dvc{_YAML}|snakefile|[\w.-]+\.smk|mlproject({_YAML})?"),
    (CompanionKind.MAKEFILE, r"(gnu)?makefile([.-][\w.-]+)?|[\w.-]+\.mk|justfile"),
    (CompanionKind.DOCKER, r"(docker|container)file([._-][\w.-]+)?|[\w.-]+\.dockerfile"),
    (CompanionKind.DOCKER, rf"(docker-)?compose[\w.-]*{_YAML}"),
    (
        CompanionKind.CI,
        rf"\.?(gitlab-ci|travis|appveyor|azure-pipelines|bitbucket-pipelines|cloudbuild)[\w.-]*{_YAML}",
    ),
    (CompanionKind.CI, rf"jenkinsfile([._-][\w.-]+)?|tox\.ini|\.pre-commit-config{_YAML}"),
    (CompanionKind.SHELL, r"[^/]+\.(sh|bash|zsh|sbatch|slurm|pbs)|procfile"),
    (CompanionKind.README, r"readme([.-][\w.-]+)?|[^/]+\.(md|markdown|rst)"),
    (CompanionKind.CONFIG, rf"[^/]+({_YAML}|\.(toml|json|jsonc|jsonnet|ini|cfg|conf|gin|env))|\.env[\w.-]*"),
)
_KINDS = tuple((kind, re.compile(pattern)) for kind, pattern in _PATTERNS)
_ANY = re.compile("|".join(f"(?:{pattern})" for _, pattern in _PATTERNS))
_CI_FOLDERS = (".github/workflows/", ".github/actions/", ".circleci/", ".buildkite/", ".azure-pipelines/")


def is_companion_name(name: str) -> bool:
    """Return whether a file called `name` may be a companion, wherever it lies."""
    return _ANY.fullmatch(name.lower()) is not None


def companion_kind(path: str) -> CompanionKind | None:
    """Return the kind of the file at `path` (POSIX, relative to the root), None if it is no companion."""
    folder, _, name = path.lower().rpartition("/")
    kind = next((kind for kind, pattern in _KINDS if pattern.fullmatch(name)), None)
    if kind is CompanionKind.CONFIG and f"{folder}/".startswith(_CI_FOLDERS):
        return CompanionKind.CI
    if kind is CompanionKind.README and not name.startswith("readme"):
        return kind if folder.partition("/")[0] in ("", "docs", "doc") else None
    return kind
