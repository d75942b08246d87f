"""What one run over one project is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from mldebt_lint.config import Config
from mldebt_lint.sources import Sources

if TYPE_CHECKING:
    from mldebt_lint.registry import Registry


Watch: TypeAlias = Callable[[int, int], None]
"""What is told how many files of how many are analysed."""


def unwatched(done: int, total: int) -> None:
    """Watch nothing."""


@dataclass(frozen=True, slots=True)
class Request:
    """What one run over one project is asked: settings, rules, the paths to report on.

    `rules` are loaded ones, or where they come from: then they are loaded when a file has to be analysed, and not
    before. `stdin` is the content that replaces, or adds, the file at its path. `jobs` is the number of processes,
    0 for as many as serve. `cache` is the folder of the caches, None for a run without one; loaded rules have none,
    for nobody knows their text. `excerpts` says whether the report must hold the lines around its findings.
    """

    config: Config
    rules: Registry | Sources
    paths: tuple[Path, ...]
    stdin: tuple[Path, bytes] | None = None
    force_exclude: bool = False
    timings: bool = False
    jobs: int = 1
    cache: Path | None = None
    excerpts: bool = True
