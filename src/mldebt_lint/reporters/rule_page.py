"""The page of a rule: what it says, and how it reads as Markdown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from mldebt_lint.model import Confidence, Debt, Profile, Severity

GENERATED = "<!-- generated — run `make docs` -->"
PAPER = "https://papers.nips.cc/paper/5656-hidden-technical-debt-in-machine-learning-systems"


class OptionDoc(Protocol):
    """One option of a rule; `type` is in words, `default` is what TOML can write (or None)."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def default(self) -> object: ...
    @property
    def doc(self) -> str: ...


@dataclass(frozen=True, slots=True)
class RulePage:
    """All that is to be said about a rule, as Markdown where it is prose.

    `paper_section` is the section of Sculley et al. with its title (`8 Other areas of ML-related debt`),
    empty for the tool's own rules. `bad` and `good` are Python code, or fenced Markdown where they are
    something else. `status` says whether the rule is enabled here, and why; the Markdown page is without it.
    """

    code: str
    name: str
    debt: Debt
    paper_section: str
    severity: Severity
    confidence: Confidence
    profile: Profile
    since: str
    effort_minutes: int
    summary: str
    why: str
    instead: str
    limits: str
    references: tuple[str, ...] | str = ()
    bad: tuple[str, ...] = ()
    good: tuple[str, ...] = ()
    options: tuple[OptionDoc, ...] = ()
    status: str = ""


def rule_markdown(page: RulePage) -> str:
    """Return what the file `docs/rules/<name>.md` consists of."""
    paper = f" ([§{page.paper_section}]({PAPER}))" if page.paper_section else ""
    facts = [
        f"`{page.debt.value}`{paper}",
        page.severity.name.lower(),
        page.confidence.name.lower(),
        f"`{page.profile.name.lower()}`",
        f"{page.effort_minutes} min",
        page.since,
    ]
    table = [
        "| Debt | Severity | Confidence | Profile | Effort | Since |",
        "|---|---|---|---|---|---|",
        f"| {' | '.join(facts)} |",
    ]
    blocks = [GENERATED, f"# {page.name} ({page.code})", page.summary.strip(), "\n".join(table)]
    blocks += [f"## {title}\n\n{body}" for title, body in sections(page)]
    return "\n\n".join(blocks) + "\n"


def rules_markdown(pages: Sequence[RulePage], link: str = "") -> str:
    """Return the list as a Markdown table; `link` is the address of a rule's page with `{name}` in it."""
    lines = ["| Code | Name | Profile | Severity | Finds |", "|---|---|---|---|---|"]
    for page in pages:
        name = f"[{page.name}]({link.replace('{name}', page.name)})" if link else page.name
        summary = " ".join(page.summary.split()).replace("|", "\\|")
        profile, severity = page.profile.name.lower(), page.severity.name.lower()
        lines.append(f"| {page.code} | {name} | {profile} | {severity} | {summary} |")
    return "\n".join(lines) + "\n"


def sections(page: RulePage) -> Iterator[tuple[str, str]]:
    """Yield the titles and texts of a page, without those that have nothing to say."""
    prose = (
        ("Why it is debt", page.why),
        ("What it reports", "\n\n".join(map(_fenced, page.bad))),
        ("What it lets pass", "\n\n".join(map(_fenced, page.good))),
        ("What to do instead", page.instead),
        ("Known limits", page.limits),
        ("Options", _options(page)),
        ("How to suppress", _suppress(page)),
        ("References", _references(page.references)),
    )
    for title, body in prose:
        if body.strip():
            yield title, body.strip()


def _options(page: RulePage) -> str:
    if not page.options:
        return ""
    rows = [
        f"- `{option.name}` ({option.type}, default {_default(option.default)})"
        + (f": {' '.join(option.doc.split())}" if option.doc else "")
        for option in page.options
    ]
    # TOML has no null: an option without a default stands as a comment.
    keys = [
        f"# {option.name} = …" if option.default is None else f"{option.name} = {_toml(option.default)}"
        for option in page.options
    ]
    table = "\n".join([f"[tool.mldebt-lint.rules.{page.name}]", *keys])
    return "\n".join(rows) + "\n\n" + _fenced(table, "toml")


def _suppress(page: RulePage) -> str:
    return "\n\n".join(
        [
            "On any line of the reported statement, or alone on the line above it:",
            _fenced(f"# mldebt: ignore[{page.code}] reason"),
            "For a whole file or notebook:",
            _fenced(f"# mldebt: file-ignore[{page.code}] reason"),
            "For the project:",
            _fenced(f'[tool.mldebt-lint]\nignore = ["{page.name}"]', "toml"),
        ]
    )


def _references(references: tuple[str, ...] | str) -> str:
    return references if isinstance(references, str) else "\n".join(f"- {item}" for item in references)


def _fenced(code: str, language: str = "python") -> str:
    if code.lstrip().startswith("```"):
        return code.strip()
    longest = max(map(len, re.findall("`{3,}", code)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{code.strip(chr(10)).rstrip()}\n{fence}"


def _default(value: object) -> str:
    return "none" if value is None else f"`{_toml(value)}`"


def _toml(value: object) -> str:
    """Strings, numbers, booleans and lists of them are written alike in TOML and JSON."""
    return json.dumps(value, ensure_ascii=False)
