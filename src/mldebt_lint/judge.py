"""Judges the project: every project rule whose facts are not just what they were when it last did."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from mldebt_lint.analyse import Clock, guarded
from mldebt_lint.analysis.facts import ModuleFact
from mldebt_lint.analysis.project import Project
from mldebt_lint.analysis.store import FactStore, kind_key
from mldebt_lint.cache import Cache, FactKeys, Verdict
from mldebt_lint.codec import pack, unpack
from mldebt_lint.model import Finding, Problem
from mldebt_lint.rule import ProjectRule

MakeClock = Callable[[str], Clock]


@dataclass(slots=True)
class Judged:
    """What one rule found, and what it read for that: kinds of facts, and what it shares with other rules."""

    code: str
    findings: list[Finding]
    kinds: set[str]
    shared: set[object]
    problems: list[Problem] = field(default_factory=list)


class Judge:
    """Asks project rules about facts that are told from each other by their digests.

    `files` hold, by path, the digests of their facts by kind, `companions` the digests of the files beside them.
    """

    def __init__(
        self,
        cache: Cache,
        files: Mapping[str, Mapping[str, str]],
        companions: Mapping[str, str],
        clock: MakeClock,
    ) -> None:
        self._cache, self._clock = cache, clock
        with clock("cache"):
            self._keys = FactKeys(files, companions)

    def judge(
        self, rules: Sequence[ProjectRule], facts: FactStore, project: Callable[[], Project]
    ) -> tuple[list[Finding], list[Problem]]:
        """Return the findings of all rules, and the problems of those that raised.

        The project is made if there is a rule to ask.
        """
        with self._clock("cache"):
            known = self._known(rules)
        asked = [rule for rule in rules if rule.code not in known]
        judged = list(self._asked(asked, facts, project())) if asked else []
        self._keep(judged)
        findings = [finding for found in known.values() for finding in found]
        findings += [finding for item in judged for finding in item.findings]
        return findings, [problem for item in judged for problem in item.problems]

    def _known(self, rules: Sequence[ProjectRule]) -> dict[str, list[Finding]]:
        verdicts = self._cache.verdicts()
        found = {}
        for rule in rules:
            verdict = verdicts.get(rule.code)
            if verdict is not None and verdict.key == self._keys.key(verdict.kinds):
                found[rule.code] = unpack(list[Finding], verdict.packed)
        return found

    def _asked(self, rules: Sequence[ProjectRule], facts: FactStore, project: Project) -> Iterator[Judged]:
        """Ask one rule after the other, those of one basis together; what they share is held no longer."""
        before = ""
        for rule in sorted(rules, key=lambda rule: (rule.basis, rule.code)):
            if rule.basis != before:
                project.forget()
            before = rule.basis
            yield self._ask(rule, facts, project)

    def _ask(self, rule: ProjectRule, facts: FactStore, project: Project) -> Judged:
        facts.asked.clear()
        project.used.clear()
        problems: list[Problem] = []
        with self._clock(f"{rule.code} project"):
            findings = guarded(rule, "", partial(rule.check, project), problems)
        kinds = facts.asked | {kind_key(ModuleFact)}  # what the project itself is made of
        return Judged(rule.code, findings, kinds, set(project.used), problems)

    def _keep(self, judged: Sequence[Judged]) -> None:
        if self._cache.file is None:
            return
        _share(judged)
        self._cache.keep_verdicts(self._verdict(item) for item in judged if not item.problems)

    def _verdict(self, item: Judged) -> Verdict:
        kinds = frozenset(item.kinds)
        return Verdict(item.code, kinds, self._keys.key(kinds), pack(item.findings))


def _share(judged: Sequence[Judged]) -> None:
    """Let rules that share something have read the same: whoever asked first, it was for all of them."""
    for group in _groups(judged):
        kinds = set().union(*(item.kinds for item in group))
        for item in group:
            item.kinds = kinds


def _groups(judged: Sequence[Judged]) -> Iterator[list[Judged]]:
    """Divide the rules so that those of two groups share nothing."""
    groups: list[tuple[set[object], list[Judged]]] = []
    for item in judged:
        near = [group for group in groups if not group[0].isdisjoint(item.shared)]
        groups = [group for group in groups if group not in near]
        merged = set(item.shared).union(*(shared for shared, _ in near))
        groups.append((merged, [*(one for _, members in near for one in members), item]))
    for _, members in groups:
        yield members
