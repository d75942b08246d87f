"""Generated pages are committed as they are generated."""

from __future__ import annotations

import re
import subprocess
import sys
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


def test_the_transcript_of_the_readme_is_what_the_example_prints() -> None:
    transcript = (ROOT / "README.md").read_text("utf-8").partition("cd examples/churn && mldebt-lint")[2]
    said = re.findall(
        r"^(?:warning|error)\[.*|^ *--> .*|^Found .*|^\(\d.*", transcript.partition("```")[0], re.MULTILINE
    )
    command = [sys.executable, "-m", "mldebt_lint", "--output-format", "full", "--color", "never"]
    done = subprocess.run(
        command, cwd=ROOT / "examples" / "churn", capture_output=True, text=True, check=False
    )
    assert len(said) > 5
    assert [line for line in said if line not in done.stdout] == []
