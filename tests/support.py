"""Small helpers that several test modules share."""

from __future__ import annotations

import textwrap

from mldebt_lint.analyse import parse
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.library import Library
from mldebt_lint.reading.options import ReadOptions
from mldebt_lint.reading.source import document_from_bytes


def source_file(text: str, library: Library, path: str = "pkg/mod.py") -> SourceFile:
    """Return the parsed file for a piece of dedented Python."""
    raw = textwrap.dedent(text).lstrip("\n").encode()
    return parse(document_from_bytes(raw, path, ReadOptions()), library)
