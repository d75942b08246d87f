"""The kinds of folders in which debt is rarely worth a reader's time: tests, docs, vendored, generated."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Preset:
    """A kind of folder in which all rules but the tool's own are quiet; patterns are as in `.gitignore`."""

    name: str
    patterns: tuple[str, ...]


DEFAULT_PRESETS = (
    Preset("tests", ("test/**", "tests/**", "**/tests/**", "test_*.py", "*_test.py", "conftest.py")),
    Preset("docs", ("docs/**", "doc/**", "docs_*/**")),
    Preset(
        "vendored",
        (
            *("**/third_party/**", "**/third-party/**", "**/thirdparty/**", "**/3rdparty/**", "external/**"),
            *("**/vendor/**", "**/vendored/**", "**/_vendor/**", "**/site-packages/**"),
        ),
    ),
    Preset("generated", ("*_pb2.py", "*_pb2_grpc.py", "**/migrations/**", "**/generated/**")),
)
