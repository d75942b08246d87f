"""Which findings a suppression comment silences, and which comments silence nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from mldebt_lint.analysis.directives import Directive, Reach
from mldebt_lint.model import Finding, Location


@dataclass(frozen=True, slots=True)
class Suppression:
    """The outcome: what stays, what was silenced, and the directives with their unused words."""

    kept: list[Finding]
    suppressed: list[Finding]
    directives: list[Directive]


def suppress(
    findings: Iterable[Finding],
    directives: Sequence[Directive],
    codes: Mapping[str, str],
    ran: Mapping[str, set[str]],
) -> Suppression:
    """Divide the findings.

    `codes` maps every rule's code and name to its code; `ran` holds, for each file, the codes that ran on it: a
    word is unused only when its rule ran.
    """
    by_path: defaultdict[str, list[int]] = defaultdict(list)
    for number, directive in enumerate(directives):
        by_path[directive.where.path].append(number)
    used: set[tuple[int, str]] = set()
    kept: list[Finding] = []
    suppressed: list[Finding] = []
    for finding in findings:
        hits = [n for n in by_path[finding.where.path] if _silences(directives[n], finding, codes)]
        used.update((n, finding.code) for n in hits)
        if hits:  # what stands at the other places of a silenced finding has its purpose as well
            used.update(
                (n, finding.code)
                for n in by_path[finding.where.path]
                if _covers(directives[n], finding, codes)
            )
        (suppressed if hits else kept).append(finding)
    judged = [replace(d, unused=tuple(_unused(n, d, codes, used, ran))) for n, d in enumerate(directives)]
    return Suppression(kept, suppressed, judged)


def _silences(directive: Directive, finding: Finding, codes: Mapping[str, str]) -> bool:
    return _names(directive, finding, codes) and _reaches(directive, finding.where)


def _covers(directive: Directive, finding: Finding, codes: Mapping[str, str]) -> bool:
    """Whether a directive names the finding's rule at one of its related places."""
    return _names(directive, finding, codes) and any(
        place.path == directive.where.path and _reaches(directive, place) for place in finding.related
    )


def _names(directive: Directive, finding: Finding, codes: Mapping[str, str]) -> bool:
    return finding.code in {codes.get(_spelled(word)) for word in directive.rules}


def _reaches(directive: Directive, where: Location) -> bool:
    if directive.reach is Reach.FILE:
        return True
    if directive.where.cell != where.cell:
        return False
    if directive.reach is Reach.CELL:
        return True
    first, last = where.statement or (where.span.line, where.span.end_line)
    return any(first <= line <= last for line in directive.lines)


def _unused(
    number: int,
    directive: Directive,
    codes: Mapping[str, str],
    used: set[tuple[int, str]],
    ran: Mapping[str, set[str]],
) -> Iterable[str]:
    seen: set[str] = set()
    for word in directive.rules:
        code = codes.get(_spelled(word))
        if code is None or code not in ran.get(directive.where.path, set()):
            continue
        if (number, code) not in used or code in seen:
            yield word
        seen.add(code)


def _spelled(word: str) -> str:
    return word.upper() if word[:3].upper() == "MLD" else word
