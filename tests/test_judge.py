"""Which rules judge the project again."""

from __future__ import annotations

from mldebt_lint.cache import FactKeys
from mldebt_lint.judge import Judged, _groups, _share


def judged(code: str, kinds: str, shared: str) -> Judged:
    return Judged(code, [], set(kinds), set(shared))


def test_rules_that_share_something_have_read_what_each_of_them_read() -> None:
    items = [judged("A", "x", "1"), judged("B", "y", "2"), judged("C", "z", "12"), judged("D", "w", "3")]
    _share(items)
    assert {item.code: "".join(sorted(item.kinds)) for item in items} == {
        "A": "xyz",
        "B": "xyz",
        "C": "xyz",
        "D": "w",
    }


def test_every_rule_is_in_one_group() -> None:
    items = [judged("A", "", "1"), judged("B", "", ""), judged("C", "", "1")]
    assert sorted(sorted(item.code for item in group) for group in _groups(items)) == [["A", "C"], ["B"]]


def test_the_key_of_facts_tells_only_what_was_read() -> None:
    before = {"a.py": {"x": "1", "y": "1"}, "b.py": {"x": "1"}}
    after = {"a.py": {"x": "1", "y": "2"}, "b.py": {"x": "1"}}
    key = FactKeys(before, {}).key
    assert FactKeys(after, {}).key(["x"]) == key(["x"])
    assert FactKeys(after, {}).key(["x", "y"]) != key(["x", "y"])
    assert FactKeys(before, {"Makefile": "1"}).key(["x"]) != key(["x"])
    assert FactKeys({"a.py": before["a.py"]}, {}).key(["x"]) != key(["x"])
    assert FactKeys({**before, "c.py": {"z": "1"}}, {}).key(["z"]) != key(["z"])
