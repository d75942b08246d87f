"""Fingerprints: what a finding is known by from one version of the code to the next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

from mldebt_lint.model import Finding


def with_fingerprints(
    findings: Sequence[Finding], sources: Mapping[tuple[str, int | None], list[str]]
) -> list[Finding]:
    """Return the findings, in their order, each with its fingerprint.

    It is made of the rule's code, the path and the flagged lines without their white space: neither line
    numbers, nor the number of the cell, nor the message have a part in it, so it survives edits elsewhere,
    moved cells and reworded rules. Equal ones are told apart by an ordinal in order of place: none occurs
    twice.
    """
    digests = [_digest(finding, sources) for finding in findings]
    result = list(findings)
    seen: Counter[str] = Counter()
    for index in sorted(range(len(findings)), key=lambda index: findings[index].key):
        digest = digests[index]
        seen[digest] += 1
        ordinal = f":{seen[digest]}" if seen[digest] > 1 else ""
        result[index] = replace(findings[index], fingerprint=digest + ordinal)
    return result


def _digest(finding: Finding, sources: Mapping[tuple[str, int | None], list[str]]) -> str:
    where = finding.where
    lines = sources.get((where.path, where.cell), [])[where.span.line - 1 : where.span.end_line]
    source = "".join("".join(lines).split())
    text = f"{finding.code}\x1f{where.path}\x1f{source}"
    # Paths and cells may hold lone surrogates, which plain UTF-8 refuses.
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
