"""`mldebt-lint rule` and `mldebt-lint rules`: what the rules are, and which are on here."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

from mldebt_lint.config import Config, Decision, OptionDoc, find_root, load_config, options_doc, resolve
from mldebt_lint.errors import UserError, did_you_mean
from mldebt_lint.registry import Registry, build_registry
from mldebt_lint.reporters.rule_page import RulePage
from mldebt_lint.rule import Bad, Example, Good, Rule
from mldebt_lint.sources import Sources

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


def explain_rule(word: str, folder: Path) -> RulePage:
    """Return the page of a rule by its code or name; UserError with a suggestion when there is none."""
    config, registry = _loaded(folder)
    rule = registry.find(word)
    if rule is None:
        known = [w for r in registry.rules for w in (r.code, r.name)]
        raise UserError(
            f"there is no rule '{word}'", hint=did_you_mean(word, known) or "mldebt-lint rules lists all"
        )
    return rule_page(rule, resolve(registry.rules, config)[rule.code])


def list_rules(folder: Path) -> list[RulePage]:
    """Return the pages of all rules, by code."""
    config, registry = _loaded(folder)
    decisions = resolve(registry.rules, config)
    return [rule_page(rule, decisions[rule.code]) for rule in registry.rules]


def _loaded(folder: Path) -> tuple[Config, Registry]:
    config = load_config(find_root(folder))
    return config, build_registry(Sources(config.root, config.packs, config.local_rules, config.plugins))


def rule_page(rule: type[Rule], decision: Decision | None) -> RulePage:
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
        status=_status(decision),
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


def _status(decision: Decision | None) -> str:
    if decision is None:
        return ""
    return f"{'on' if decision.shown else 'off'}: {decision.reason}"
