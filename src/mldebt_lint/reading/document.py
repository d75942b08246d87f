"""What a file on disk becomes before it is parsed: a document of cells."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b

from mldebt_lint.model import Problem


class MagicKind(StrEnum):
    """The kinds of IPython escapes that a cell can hold."""

    LINE = "line"  # %matplotlib inline, x = %time f()
    CELL = "cell"  # %%bash
    SHELL = "shell"  # !pip install x, files = !ls
    HELP = "help"  # obj?


@dataclass(frozen=True, slots=True)
class Magic:
    """One IPython escape: where it stands (1-based, in its cell) and what it says.

    `name` is the magic's name without its sigil (`pip`, `run`, `matplotlib`, `bash`), empty for shell and
    help. `text` is everything after the name (or after `!`), stripped; for a cell magic the first line's rest.
    """

    kind: MagicKind
    line: int
    column: int
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of Python that is parsed by itself: a whole file, or one code cell of a notebook.

    `text` is what is parsed: equal to `original` except that escapes are replaced at equal length and in the
    same lines, so that positions agree. `number` is 1-based over all cells of the notebook, None for a file.
    `lead` is the last paragraph of the prose cell right above.
    """

    text: str
    original: str
    number: int | None = None
    execution_count: int | None = None
    magics: tuple[Magic, ...] = ()
    tags: tuple[str, ...] = ()
    lead: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Document:
    """A Python file or notebook as read: its path (POSIX, relative to the project's root) and its code cells.

    `skipped` says in a few words why there is nothing to parse (a notebook for another kernel, a template).
    `problems` are what could not be read; a document with problems may still have cells. `digest` is that of the
    bytes read, empty where there are none.
    """

    path: str
    cells: tuple[Cell, ...] = ()
    is_notebook: bool = False
    skipped: str = ""
    problems: tuple[Problem, ...] = ()
    digest: str = field(default="", compare=False)


def content_digest(raw: bytes) -> str:
    """Return the digest by which a file's bytes are known."""
    return blake2b(raw, digest_size=16).hexdigest()
