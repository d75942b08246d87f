"""Generated pages are committed as they are generated."""

from __future__ import annotations

from pathlib import Path

from mldebt_lint.commands.docs import generated_pages

ROOT = Path(__file__).resolve().parent.parent


def test_the_generated_pages_are_up_to_date() -> None:
    stale = [path.name for path, text in generated_pages(ROOT).items() if _text(path) != text]
    assert stale == [], "run `make docs`"


def test_no_page_of_a_vanished_rule_is_left() -> None:
    known = {path.name for path in generated_pages(ROOT)}
    assert {path.name for path in (ROOT / "docs" / "rules").glob("*.md")} - known == set()


def _text(path: Path) -> str:
    return path.read_text("utf-8") if path.is_file() else ""
