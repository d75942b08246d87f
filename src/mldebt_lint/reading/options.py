"""What a caller may choose about finding and reading files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

MAX_BYTES = 50_000_000
MAX_PYTHON_BYTES = 1_000_000

DEFAULT_EXCLUDE = (
    ".bzr",
    ".direnv",
    ".dvc",
    ".eggs",
    ".git",
    ".git-rewrite",
    ".hg",
    ".ipynb_checkpoints",
    ".mldebt_lint_cache",
    ".mypy_cache",
    ".nox",
    ".pants.d",
    ".pyenv",
    ".pytest_cache",
    ".pytype",
    ".ruff_cache",
    ".svn",
    ".tox",
    ".venv",
    ".virtual_documents",
    ".vscode",
    "__pycache__",
    "__pypackages__",
    "_build",
    "buck-out",
    "build",
    "dist",
    "node_modules",
    "site-packages",
    "venv",
)

PYTHON_CELL_MAGICS = (
    "capture",
    "debug",
    "ipytest",
    "prun",
    "pypy",
    "python",
    "python3",
    "time",
    "timeit",
)


@dataclass(frozen=True, slots=True)
class DiscoverOptions:
    """Which files are found: `exclude` holds gitignore-style patterns relative to `root`.

    An explicitly given file is always found unless `force_exclude`.
    """

    root: Path
    exclude: tuple[str, ...] = DEFAULT_EXCLUDE
    force_exclude: bool = False
    respect_gitignore: bool = True


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How files are read: the cell magics whose body is Python, and the sizes (in bytes) that are too much."""

    python_cell_magics: tuple[str, ...] = PYTHON_CELL_MAGICS
    max_bytes: int = MAX_BYTES
    max_python_bytes: int = MAX_PYTHON_BYTES
