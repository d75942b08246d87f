"""`mldebt-lint rule` and `mldebt-lint rules`: what the rules are, and which are on here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from mldebt_lint.commands.catalogue import read_catalogue
from mldebt_lint.config import Decision, find_root, load_config, resolve
from mldebt_lint.errors import UserError, did_you_mean
from mldebt_lint.reporters.rule_page import RulePage
from mldebt_lint.sources import Sources


def explain_rule(word: str, folder: Path) -> RulePage:
    """Return the page of a rule by its code or name; UserError with a suggestion when there is none."""
    pages = list_rules(folder)
    found = next((page for page in pages if word.upper() == page.code or word == page.name), None)
    if found is None:
        known = [w for page in pages for w in (page.code, page.name)]
        raise UserError(
            f"there is no rule '{word}'", hint=did_you_mean(word, known) or "mldebt-lint rules lists all"
        )
    return found


def list_rules(folder: Path) -> list[RulePage]:
    """Return the pages of all rules, by code, with what is on in the project of a folder."""
    config = load_config(find_root(folder))
    if config.local_rules or config.plugins:
        from mldebt_lint.commands.pages import rule_page
        from mldebt_lint.registry import build_registry

        registry = build_registry(Sources(config.root, config.packs, config.local_rules, config.plugins))
        pages = [rule_page(rule) for rule in registry.rules]
    else:
        pages = read_catalogue()
    decisions = resolve(pages, config)
    return [replace(page, status=_status(decisions[page.code])) for page in pages]


def _status(decision: Decision) -> str:
    return f"{'on' if decision.shown else 'off'}: {decision.reason}"
