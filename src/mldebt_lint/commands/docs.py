"""Generates the pages of the rules and the catalogues: `python -m mldebt_lint.commands.docs`."""

from __future__ import annotations

import sys
from pathlib import Path

from mldebt_lint.commands.catalogue import NAME, catalogue_text
from mldebt_lint.commands.pages import rule_page
from mldebt_lint.registry import build_registry
from mldebt_lint.reporters.rule_page import GENERATED, rule_markdown, rules_markdown
from mldebt_lint.sources import Sources

CATALOGUE = f"""{GENERATED}

# The rules

The first digit of a code is the section of Sculley et al., *Hidden Technical Debt in Machine Learning Systems*
(NeurIPS 2015), that describes the debt; 0 is the tool's own.

"""


def generated_pages(root: Path) -> dict[Path, str]:
    """Return the text of every generated file of the checkout at `root`, by its path."""
    registry = build_registry(Sources(root))
    builtin = [rule for rule in registry.rules if rule.code.startswith("MLD")]
    pages = [rule_page(rule) for rule in builtin]
    texts = {root / "docs" / "rules" / f"{page.name}.md": rule_markdown(page) for page in pages}
    texts[root / "rules" / "README.md"] = CATALOGUE + rules_markdown(pages, "../docs/rules/{name}.md")
    texts[root / "docs" / "rules" / "README.md"] = CATALOGUE + rules_markdown(pages, "{name}.md")
    texts[root / "rules" / NAME] = catalogue_text(pages)
    return texts


def write_docs(root: Path) -> list[Path]:
    """Write every generated file, delete pages of rules that are gone, and return what changed."""
    texts = generated_pages(root)
    folder = root / "docs" / "rules"
    folder.mkdir(parents=True, exist_ok=True)
    stale = [path for path in sorted(folder.glob("*.md")) if path not in texts]
    changed = [path for path, text in texts.items() if not path.is_file() or path.read_text("utf-8") != text]
    for path in stale:
        path.unlink()
    for path in changed:
        path.write_text(texts[path], encoding="utf-8")
    return stale + changed


if __name__ == "__main__":
    for path in write_docs(Path.cwd()):
        sys.stdout.write(f"{path.relative_to(Path.cwd()).as_posix()}\n")
