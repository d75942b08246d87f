"""What files reach by their imports, through cycles and all."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mldebt_lint.analysis.file_sets import Files, FileSet, bits, closures

GRAPHS = st.integers(1, 12).flatmap(
    lambda size: st.lists(
        st.lists(st.integers(0, size - 1), max_size=4, unique=True), min_size=size, max_size=size
    )
)


def naive_closure(graph: list[list[int]], start: int) -> set[int]:
    """Follow every edge from one node."""
    seen, todo = {start}, [start]
    while todo:
        fresh = set(graph[todo.pop()]) - seen
        seen |= fresh
        todo += fresh
    return seen


@given(GRAPHS)
def test_closures_of_a_graph_with_cycles_are_those_found_from_each_node(graph: list[list[int]]) -> None:
    expected = [naive_closure(graph, node) for node in range(len(graph))]
    assert [set(bits(mask)) for mask in closures(graph)] == expected


def test_a_chain_longer_than_the_recursion_limit_has_closures() -> None:
    chain = [[number + 1] for number in range(5000)] + [[]]
    assert [mask.bit_count() for mask in closures(chain)] == list(range(5001, 0, -1))


@given(st.sets(st.integers(0, 70)))
def test_the_bits_of_a_mask_come_in_order(numbers: set[int]) -> None:
    assert list(bits(sum(1 << number for number in numbers))) == sorted(numbers)


def test_a_file_set_is_a_set() -> None:
    found = FileSet(Files(["b.py", "a.py", "c.py"]), 0b101)
    assert list(found) == ["a.py", "c.py"]
    assert found == {"a.py", "c.py"}
    assert {"b.py", "c.py"} & found == {"c.py"}
    assert "b.py" not in found
    assert "elsewhere.py" not in found
    assert hash(found) == hash(frozenset({"a.py", "c.py"}))


@given(st.sets(st.sampled_from("abcd")), st.sets(st.sampled_from("abcd")))
def test_file_sets_of_one_project_combine_as_sets_do(one: set[str], other: set[str]) -> None:
    files = Files("abcd")
    left, right = (FileSet(files, sum(1 << "abcd".index(path) for path in paths)) for paths in (one, other))
    assert left & right == one & other
    assert left | right == one | other
    assert left.isdisjoint(right) is one.isdisjoint(other)
    assert left & other == one & other
