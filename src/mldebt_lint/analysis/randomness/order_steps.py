"""What the walk after an order asks at each step: reads of names, what is sorted, split, numbered, or read from disk."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.library import Role
from mldebt_lint.analysis.names import Binding, Binds

ADDING = frozenset({"append", "extend"})
SIDE = re.compile(r"(?i)(?:^|_)(?:train|val|valid|validation|fold|split|heldout)")


@dataclass(frozen=True, slots=True)
class Decided:
    """What an order decides, and where; not `sure` where that may be a look at a few only."""

    what: str
    node: cst.CSTNode
    sure: bool = True


def best(found: Iterable[Decided | None]) -> Decided | None:
    """Return the first that is sure, else the first."""
    unsure: Decided | None = None
    for decided in found:
        if decided is not None and decided.sure:
            return decided
        unsure = unsure or decided
    return unsure


class Steps:
    """The questions of one file."""

    def __init__(self, file: SourceFile) -> None:
        self._file, self._index = file, file.index

    def parameter_of(self, call: cst.Call, arg: cst.Arg) -> Binding | None:
        """The parameter of one of the file's own functions or classes that an argument is given for."""
        function = self.function(call)
        if function is None:
            return None
        names = [p.name.value for p in (*function.params.posonly_params, *function.params.params)]
        if names[:1] in (["self"], ["cls"]):
            names = names[1:]
        if arg.keyword is not None:
            wanted = arg.keyword.value
        else:
            place = next(n for n, other in enumerate(call.args) if other is arg)
            wanted = names[place] if place < len(names) else ""
        found = self._file.names.bound_in(function).get(wanted, [])
        return found[0] if len(found) == 1 and found[0].how is Binds.PARAMETER else None

    def function(self, call: cst.Call) -> cst.FunctionDef | None:
        """Return the function of this file that a call calls; of a class what makes it."""
        name = self._file.qualified(call.func)
        functions = self._file.once(own_functions)
        return (functions.get(name) or functions.get(f"{name}.__init__")) if name else None

    def is_of(self, binding: Binding, target: cst.Name) -> bool:
        """Whether a binding is made by the statement of a target."""
        statement = self._index.statement(target)
        return self._index.statement(binding.node) is statement

    def reads_of(self, binding: Binding) -> Iterator[cst.Name]:
        """Yield the reads that a binding may reach."""
        values, names = self._file.values, self._file.names
        begin = self._index.rank(binding.node)
        for name in self._index.of(cst.Name):
            if name.value != binding.name or self._index.rank(name) <= begin:
                continue
            _, bindings = names.bindings(name.value, name)
            if binding not in bindings or self.is_written(name):
                continue
            reaching = values.binding(name)
            if reaching is None or reaching is binding or self.adds_to(reaching, binding):
                yield name

    def adds_to(self, binding: Binding, other: Binding) -> bool:
        """Whether a later binding only adds to what an earlier one holds."""
        return binding.how is Binds.CHANGE and self._index.rank(binding.node) > self._index.rank(other.node)

    def is_written(self, name: cst.Name) -> bool:
        """Whether a name is stored, not read."""
        parent = self._index.parent(name)
        return (
            isinstance(parent, cst.AssignTarget | cst.Param | cst.Arg)
            and getattr(parent, "keyword", None) is name
        ) or (isinstance(parent, cst.AssignTarget | cst.Param))

    def is_settled(self, read: cst.CSTNode) -> bool:
        """`files.sort()`, and `files = sorted(files)`, whatever else is done with them."""
        parent = self._index.parent(read)
        if isinstance(parent, cst.Attribute) and parent.value is read:
            return parent.attr.value.startswith("sort")
        call = self._index.parent(parent) if isinstance(parent, cst.Arg) else None
        if not isinstance(call, cst.Call) or "sort" not in last_name(call.func):
            return False
        statement = self._index.parent(call)
        if not isinstance(statement, cst.Assign):
            return isinstance(statement, cst.Expr)
        return any(same(target.target, read) for target in statement.targets)

    def cut(self, reads: list[cst.Name]) -> Decided | None:
        """`files[:n]` and `files[n:]` together are a split."""
        heads: dict[str, cst.CSTNode] = {}
        tails: set[str] = set()
        for read in reads:
            parent = self._index.parent(read)
            only = (
                parent.slice[0].slice if isinstance(parent, cst.Subscript) and parent.value is read else None
            )
            if isinstance(only, cst.Slice) and only.step is None:
                if only.upper is not None and only.lower is None:
                    heads[self._file.text(only.upper)] = parent or read
                elif only.lower is not None:
                    tails.add(self._file.text(only.lower))
        both = next((node for text, node in heads.items() if text in tails), None)
        return Decided("which part is for training and which for testing", both) if both is not None else None

    def is_below(self, node: cst.CSTNode, other: cst.CSTNode) -> bool:
        """Whether a node stands below another."""
        return any(ancestor is other for ancestor in self._index.ancestors(node))

    def numbers(self, target: cst.CSTNode, body: cst.CSTNode) -> cst.CSTNode | None:
        """Where the count of a loop becomes the number of a name: `index[name] = i`, `labels.append(i)`."""
        if not isinstance(target, cst.Tuple) or not isinstance(target.elements[0].value, cst.Name):
            return None
        count = target.elements[0].value.value
        for assign in self._index.within(body, cst.Assign):
            stored = assign.targets[0].target
            if isinstance(stored, cst.Subscript) and isinstance(assign.value, cst.Name):
                if assign.value.value == count:
                    return assign
        for call in self._index.within(body, cst.Call):
            args = [arg.value for arg in call.args]
            if last_name(call.func) == "append" and len(args) == 1 and isinstance(args[0], cst.Name):
                if args[0].value == count:
                    return call
        return None

    def is_position(self, read: cst.Name) -> bool:
        """`rows[list(chosen)]`, `chosen.issubset(range(n))`: what is read holds positions."""
        parent = self._index.parent(read)
        above = self._index.parent(parent) if parent is not None else None
        if isinstance(parent, cst.Attribute) and isinstance(above, cst.Call):
            given = [arg.value for arg in above.args]
            return any(isinstance(g, cst.Call) and last_name(g.func) == "range" for g in given)
        return isinstance(above, cst.Call) and isinstance(self._index.parent(above), cst.Index)

    def is_split(self, call: cst.CSTNode) -> bool:
        """Whether what a call gives is named as one side of a split."""
        statement = self._index.statement(call)
        targets = (last_name(target.target) for target in self._index.within(statement, cst.AssignTarget))
        return any(SIDE.search(name) for name in targets)

    def gathered(
        self, loop: cst.For, *, counted: bool
    ) -> Iterator[tuple[cst.BaseExpression, cst.BaseExpression]]:
        """Yield the lists and arrays that a loop fills in its order, each with what it puts there."""
        for call in self._index.within(loop.body, cst.Call):
            if (
                isinstance(call.func, cst.Attribute)
                and call.func.attr.value in ADDING
                and len(call.args) == 1
            ):
                yield call.func.value, call.args[0].value
        for added in self._index.within(loop.body, cst.AugAssign):
            if isinstance(added.operator, cst.AddAssign) and isinstance(added.value, cst.List | cst.ListComp):
                yield added.target, added.value
        target = loop.target.elements[0].value if isinstance(loop.target, cst.Tuple) else None
        if not counted or not isinstance(target, cst.Name):
            return
        for assign in self._index.within(loop.body, cst.Assign):
            stored = assign.targets[0].target
            only = stored.slice[0].slice if isinstance(stored, cst.Subscript) else None
            if isinstance(stored, cst.Subscript) and isinstance(only, cst.Index) and same(only.value, target):
                yield stored.value, assign.value

    def counted(self, body: cst.CSTNode) -> cst.CSTNode | None:
        """Where a loop numbers names by how many there are so far: `index[name] = len(index)`."""
        for assign in self._index.within(body, cst.Assign):
            stored, value = assign.targets[0].target, assign.value
            if isinstance(stored, cst.Subscript) and isinstance(value, cst.Call) and value.args:
                if last_name(value.func) == "len" and same(value.args[0].value, stored.value):
                    return assign
        return None

    def is_read(self, function: cst.CSTNode) -> bool:
        """Whether a function reads data."""
        name = self._file.qualified(function)
        api = self._file.library.find(name) if name else None
        return api is not None and api.role is Role.DATA_SOURCE

    def reads_data(self, node: cst.CSTNode) -> bool:
        """Whether an expression reads data."""
        calls = [node] if isinstance(node, cst.Call) else []
        return any(self.gives_data(call) for call in (*calls, *self._index.within(node, cst.Call)))

    def gives_data(self, call: cst.Call) -> bool:
        """Whether a call reads data, or calls a function of this file that does."""
        api = self._file.api(call)
        if api is not None:
            return api.role is Role.DATA_SOURCE
        function = self.function(call)
        return function is not None and any(
            (known := self._file.api(inner)) is not None and known.role is Role.DATA_SOURCE
            for inner in self._index.within(function, cst.Call)
        )

    def holds_read(self, node: cst.CSTNode, loop: cst.For, depth: int = 0) -> bool:
        """Whether what a loop collects was read in it."""
        if self.reads_data(node):
            return True
        if depth > 3:
            return False
        names = [node] if isinstance(node, cst.Name) else list(self._index.within(node, cst.Name))
        for name in names:
            for binding in self._file.names.bindings(name.value, name)[1]:
                value = binding.value
                inside = binding.how is Binds.VALUE and value is not None and self.is_below(value, loop.body)
                if inside and value is not None and not self.is_below(name, value):
                    if self.holds_read(value, loop, depth + 1):
                        return True
        return False


def last_name(node: cst.CSTNode) -> str:
    """Return the last part of a name or attribute."""
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return node.value if isinstance(node, cst.Name) else ""


def own_functions(file: SourceFile) -> dict[str, cst.FunctionDef]:
    """Return the file's functions and methods by their qualified names."""
    return {file.values.defined_name(node): node for node in file.index.of(cst.FunctionDef)}


def calls_of_own(file: SourceFile) -> dict[int, list[cst.Call]]:
    """Return the calls of each of the file's functions."""
    functions = file.once(own_functions)
    found: dict[int, list[cst.Call]] = {}
    for call in file.calls:
        name = file.qualified(call.func)
        if name in functions:
            found.setdefault(id(functions[name]), []).append(call)
    return found


def is_self(node: cst.CSTNode) -> bool:
    """Whether a node is the name `self`."""
    return isinstance(node, cst.Name) and node.value == "self"


def same(one: cst.CSTNode, other: cst.CSTNode) -> bool:
    """Whether two nodes name the same variable or attribute."""
    if isinstance(one, cst.Attribute) and isinstance(other, cst.Attribute):
        return one.attr.value == other.attr.value and same(one.value, other.value)
    return isinstance(one, cst.Name) and isinstance(other, cst.Name) and one.value == other.value
