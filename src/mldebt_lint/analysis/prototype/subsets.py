"""Expressions that keep the first rows, or a sample, of some data by a literal, and whether the rest is used too."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst

from mldebt_lint.analysis.constants import UNKNOWN
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.library import Role
from mldebt_lint.analysis.literals import evaluated
from mldebt_lint.analysis.names import dotted_name
from mldebt_lint.analysis.origins import MEASURING_ATTRIBUTES

ROW_KEYWORDS = ("nrows", "n_rows", "max_rows")
FIRST_ROWS = frozenset({"head", "limit", "take"})
SPLIT_PREFIX = re.compile(r"(?P<split>\w+)\[:(?P<amount>\d+)(?P<percent>%?)\]$")
SPLIT_REST = re.compile(r"\w+\[-?\d+%?:")
ACCESSORS = frozenset({"iloc", "loc", "values", "data"})
MOST = 0.5  # a share above it is a split whose other part is taken elsewhere


@dataclass(frozen=True, slots=True, eq=False)
class Subset:
    """`amount` says how much is kept, as a reader would; `base` is the data it is taken from, when it has a name.

    `named` is true when the literal stands under a name of its own, which makes it a setting.
    """

    node: cst.CSTNode
    amount: str
    base: str
    named: bool = False


class Subsets:
    """Recognises subsets by a literal in one file."""

    def __init__(self, file: SourceFile) -> None:
        self._file = file
        self._rest = self._find_rest()

    def of(self, node: cst.CSTNode) -> Subset | None:
        """Return the subset that an expression takes, None when it takes none or the rest is used as well."""
        if isinstance(node, cst.Subscript):
            found = self._slice(node)
        elif isinstance(node, cst.Call):
            found = self._read(node) or self._method(node) or self._function(node)
        else:
            return None
        return None if found is None or (found.base and found.base in self._rest) else found

    # -- the forms --------------------------------------------------------------------------------------

    def _slice(self, node: cst.Subscript) -> Subset | None:
        first, *others = [element.slice for element in node.slice]
        if not isinstance(first, cst.Slice) or first.step is not None or any(_is_bounded(o) for o in others):
            return None
        if first.lower is not None and self._file.constant(first.lower) != 0:
            return None
        if isinstance(node.value, cst.Attribute) and node.value.attr.value in MEASURING_ATTRIBUTES:
            return None
        amount = self._count(first.upper)
        if amount is None or self._file.type_of(node.value) == "builtins.str":
            return None
        return Subset(node, f"the first {amount:,} rows", base_of(node.value), _is_named(first.upper))

    def _read(self, call: cst.Call) -> Subset | None:
        for arg in call.args:
            keyword = arg.keyword.value if arg.keyword is not None else ""
            if keyword in ROW_KEYWORDS:
                amount = self._count(arg.value)
                if amount is not None:
                    return Subset(call, f"{amount:,} rows ({keyword}=)", "", _is_named(arg.value))
            elif keyword == "split":
                value = self._file.constant(arg.value)
                match = SPLIT_PREFIX.match(value) if isinstance(value, str) else None
                if match is not None and not (match["percent"] and int(match["amount"]) > 100 * MOST):
                    base = f"split {self._dataset(call)} {match['split']}"
                    return Subset(call, f"the rows of '{value}'", base, _is_named(arg.value))
        return None

    def _method(self, call: cst.Call) -> Subset | None:
        if not isinstance(call.func, cst.Attribute):
            return None
        method, base = call.func.attr.value, base_of(call.func.value)
        args = [arg for arg in call.args if not arg.star]
        if method in FIRST_ROWS and len(args) <= 1 and len(args) == len(call.args):
            if not args:
                return Subset(call, "the first 5 rows", base) if method == "head" else None
            amount = self._count(args[0].value)
            named = _is_named(args[0].value)
            return Subset(call, f"the first {amount:,} rows", base, named) if amount is not None else None
        if method == "select" and len(args) == 1:
            return self._ranged(call, args[0].value, base)
        return self._sample(call, base) if method == "sample" else None

    def _sample(self, call: cst.Call, base: str) -> Subset | None:
        arguments = self._file.arguments(call, ("n", "frac"))
        if isinstance(call.func, cst.Attribute) and _is_filtered(call.func.value):
            return None  # one class is cut to the size of another
        share = self._file.constant(arguments.get("frac")) if arguments.get("frac") is not None else None
        if isinstance(share, float) and 0 < share <= MOST:
            return Subset(call, f"sampled rows (frac={share:.4g})", base, _is_named(arguments.get("frac")))
        amount = self._count(arguments.get("n"))
        if amount is None:
            return None
        return Subset(call, f"{amount:,} sampled rows", base, _is_named(arguments.get("n")))

    def _function(self, call: cst.Call) -> Subset | None:
        if len(call.args) < 2:
            return None
        api = self._file.api(call)
        if api is not None and api.role is Role.SUBSET and api.params[:2] == ("dataset", "indices"):
            return self._ranged(call, call.args[1].value, base_of(call.args[0].value))
        if len(call.args) == 2 and self._file.qualified(call.func) == "itertools.islice":
            amount = self._count(call.args[1].value)
            base = base_of(call.args[0].value)
            return Subset(call, f"the first {amount:,} rows", base) if amount is not None else None
        return None

    def _ranged(self, call: cst.Call, indices: cst.BaseExpression, base: str) -> Subset | None:
        """`range(n)`, `list(range(n))`, `np.arange(n)`, `permutation[:n]`."""
        node: cst.CSTNode | None = self._file.definition(indices)
        if isinstance(node, cst.Subscript):
            inner = self._slice(node)
            return Subset(call, inner.amount, base or inner.base, inner.named) if inner is not None else None
        if isinstance(node, cst.Call) and dotted_name(node.func) in {"list", "tuple"} and len(node.args) == 1:
            node = node.args[0].value
        if not isinstance(node, cst.Call) or dotted_name(node.func).rpartition(".")[2] not in {
            "range",
            "arange",
        }:
            return None
        bounds = [arg.value for arg in node.args]
        if len(bounds) > 2 or (len(bounds) == 2 and self._file.constant(bounds[0]) != 0):
            return None
        amount = self._count(bounds[-1] if bounds else None)
        if amount is None:
            return None
        return Subset(call, f"the first {amount:,} rows", base, _is_named(bounds[-1]))

    def _count(self, node: cst.CSTNode | None) -> int | None:
        value = self._file.constant(node) if node is not None else UNKNOWN
        return value if isinstance(value, int) and not isinstance(value, bool) and value > 1 else None

    def _dataset(self, call: cst.Call) -> str:
        values = [self._file.constant(arg.value) for arg in call.args if arg.keyword is None and not arg.star]
        return ",".join(str(value) for value in values if isinstance(value, str)) or dotted_name(call.func)

    # -- the rest ---------------------------------------------------------------------------------------

    def _find_rest(self) -> frozenset[str]:
        """Return the data of which some later part is taken too: then the first part is one half of a split."""
        found: defaultdict[str, int] = defaultdict(int)
        for node in self._file.index.of(cst.Slice):
            element = self._file.index.parent(node)
            owner = self._file.index.parent(element) if element is not None else None
            if isinstance(owner, cst.Subscript) and owner.slice[0] is element and _is_offset(node):
                found[base_of(owner.value)] += 1
        for call in self._file.calls:
            for base in self._rest_of(call):
                found[base] += 1
        return frozenset(base for base in found if base)

    def _rest_of(self, call: cst.Call) -> list[str]:
        bases = []
        for arg in call.args:
            if arg.keyword is not None and arg.keyword.value == "split":
                value = self._file.constant(arg.value)
                if isinstance(value, str) and SPLIT_REST.match(value):
                    bases.append(f"split {self._dataset(call)} {value.partition('[')[0]}")
        if not isinstance(call.func, cst.Attribute):
            if len(call.args) >= 2 and self._is_later(call.args[1].value):
                bases.append(base_of(call.args[0].value))
            return bases
        method, base = call.func.attr.value, base_of(call.func.value)
        first = call.args[0].value if call.args else None
        if method in {"tail", "skip"} or (method == "drop" and _mentions_index(call.args)):
            bases.append(base)
        elif method == "select" and first is not None and self._is_later(first):
            bases.append(base)
        elif first is not None and len(call.args) >= 2 and self._is_later(call.args[1].value):
            bases.append(base_of(first))
        return bases

    def _is_later(self, rows: cst.BaseExpression) -> bool:
        """Whether an expression is a range of later rows, under its name, too."""
        return _is_later_range(self._file.definition(rows) or rows)


def base_of(node: cst.CSTNode) -> str:
    """Return the dotted name of the data that an expression looks into, empty when it has none."""
    while True:
        if isinstance(node, cst.Attribute) and node.attr.value in ACCESSORS:
            node = node.value
        elif isinstance(node, cst.Subscript):
            inner = node.slice[0].slice
            if not isinstance(inner, cst.Index):
                return ""
            key = inner.value
            base = base_of(node.value)
            return f"{base}[{key.raw_value}]" if base and isinstance(key, cst.SimpleString) else ""
        elif isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
            node = node.func.value  # shuffle(), reset_index() and the like keep the data
        else:
            return dotted_name(node)


def _is_bounded(item: cst.BaseSlice) -> bool:
    return isinstance(item, cst.Slice) and (item.lower is not None and item.upper is not None)


def _is_offset(item: cst.Slice) -> bool:
    return item.lower is not None and not (isinstance(item.lower, cst.Integer) and evaluated(item.lower) == 0)


def _is_named(node: cst.CSTNode | None) -> bool:
    return node is not None and not isinstance(node, cst.Integer | cst.Float | cst.SimpleString)


def _is_filtered(node: cst.CSTNode) -> bool:
    """`df[df.y == 0]`, `df.query(…)`, `df.groupby(…)`."""
    if isinstance(node, cst.Subscript):
        inner = node.slice[0].slice
        return isinstance(inner, cst.Index) and not isinstance(inner.value, cst.SimpleString | cst.List)
    called = node.func if isinstance(node, cst.Call) else None
    return isinstance(called, cst.Attribute) and called.attr.value in {"query", "groupby", "filter"}


def _is_later_range(node: cst.CSTNode) -> bool:
    if isinstance(node, cst.Call) and dotted_name(node.func) in {"list", "tuple"} and len(node.args) == 1:
        node = node.args[0].value
    if isinstance(node, cst.Subscript):
        inner = node.slice[0].slice
        return isinstance(inner, cst.Slice) and _is_offset(inner)
    if not isinstance(node, cst.Call) or dotted_name(node.func).rpartition(".")[2] not in {"range", "arange"}:
        return False
    first = node.args[0].value if len(node.args) >= 2 else None
    return first is not None and not (isinstance(first, cst.Integer) and evaluated(first) == 0)


def _mentions_index(args: Sequence[cst.Arg]) -> bool:
    return any(isinstance(arg.value, cst.Attribute) and arg.value.attr.value == "index" for arg in args)
