"""Every rule's examples are run: exactly the marked lines are reported, and near misses stay silent."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import unpacked

from mldebt_lint.analyse import parse
from mldebt_lint.reading.options import ReadOptions
from mldebt_lint.reading.source import read_document
from mldebt_lint.registry import Registry, build_registry
from mldebt_lint.rule import Bad, Example, Good, ProjectRule, Rule
from mldebt_lint.sources import Sources
from mldebt_lint.testing import run_example, write_example

RULES = build_registry(Sources(root=Path.cwd())).rules
CASES = [
    pytest.param(rule, example, id=f"{rule.code}-{type(example).__name__.lower()}-{number}")
    for rule in RULES
    for number, example in enumerate(rule.examples, start=1)
]


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_exactly_the_marked_lines_are_reported(
    rule: type[Rule], example: Example, registry: Registry, tmp_path: Path
) -> None:
    outcome = run_example(rule, example, registry, tmp_path)
    assert outcome.report.problems == []
    assert outcome.reported == outcome.expected


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_has_two_bad_and_two_good_examples(rule: type[Rule]) -> None:
    kinds = [type(example) for example in rule.examples]
    assert (kinds.count(Bad) >= 2, kinds.count(Good) >= 2) == (True, True)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_explains_itself_under_the_fixed_headings(rule: type[Rule]) -> None:
    prose = rule.__doc__ or ""
    missing = [h for h in ("Why it is debt", "What to do instead", "Known limits") if h not in prose]
    assert missing == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_no_good_example_carries_a_bad_mark(rule: type[Rule]) -> None:
    marked = [
        e for e in rule.examples if isinstance(e, Good) and any("# bad" in t for t in e.sources.values())
    ]
    assert marked == []


def test_names_and_codes_are_unique_and_well_formed() -> None:
    assert len({rule.name for rule in RULES}) == len({rule.code for rule in RULES}) == len(RULES)
    assert [r.name for r in RULES if not r.name.replace("-", "").isalnum() or r.name.lower() != r.name] == []


@pytest.mark.parametrize("rule", [r for r in RULES if issubclass(r, ProjectRule)], ids=lambda rule: rule.code)
def test_facts_survive_packing(rule: type[ProjectRule], registry: Registry, tmp_path: Path) -> None:
    for number, example in enumerate(rule.examples):
        write_example(example, tmp_path / str(number))
        for path in example.sources:
            if path.endswith((".py", ".ipynb")):
                document = read_document(tmp_path / str(number) / path, path, ReadOptions())
                facts = list(rule().collect(parse(document, registry.library)))
                kinds = list(dict.fromkeys(map(type, facts)))
                assert unpacked(facts) == sorted(facts, key=lambda fact: kinds.index(type(fact)))
