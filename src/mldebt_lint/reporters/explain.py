"""Explains rules: the page of one, and the list of all, as text, Markdown or JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Protocol

from mldebt_lint.errors import UserError, did_you_mean
from mldebt_lint.model import Confidence, Debt, Profile, Severity
from mldebt_lint.reporters.base import Style
from mldebt_lint.reporters.json_ import Json, dump
from mldebt_lint.reporters.terminal import Ink, cells, paint, severity_ink, visible

FORMATS = ("text", "markdown", "json")
GENERATED = "<!-- generated — run `make docs` -->"
PAPER = "https://papers.nips.cc/paper/5656-hidden-technical-debt-in-machine-learning-systems"
PROSE_WIDTH = 100  # cells; longer lines of prose are hard to read
SUMMARY_ROOM = 24  # a list with less room for what a rule finds leaves that out


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

    `paper_section` is the section of Sculley et al. with its title (`8 Other areas of ML-related debt`), empty
    for the tool's own rules. `bad` and `good` are Python code, or fenced Markdown where they are something else.
    `status` says whether the rule is enabled here, and why; it is no part of the Markdown page.
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


def render_rule(page: RulePage, style: Style, output_format: str = "text") -> str:
    """Return the page of one rule; raise `UserError` for an unknown format.

    As text it is rendered for a terminal if there is colour, and otherwise it is Markdown under a plain title.
    """
    _check(output_format)
    if output_format == "json":
        return dump(_rule_json(page))
    if output_format == "markdown":
        return rule_markdown(page)
    sections = [(title, _printable(body)) for title, body in _sections(page)]
    head = "\n".join(_head(page, style))
    if not style.color:
        return f"{head}\n\n" + "\n\n".join(f"## {title}\n\n{body}" for title, body in sections) + "\n"
    text = "\n\n".join(f"**{title}**\n\n{body}" for title, body in sections)
    return f"{head}\n\n{_rendered(text, style)}"


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
    blocks += [f"## {title}\n\n{body}" for title, body in _sections(page)]
    return "\n\n".join(blocks) + "\n"


def render_rules(pages: Sequence[RulePage], style: Style, output_format: str = "text") -> str:
    """Return the list of the rules, in the order given; raise `UserError` for an unknown format."""
    _check(output_format)
    if output_format == "json":
        return dump([_listed_json(page) for page in pages])
    if output_format == "markdown":
        return rules_markdown(pages)
    return "".join(f"{line}\n" for line in _table(pages, style))


def rules_markdown(pages: Sequence[RulePage], link: str = "") -> str:
    """Return the list as a Markdown table; `link` is the address of a rule's page with `{name}` in it."""
    lines = ["| Code | Name | Profile | Severity | Finds |", "|---|---|---|---|---|"]
    for page in pages:
        name = f"[{page.name}]({link.replace('{name}', page.name)})" if link else page.name
        summary = " ".join(page.summary.split()).replace("|", "\\|")
        profile, severity = page.profile.name.lower(), page.severity.name.lower()
        lines.append(f"| {page.code} | {name} | {profile} | {severity} | {summary} |")
    return "\n".join(lines) + "\n"


def _check(output_format: str) -> None:
    if output_format not in FORMATS:
        hint = did_you_mean(output_format, FORMATS) or f"known: {', '.join(FORMATS)}"
        raise UserError(f"unknown output format '{output_format}'", hint=hint)


def _head(page: RulePage, style: Style) -> Iterator[str]:
    code = paint(visible(page.code), severity_ink(page.severity), color=style.color)
    yield f"{code} {paint(visible(page.name), Ink.BOLD, color=style.color)}"
    yield visible(" ".join(page.summary.split()))
    yield ""
    facts = {
        "debt": page.debt.value,
        "paper": f"Sculley et al. 2015, §{page.paper_section}" if page.paper_section else "",
        "severity": f"{page.severity.name.lower()}, {page.confidence.name.lower()} confidence",
        "profile": page.profile.name.lower(),
        "effort": f"{page.effort_minutes} min",
        "since": page.since,
        "here": page.status,
    }
    for word, fact in facts.items():
        if fact:
            yield f"{paint(f'{word}:', Ink.DIM, color=style.color)}{' ' * (9 - len(word))}{visible(fact)}"


def _sections(page: RulePage) -> Iterator[tuple[str, str]]:
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


def _printable(text: str) -> str:
    return "\n".join(visible(line.replace("\t", "    ")) for line in text.split("\n"))


def _rendered(markdown: str, style: Style) -> str:
    from rich.console import Console
    from rich.markdown import Markdown
    from rich.theme import Theme

    out = StringIO()
    width = min(style.width, PROSE_WIDTH)
    theme = Theme({"markdown.code": "cyan"})
    console = Console(file=out, width=width, force_terminal=True, color_system="standard", theme=theme)
    console.print(Markdown(markdown, code_theme="ansi_dark", hyperlinks=style.hyperlinks))
    # Blanks at the ends of lines and the padding of code blocks are too much.
    return re.sub(r"\n{3,}", "\n\n", re.sub(r" +\n", "\n", out.getvalue())).strip("\n") + "\n"


def _table(pages: Sequence[RulePage], style: Style) -> Iterator[str]:
    head = ("CODE", "NAME", "SEVERITY", "PROFILE", "HERE")
    rows = [
        tuple(
            map(
                visible,
                (page.code, page.name, page.severity.name.lower(), page.profile.name.lower(), page.status),
            )
        )
        for page in pages
    ]
    widths = [max(map(cells, column)) for column in zip(head, *rows, strict=True)]
    room = style.width - sum(widths) - 2 * len(widths)
    summaries = [visible(" ".join(page.summary.split())) for page in pages]
    yield paint(_row(head, widths, "FINDS" if room >= SUMMARY_ROOM else ""), Ink.BOLD, color=style.color)
    for row, summary in zip(rows, summaries, strict=True):
        yield _row(row, widths, _short(summary, room) if room >= SUMMARY_ROOM else "")


def _row(row: Sequence[str], widths: Sequence[int], last: str) -> str:
    padded = [text + " " * (width - cells(text)) for text, width in zip(row, widths, strict=True)]
    return "  ".join([*padded, last]).rstrip()


def _short(text: str, room: int) -> str:
    return text if cells(text) <= room else text[: room - 1].rstrip() + "…"


def _listed_json(page: RulePage) -> dict[str, Json]:
    return {
        "code": page.code,
        "name": page.name,
        "debt": page.debt.value,
        "paper_section": page.paper_section,
        "severity": page.severity.name.lower(),
        "confidence": page.confidence.name.lower(),
        "profile": page.profile.name.lower(),
        "since": page.since,
        "effort_minutes": page.effort_minutes,
        "summary": " ".join(page.summary.split()),
        "status": page.status,
    }


def _rule_json(page: RulePage) -> dict[str, Json]:
    references = page.references
    return {
        **_listed_json(page),
        "why": page.why,
        "instead": page.instead,
        "limits": page.limits,
        "references": [references] if isinstance(references, str) else list(references),
        "bad": list(page.bad),
        "good": list(page.good),
        "options": [
            {
                "name": option.name,
                "type": option.type,
                "default": json.loads(_toml(option.default)),
                "doc": option.doc,
            }
            for option in page.options
        ],
    }
