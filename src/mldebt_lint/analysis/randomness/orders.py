"""Where an order that nobody decided goes: into a split, a data set, the rows of an array, the numbers of classes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.library import Role
from mldebt_lint.analysis.names import Binding, Binds

MOST_STEPS = 14
# What these give does not depend on the order of what they get, or puts it in order.
SETTLING = frozenset(
    """sorted natsorted sort len set frozenset min max sum any all Counter isinstance print str bool unique argsort
    humansorted os_sorted mean median std setdiff1d intersect1d union1d""".split()
)
THROUGH = frozenset(
    """list tuple iter map filter enumerate reversed tqdm zip array asarray Series deque chain from_iterable cycle
    DataFrame Index trange progress track tensor""".split()
)
JOINING = frozenset("concat concatenate stack vstack hstack cat column_stack".split())
DRAWING = frozenset("shuffle permutation sample choice".split())
ADDING = frozenset({"append", "extend"})
COMPREHENSIONS = (cst.ListComp, cst.GeneratorExp)


@dataclass(frozen=True, slots=True)
class Decided:
    """What an order decides, and where."""

    what: str
    node: cst.CSTNode


@dataclass(frozen=True, slots=True)
class _Way:
    """How an order has come so far: `counted` by enumerate, with `data` that was read, or names only."""

    counted: bool = False
    data: bool = False
    steps: int = 0

    def on(self, *, counted: bool | None = None, data: bool = False) -> _Way:
        """Return the way one step further."""
        is_counted = self.counted if counted is None else counted
        return _Way(is_counted, self.data or data, self.steps + 1)


class Orders:
    """Follows the orders of one file."""

    def __init__(self, file: SourceFile) -> None:
        self._file, self._index = file, file.index
        self._seen: set[int] = set()

    def decides(self, node: cst.CSTNode) -> Decided | None:
        """Return the first thing that the order of what an expression gives decides, None if nothing is seen."""
        self._seen = set()
        return self._up(node, _Way())

    # -- upwards ----------------------------------------------------------------------------------------

    def _up(self, node: cst.CSTNode, way: _Way) -> Decided | None:
        if way.steps > MOST_STEPS or id(node) in self._seen:
            return None
        self._seen.add(id(node))
        parent = self._index.parent(node)
        match parent:
            case cst.Arg():
                return self._argument(parent, way)
            case cst.StarredElement():
                return self._up(self._index.parents[id(parent)], way.on())
            case cst.BinaryOperation(operator=cst.Add() | cst.Subtract() | cst.BitAnd() | cst.BitOr()):
                return self._up(parent, way.on())
            case cst.IfExp() if parent.test is not node:
                return self._up(parent, way.on())
            case cst.Assign() | cst.AnnAssign() | cst.AugAssign() | cst.NamedExpr():
                return self._assigned(parent, way)
            case cst.For() if parent.iter is node:
                return self._loop(parent, way)
            case cst.CompFor() if parent.iter is node:
                return self._comprehension(parent, way)
            case cst.Subscript() if parent.value is node:
                return self._subscript(parent, way)
            case cst.Attribute():
                return self._method(parent, way)
            case cst.Return() | cst.Tuple() | cst.Element():
                return self._returned(parent, way)
        return None

    def _argument(self, arg: cst.Arg, way: _Way) -> Decided | None:
        call = self._index.parents[id(arg)]
        if not isinstance(call, cst.Call):
            return None
        name = last_name(call.func)
        if name in SETTLING:
            return None
        if name in THROUGH:
            reads = name == "map" and self._is_read(call.args[0].value)
            return self._up(call, way.on(counted=way.counted or name == "enumerate", data=reads))
        own = self._own(call, arg)
        if own is not None:
            return self._uses(own, way.on())
        return self._given(call, name, way)

    def _given(self, call: cst.Call, name: str, way: _Way) -> Decided | None:
        api = self._file.api(call)
        role = api.role if api is not None else None
        if role is Role.SPLITTER:
            return Decided("which rows are for training and which for testing", call)
        if role is Role.FIT:
            return Decided("the order of what the model is trained on", call)
        if role in (Role.DATASET, Role.DATA_LOADER) or name.endswith("Dataset"):
            return Decided("the order of the data set", call)
        if name in JOINING:
            return Decided("the order of the rows", call) if way.data else self._up(call, way.on())
        is_draw = name in DRAWING and (role is Role.RANDOM_DRAW or name != "choice")
        if is_draw and self._file.mentions(("seed", "random_state")):
            return Decided("what a seeded draw takes", call) if name != "choice" else None
        return None

    def _own(self, call: cst.Call, arg: cst.Arg) -> Binding | None:
        """The parameter of one of the file's own functions or classes that an argument is given for."""
        function = self._function(call)
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

    def _function(self, call: cst.Call) -> cst.FunctionDef | None:
        name = self._file.qualified(call.func)
        functions = self._file.once(own_functions)
        return (functions.get(name) or functions.get(f"{name}.__init__")) if name else None

    # -- names ------------------------------------------------------------------------------------------

    def _assigned(self, node: cst.CSTNode, way: _Way) -> Decided | None:
        targets: list[cst.CSTNode] = []
        if isinstance(node, cst.Assign):
            targets = [target.target for target in node.targets]
        elif isinstance(node, cst.AnnAssign | cst.AugAssign | cst.NamedExpr):
            targets = [node.target]
        for target in targets:
            found = self._stored(target, way)
            if found is not None:
                return found
        return None

    def _stored(self, target: cst.CSTNode, way: _Way) -> Decided | None:
        if isinstance(target, cst.Name):
            _, bindings = self._file.names.bindings(target.value, target)
            found = next((b for b in bindings if self._is_of(b, target)), None)
            return self._uses(found, way.on()) if found is not None else None
        if isinstance(target, cst.Attribute) and _is_self(target.value):
            return self._attribute(target, way.on())
        return None

    def _is_of(self, binding: Binding, target: cst.Name) -> bool:
        statement = self._index.statement(target)
        return self._index.statement(binding.node) is statement

    def _uses(self, binding: Binding, way: _Way) -> Decided | None:
        reads = list(self._reads(binding))
        if any(self._is_settled(read) for read in reads):
            return None
        for read in reads:
            found = self._up(read, way)
            if found is not None:
                return found
        return self._cut(reads)

    def _reads(self, binding: Binding) -> Iterator[cst.Name]:
        values, names = self._file.values, self._file.names
        begin = self._index.rank(binding.node)
        for name in self._index.of(cst.Name):
            if name.value != binding.name or self._index.rank(name) <= begin:
                continue
            _, bindings = names.bindings(name.value, name)
            if binding not in bindings or self._is_written(name):
                continue
            reaching = values.binding(name)
            if reaching is None or reaching is binding or self._adds_to(reaching, binding):
                yield name

    def _adds_to(self, binding: Binding, other: Binding) -> bool:
        return binding.how is Binds.CHANGE and self._index.rank(binding.node) > self._index.rank(other.node)

    def _is_written(self, name: cst.Name) -> bool:
        parent = self._index.parent(name)
        return (
            isinstance(parent, cst.AssignTarget | cst.Param | cst.Arg)
            and getattr(parent, "keyword", None) is name
        ) or (isinstance(parent, cst.AssignTarget | cst.Param))

    def _is_settled(self, read: cst.CSTNode) -> bool:
        """`files.sort()`, and `files = sorted(files)`, whatever else is done with them."""
        parent = self._index.parent(read)
        if isinstance(parent, cst.Attribute) and parent.value is read:
            return parent.attr.value == "sort"
        call = self._index.parent(parent) if isinstance(parent, cst.Arg) else None
        if not isinstance(call, cst.Call) or "sort" not in last_name(call.func):
            return False
        statement = self._index.parent(call)
        if not isinstance(statement, cst.Assign):
            return isinstance(statement, cst.Expr)
        return any(_same(target.target, read) for target in statement.targets)

    def _cut(self, reads: list[cst.Name]) -> Decided | None:
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

    def _attribute(self, target: cst.Attribute, way: _Way) -> Decided | None:
        owner = self._index.enclosing(target, cst.ClassDef)
        if owner is None:
            return None
        name = target.attr.value
        reads = [
            node
            for node in self._index.within(owner, cst.Attribute)
            if node.attr.value == name and _is_self(node.value) and node is not target
        ]
        if any(self._is_settled(read) for read in reads):
            return None
        for read in reads:
            function = self._index.function(read)
            is_item = function is not None and function.name.value in (
                "__getitem__",
                "_getitem",
                "__getitems__",
            )
            if is_item and isinstance(self._index.parent(read), cst.Subscript):
                return Decided("the order of the data set", read)
        return next(filter(None, (self._up(read, way) for read in reads)), None)

    # -- loops ------------------------------------------------------------------------------------------

    def _loop(self, loop: cst.For, way: _Way) -> Decided | None:
        if way.counted and (node := self._numbers(loop.target, loop.body)) is not None:
            return Decided("the numbers of the classes", node)
        for call in self._index.within(loop.body, cst.Call):
            func = call.func
            if not isinstance(func, cst.Attribute) or func.attr.value not in ADDING or len(call.args) != 1:
                continue
            data = self._holds_read(call.args[0].value, loop)
            found = self._collected(func.value, loop, way.on(counted=False, data=data))
            if found is not None:
                return found
        for added in self._index.within(loop.body, cst.AugAssign):
            if isinstance(added.operator, cst.AddAssign) and isinstance(added.value, cst.List | cst.ListComp):
                data = self._holds_read(added.value, loop)
                found = self._collected(added.target, loop, way.on(counted=False, data=data))
                if found is not None:
                    return found
        return None

    def _collected(self, holder: cst.CSTNode, loop: cst.For, way: _Way) -> Decided | None:
        """Follow a list to which a loop adds."""
        if isinstance(holder, cst.Attribute) and _is_self(holder.value):
            return self._attribute(holder, way)
        if not isinstance(holder, cst.Name):
            return None
        _, bindings = self._file.names.bindings(holder.value, holder)
        outside = [b for b in bindings if not self._is_below(b.node, loop.body) and b.how is Binds.VALUE]
        if len(outside) != 1:
            return None
        reads = [name for name in self._reads(outside[0]) if not self._is_below(name, loop.body)]
        if any(self._is_settled(read) for read in reads):
            return None
        return next(filter(None, (self._up(read, way) for read in reads)), None) or self._cut(reads)

    def _is_below(self, node: cst.CSTNode, other: cst.CSTNode) -> bool:
        return any(ancestor is other for ancestor in self._index.ancestors(node))

    def _numbers(self, target: cst.CSTNode, body: cst.CSTNode) -> cst.CSTNode | None:
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

    def _comprehension(self, loop: cst.CompFor, way: _Way) -> Decided | None:
        whole = self._index.parent(loop)
        while isinstance(whole, cst.CompFor):
            whole = self._index.parent(whole)
        if isinstance(whole, cst.DictComp):
            if not way.counted or not isinstance(loop.target, cst.Tuple):
                return None
            count = loop.target.elements[0].value
            sides = [side.value for side in (whole.key, whole.value) if isinstance(side, cst.Name)]
            is_number = isinstance(count, cst.Name) and count.value in sides
            return Decided("the numbers of the classes", whole) if is_number else None
        if isinstance(whole, COMPREHENSIONS):
            return self._up(whole, way.on(counted=False, data=self._reads_data(whole.elt)))
        return None

    # -- other ways -------------------------------------------------------------------------------------

    def _subscript(self, node: cst.Subscript, way: _Way) -> Decided | None:
        only = node.slice[0].slice
        if isinstance(only, cst.Slice) and only.lower is None and only.upper is None:
            return self._up(node, way.on())
        return None

    def _method(self, node: cst.Attribute, way: _Way) -> Decided | None:
        call = self._index.parent(node)
        if not isinstance(call, cst.Call) or call.func is not node:
            return None
        if node.attr.value == "index":
            return Decided("the numbers of the classes", call)
        if node.attr.value in ("copy", "astype", "reshape", "tolist"):
            return self._up(call, way.on())
        if node.attr.value in ("difference", "intersection", "union"):
            return self._up(call, way.on())
        return None

    def _returned(self, node: cst.CSTNode, way: _Way) -> Decided | None:
        place: int | None = None
        if isinstance(node, cst.Element):
            whole = self._index.parents[id(node)]
            above = self._index.parent(whole)
            if not isinstance(whole, cst.Tuple) or not isinstance(above, cst.Return):
                return None
            place = next(n for n, e in enumerate(whole.elements) if e is node)
        elif not isinstance(node, cst.Return):
            return None
        function = self._index.function(node)
        calls = self._file.once(calls_of_own).get(id(function), []) if function is not None else []
        for call in calls:
            found = self._up(call, way.on()) if place is None else self._part(call, place, way)
            if found is not None:
                return found
        if way.data and not calls:
            return Decided("the order of the data that is returned", node)
        return None

    def _part(self, call: cst.Call, place: int, way: _Way) -> Decided | None:
        statement = self._index.parent(call)
        target = statement.targets[0].target if isinstance(statement, cst.Assign) else None
        if not isinstance(target, cst.Tuple) or place >= len(target.elements):
            return None
        return self._stored(target.elements[place].value, way.on())

    # -- reading ----------------------------------------------------------------------------------------

    def _is_read(self, function: cst.CSTNode) -> bool:
        name = self._file.qualified(function)
        api = self._file.library.find(name) if name else None
        return api is not None and api.role is Role.DATA_SOURCE

    def _reads_data(self, node: cst.CSTNode) -> bool:
        calls = [node] if isinstance(node, cst.Call) else []
        return any(self._gives_data(call) for call in (*calls, *self._index.within(node, cst.Call)))

    def _gives_data(self, call: cst.Call) -> bool:
        api = self._file.api(call)
        if api is not None:
            return api.role is Role.DATA_SOURCE
        function = self._function(call)
        return function is not None and any(
            (known := self._file.api(inner)) is not None and known.role is Role.DATA_SOURCE
            for inner in self._index.within(function, cst.Call)
        )

    def _holds_read(self, node: cst.CSTNode, loop: cst.For, depth: int = 0) -> bool:
        """Whether what a loop collects was read in it."""
        if self._reads_data(node):
            return True
        if depth > 3:
            return False
        names = [node] if isinstance(node, cst.Name) else list(self._index.within(node, cst.Name))
        for name in names:
            for binding in self._file.names.bindings(name.value, name)[1]:
                value = binding.value
                inside = binding.how is Binds.VALUE and value is not None and self._is_below(value, loop.body)
                if inside and value is not None and not self._is_below(name, value):
                    if self._holds_read(value, loop, depth + 1):
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


def _is_self(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Name) and node.value == "self"


def _same(one: cst.CSTNode, other: cst.CSTNode) -> bool:
    if isinstance(one, cst.Attribute) and isinstance(other, cst.Attribute):
        return one.attr.value == other.attr.value and _same(one.value, other.value)
    return isinstance(one, cst.Name) and isinstance(other, cst.Name) and one.value == other.value
