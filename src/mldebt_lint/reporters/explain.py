"""Explains rules: the page of one, and the list of all, as text, Markdown or JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from io import StringIO

from mldebt_lint.errors import UserError, did_you_mean
from mldebt_lint.reporters.base import Style
from mldebt_lint.reporters.json_ import Json, dump
from mldebt_lint.reporters.rule_page import (
    OptionDoc,
    RulePage,
    rule_markdown,
    rules_markdown,
    sections,
)
from mldebt_lint.reporters.terminal import Ink, cells, paint, severity_ink, visible

__all__ = [
    "FORMATS",
    "OptionDoc",
    "RulePage",
    "render_rule",
    "render_rules",
    "rule_markdown",
    "rules_markdown",
]

FORMATS = ("text", "markdown", "json")
PROSE_WIDTH = 100  # cells; longer lines of prose are hard to read
SUMMARY_ROOM = 24  # a list with less room for what a rule finds leaves that out


def render_rule(page: RulePage, style: Style, output_format: str = "text") -> str:
    """Return the page of one rule; raise `UserError` for an unknown format.

    As text it is rendered for a terminal if there is colour; otherwise it is Markdown under a plain title.
    """
    _check(output_format)
    if output_format == "json":
        return dump(_rule_json(page))
    if output_format == "markdown":
        return rule_markdown(page)
    parts = [(title, _printable(body)) for title, body in sections(page)]
    head = "\n".join(_head(page, style))
    if not style.color:
        return f"{head}\n\n" + "\n\n".join(f"## {title}\n\n{body}" for title, body in parts) + "\n"
    text = "\n\n".join(f"**{title}**\n\n{body}" for title, body in parts)
    return f"{head}\n\n{_rendered(text, style)}"


def render_rules(pages: Sequence[RulePage], style: Style, output_format: str = "text") -> str:
    """Return the list of the rules, in the order given; raise `UserError` for an unknown format."""
    _check(output_format)
    if output_format == "json":
        return dump([_listed_json(page) for page in pages])
    if output_format == "markdown":
        return rules_markdown(pages)
    return "".join(f"{line}\n" for line in _table(pages, style))


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
                "default": json.loads(json.dumps(option.default)),
                "doc": option.doc,
            }
            for option in page.options
        ],
    }
