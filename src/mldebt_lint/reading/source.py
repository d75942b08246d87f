"""Reads Python files in any encoding that Python accepts, and hands notebooks to their own reader."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path
from tokenize import detect_encoding

from mldebt_lint.model import Problem
from mldebt_lint.reading.document import Cell, Document, content_digest
from mldebt_lint.reading.failure import parse_failure_kind
from mldebt_lint.reading.limits import too_deep
from mldebt_lint.reading.notebook import notebook_document
from mldebt_lint.reading.options import MAX_BYTES, ReadOptions
from mldebt_lint.reading.text import encodable, settle_form_feeds

__all__ = ["MAX_BYTES", "ReadOptions", "document_from_bytes", "parse_failure_kind", "read_document"]

_LFS_POINTER = b"version https://git-lfs.github.com/spec/"
_FIRST_LINES = re.compile(rb"(?:[^\r\n]*(?:\r\n|\r|\n|\Z)){0,2}")


def read_document(path: Path, relative: str, options: ReadOptions) -> Document:
    """Read the file at `path`; what keeps it from being read is the document's one problem."""
    try:
        size = path.stat().st_size
        if size > options.max_bytes:
            return _failed(relative, f"larger than {options.max_bytes / 1e6:g} MB", None)
        raw = path.read_bytes()
    except OSError as error:
        return _failed(relative, f"cannot be read: {error.strerror or error}", None)
    return document_from_bytes(raw, relative, options)


def document_from_bytes(raw: bytes, relative: str, options: ReadOptions) -> Document:
    """Read a file's bytes, as a notebook if `relative` says so, else as Python."""
    return replace(_document(raw, relative, options), digest=content_digest(raw))


def _document(raw: bytes, relative: str, options: ReadOptions) -> Document:
    is_notebook = _is_notebook(relative)
    if raw.startswith(_LFS_POINTER):
        return Document(relative, is_notebook=is_notebook, skipped="a Git LFS pointer")
    if is_notebook:
        return notebook_document(raw, relative, options)
    return _python_document(raw, relative, options)


def _python_document(raw: bytes, relative: str, options: ReadOptions) -> Document:
    if len(raw) > options.max_python_bytes:
        return Document(relative, skipped=f"larger than {options.max_python_bytes / 1e6:g} MB")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _failed(relative, "encoded as UTF-16, which Python does not read", 1)
    if b"\0" in raw:
        return _failed(relative, "contains null bytes", _line_at(raw, raw.index(b"\0")))
    try:
        text = encodable(raw.decode(_encoding(raw)))
    except UnicodeDecodeError as error:
        message = f"cannot be decoded as {error.encoding}: {error.reason}"
        return _failed(relative, message, _line_at(raw, error.start))
    except (SyntaxError, LookupError, UnicodeError) as error:
        return _failed(relative, f"cannot be decoded: {error}", 1)
    if reason := too_deep(text):
        return _failed(relative, f"not analysed: {reason}", None)
    return Document(relative, (Cell(settle_form_feeds(text), text),))


def _encoding(raw: bytes) -> str:
    """Return the encoding that Python reads `raw` in; raises SyntaxError or UnicodeDecodeError where it would."""
    # By its own first two lines: with lone carriage returns `readline` would look for a cookie everywhere.
    match = _FIRST_LINES.match(raw)
    head = b"\n".join(match.group().splitlines()) if match else b""
    try:
        return detect_encoding(io.BytesIO(head).readline)[0]
    except SyntaxError as error:
        if "unknown" not in str(error):
            raw.decode("utf-8")  # says where the bytes are that are no UTF-8
        raise


def _line_at(raw: bytes, offset: int) -> int:
    return len(re.findall(rb"\r\n|\r|\n", raw[:offset])) + 1


def _is_notebook(relative: str) -> bool:
    return relative.lower().endswith(".ipynb")


def _failed(relative: str, message: str, line: int | None) -> Document:
    problem = Problem(message, path=relative, line=line)
    return Document(relative, is_notebook=_is_notebook(relative), problems=(problem,))
