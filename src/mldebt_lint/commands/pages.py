"""Makes the pages of rules from their classes."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

from mldebt_lint.config import OptionDoc, options_doc
from mldebt_lint.reporters.rule_page import RulePage
from mldebt_lint.rule import Bad, Example, Good, Rule

PAPER = {
    "2": "2 Complex Models Erode Boundaries",
    "3": "3 Data Dependencies Cost More than Code Dependencies",
    "4": "4 Feedback Loops",
    "5": "5 ML-System Anti-Patterns",
    "6": "6 Configuration Debt",
    "7": "7 Dealing with Changes in the External World",
    "8": "8 Other Areas of ML-related Debt",
}
HEADINGS = ("Why it is debt", "What to do instead", "Known limits", "References")


def rule_page(rule: type[Rule]) -> RulePage:
    """Return what is known of a rule as plain data; its docstring is its prose."""
    prose = sections(rule.__doc__ or "")
    return RulePage(
        code=rule.code,
        name=rule.name,
        debt=rule.debt,
        paper_section=paper_section(rule.code),
        severity=rule.severity,
        confidence=rule.confidence,
        profile=rule.profile,
        since=rule.since,
        effort_minutes=rule.effort_minutes,
        summary=prose.get("", ""),
        why=prose.get("Why it is debt", ""),
        instead=prose.get("What to do instead", ""),
        limits=prose.get("Known limits", ""),
        references=prose.get("References", ""),
        bad=tuple(_code(example) for example in rule.examples if isinstance(example, Bad)),
        good=tuple(_code(example) for example in rule.examples if isinstance(example, Good)),
        options=tuple(OptionDoc(*option) for option in options_doc(rule.Options)),
    )


def paper_section(code: str) -> str:
    """Return the section of the paper that a code's first digit names; empty for the tool's own and for others."""
    found = re.match(r"MLD(\d)", code)
    return PAPER.get(found[1], "") if found else ""


def sections(docstring: str) -> dict[str, str]:
    """Divide a docstring at its fixed headings; the summary is under the empty one."""
    found: dict[str, list[str]] = {"": []}
    current = found[""]
    for line in textwrap.dedent(f"    {docstring.strip()}").split("\n"):
        if line.strip() in HEADINGS:
            current = found.setdefault(line.strip(), [])
        else:
            current.append(line)
    return {heading: "\n".join(lines).strip() for heading, lines in found.items()}


def _code(example: Example) -> str:
    return "\n\n".join(_named(example)).rstrip("\n")


def _named(example: Example) -> Iterator[str]:
    for path, text in example.sources.items():
        yield f"# {path}\n{text}" if example.files else text
