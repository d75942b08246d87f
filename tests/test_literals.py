"""The texts that an expression may be."""

from __future__ import annotations

import pytest
from support import source_file

from mldebt_lint.analysis.unstable.literals import literals
from mldebt_lint.registry import Registry


def told(text: str, registry: Registry) -> list[str]:
    """Return the texts that the argument of `use` may be."""
    file = source_file(text, registry.library)
    call = next(call for call in file.calls if getattr(call.func, "value", "") == "use")
    return [item.text for item in literals(file, call.args[0].value)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('NAME = "a"\nuse(NAME)', ["a"]),
        ('use("a" if big else "b")', ["a", "b"]),
        ('T = {"x": "a", "y": "b"}\nuse(T["y"])', ["b"]),
        ('T = {"x": "a", "y": "b"}\nuse(T[key])', ["a", "b"]),
        ('for name in ["a", "b"]:\n    use(name)', ["a", "b"]),
        ('for key, name in {"x": "a"}.items():\n    use(name)', ["a"]),
        ('for key, name in [("x", "a"), ("y", "b")]:\n    use(name)', ["a", "b"]),
        ('def f(name="a"):\n    use(name)\nf()\nf("b")', ["a", "b"]),
        ('def f(name):\n    assert name in {"a", "b"}\n    use(name)', ["a", "b"]),
        ('class C:\n    NAME = "a"\n    def f(self):\n        use(self.NAME)', ["a"]),
    ],
)
def test_what_the_file_says_is_known(text: str, expected: list[str], registry: Registry) -> None:
    assert told(text, registry) == expected


@pytest.mark.parametrize(
    "text",
    [
        "use(args.name)",
        'use(args.name or "a")',
        'use(args.name if args.name else "a")',
        'name = "a"\nif args.name:\n    name = args.name\nuse(name)',
        'import os\nuse(os.environ.get("NAME", "a"))',
    ],
)
def test_what_may_come_from_elsewhere_is_not(text: str, registry: Registry) -> None:
    assert told(text, registry) == []
