"""What a finding's fingerprint depends on, and what it does not."""

from __future__ import annotations

import re
from dataclasses import replace

from mldebt_lint.model import Confidence, Debt, Finding, Location, Profile, Severity, Span
from mldebt_lint.settle.fingerprint import with_fingerprints

Sources = dict[tuple[str, int | None], list[str]]


def finding(line: int, *, path: str = "a.py", cell: int | None = None, end_line: int = 0) -> Finding:
    """A finding on those lines."""
    return Finding(
        code="MLD821",
        name="unseeded-randomness",
        debt=Debt.RANDOMNESS,
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        profile=Profile.DEFAULT,
        message="drawn with no seed set",
        where=Location(path, Span(line, 1, end_line or line, 5), cell),
    )


def fingerprint(one: Finding, lines: list[str]) -> str:
    """The fingerprint of one finding in a file or cell of these lines."""
    return with_fingerprints([one], {(one.where.path, one.where.cell): lines})[0].fingerprint


KNOWN = fingerprint(finding(1), ["x = rand()"])


def test_a_fingerprint_is_32_hexadecimal_digits_and_always_the_same() -> None:
    assert re.fullmatch("[0-9a-f]{32}", KNOWN)
    assert KNOWN == "6cbc84e4690a46fe15eb5513d2f180fb"


def test_lines_above_do_not_change_it() -> None:
    assert fingerprint(finding(3), ["import a", "", "x = rand()"]) == KNOWN


def test_white_space_does_not_change_it() -> None:
    assert fingerprint(finding(1, end_line=2), ["  x=rand(\n", "\t)\r\n"]) == KNOWN


def test_the_message_and_the_severity_do_not_change_it() -> None:
    reworded = replace(finding(1), message="other words", severity=Severity.ERROR)
    assert fingerprint(reworded, ["x = rand()"]) == KNOWN


def test_the_cell_does_not_change_it() -> None:
    second, fifth = (finding(1, path="n.ipynb", cell=cell) for cell in (2, 5))
    assert fingerprint(second, ["x = rand()"]) == fingerprint(fifth, ["x = rand()"])


def test_rule_path_and_source_change_it() -> None:
    others = {
        fingerprint(replace(finding(1), code="MLD822"), ["x = rand()"]),
        fingerprint(finding(1, path="b.py"), ["x = rand()"]),
        fingerprint(finding(1), ["y = rand()"]),
    }
    assert len(others | {KNOWN}) == 4


def test_equal_ones_are_numbered_by_place_whatever_the_order_of_the_findings() -> None:
    sources: Sources = {("a.py", None): ["x = rand()"] * 3}
    shown = with_fingerprints([finding(3), finding(1), finding(2)], sources)
    assert [one.fingerprint for one in shown] == [f"{KNOWN}:3", KNOWN, f"{KNOWN}:2"]


def test_the_findings_keep_their_order_and_all_else() -> None:
    findings = [finding(2), finding(1)]
    shown = with_fingerprints(findings, {("a.py", None): ["x", "y"]})
    assert [replace(one, fingerprint="") for one in shown] == findings


def test_a_missing_source_still_gives_distinct_fingerprints() -> None:
    shown = with_fingerprints([finding(1), finding(2)], {})
    assert len({one.fingerprint for one in shown}) == 2


def test_lone_surrogates_in_path_and_source_do_no_harm() -> None:
    assert len(fingerprint(finding(1, path="\udcff.py"), ["'\ud800'"])) == 32
