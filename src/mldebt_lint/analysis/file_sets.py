"""Sets of a project's files as bit masks, and what each file reaches by its imports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import TypeVar, cast

T = TypeVar("T")


class FileSet(Set[str]):
    """An immutable set of paths: a mask over the sorted list of all files, which all sets of a project share."""

    __slots__ = ("files", "mask")

    def __init__(self, files: Files, mask: int) -> None:
        self.files, self.mask = files, mask

    def __contains__(self, path: object) -> bool:
        number = self.files.numbers.get(path)
        return number is not None and self.mask >> number & 1 == 1

    def __iter__(self) -> Iterator[str]:
        """Go through the paths in their order."""
        return (self.files.paths[number] for number in bits(self.mask))

    def __len__(self) -> int:
        return self.mask.bit_count()

    def __hash__(self) -> int:
        return self._hash()

    def __and__(self, other: Set[object]) -> Set[str]:
        if isinstance(other, FileSet) and other.files is self.files:
            return FileSet(self.files, self.mask & other.mask)
        return super().__and__(other)

    def __or__(self, other: Set[T]) -> Set[str | T]:
        if isinstance(other, FileSet) and other.files is self.files:
            return cast("Set[str | T]", FileSet(self.files, self.mask | other.mask))
        return super().__or__(other)

    def isdisjoint(self, other: Iterable[object]) -> bool:
        """Whether no path is in both."""
        if isinstance(other, FileSet) and other.files is self.files:
            return not self.mask & other.mask
        return super().isdisjoint(other)

    @classmethod
    def _from_iterable(cls, paths: Iterable[str]) -> Set[str]:  # type: ignore[override]  # what `&` and `|` make
        return frozenset(paths)


class Files:
    """The files of a project, numbered in the order of their paths."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.paths = sorted(paths)
        self.numbers: dict[object, int] = {path: number for number, path in enumerate(self.paths)}

    def closures(self, edges: Mapping[str, Iterable[str]], own: Sequence[int] | None = None) -> list[int]:
        """Return `closures` of the graph whose edges are given by path."""
        return closures([[self.numbers[target] for target in edges[path]] for path in self.paths], own)


def bits(mask: int) -> Iterator[int]:
    """Yield the numbers of the bits that are set, the lowest first."""
    text = bin(mask)[:1:-1]
    found = text.find("1")
    while found >= 0:
        yield found
        found = text.find("1", found + 1)


def closures(targets: Sequence[Sequence[int]], own: Sequence[int] | None = None) -> list[int]:
    """Return for each node of a graph the mask of all nodes that it reaches, itself included.

    `own` are the masks that the nodes themselves contribute, one bit for each node when they are not given. Nodes on
    one cycle share one mask, and each edge is looked at once.
    """
    found = [0] * len(targets)
    for component in components(targets):
        mask = 0
        for node in component:
            mask |= 1 << node if own is None else own[node]
            for target in targets[node]:
                mask |= found[target]
        for node in component:
            found[node] = mask
    return found


def components(targets: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Yield the strongly connected components of a graph, each after all that it reaches (Tarjan, no recursion)."""
    closed = len(targets)
    order = [-1] * closed
    low = [closed] * closed
    count, pending = 0, list[int]()
    for root in range(closed):
        path = [] if order[root] >= 0 else [(root, iter(targets[root]))]
        while path:
            node, edges = path[-1]
            if order[node] < 0:
                order[node] = low[node] = count
                count += 1
                pending.append(node)
            for target in edges:
                if order[target] < 0:
                    path.append((target, iter(targets[target])))
                    break
                low[node] = min(low[node], low[target])
            else:
                path.pop()
                if low[node] == order[node]:
                    yield _close(pending, node, low)
                elif path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[node])


def _close(pending: list[int], first: int, low: list[int]) -> list[int]:
    """Take a whole component off the nodes that are pending; its numbers pull nobody any more."""
    component = []
    while True:
        node = pending.pop()
        low[node] = len(low)
        component.append(node)
        if node == first:
            return component
