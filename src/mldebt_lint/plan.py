"""Which rules run, with which options, and whose findings are wanted in which file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from mldebt_lint.config import Config, Decision, FileIgnores, resolve, rule_options
from mldebt_lint.registry import Registry, build_registry
from mldebt_lint.rule import Rule
from mldebt_lint.sources import Sources, digest


@dataclass(slots=True)
class Plan:
    """Which rules run in which files."""

    registry: Registry
    rules: list[Rule]
    decisions: Mapping[str, Decision]
    ignores: FileIgnores
    targets: frozenset[str] = frozenset()
    quiet: dict[str, frozenset[str]] = field(default_factory=dict)

    def codes(self, path: str) -> frozenset[str]:
        """The codes of the rules whose findings in this file are wanted."""
        if path not in self.targets:
            return frozenset()
        if path not in self.quiet:
            self.quiet[path] = frozenset(rule.code for rule in self.rules) - self.ignores.codes_for(path)
        return self.quiet[path]


def make_plan(config: Config, rules: Registry | Sources, targets: frozenset[str] = frozenset()) -> Plan:
    """Decide which rules run, and build them with their options. Raises UserError for a wrong selector or option."""
    registry = loaded(rules)
    decisions = resolve(registry.rules, config, lenient=bool(registry.notes))
    enabled = [
        rule(rule_options(rule.Options, config, name=rule.name, code=rule.code))
        for rule in registry.rules
        if decisions[rule.code].enabled
    ]
    return Plan(registry, enabled, decisions, FileIgnores(config, registry.rules), targets)


def loaded(rules: Registry | Sources) -> Registry:
    """Return the rules, loaded once for the projects of one run that have the same sources."""
    return rules if isinstance(rules, Registry) else _built(rules, digest(rules))


@lru_cache(maxsize=8)
def _built(sources: Sources, _state: str) -> Registry:
    return build_registry(sources)
