"""Where an order that nobody decided goes: into a split, a data set, the rows of an array, the numbers of classes."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.library import Role
from mldebt_lint.analysis.names import Binding, Binds
from mldebt_lint.analysis.randomness.order_steps import Decided, Steps, best, calls_of_own, is_self, last_name

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
NUMBERING = frozenset({"range", "arange", "nonzero", "flatnonzero", "argwhere"})
JOINING = frozenset("concat concatenate stack vstack hstack cat column_stack".split())
SHUFFLING = frozenset("shuffle permutation".split())
DRAWING = SHUFFLING | {"sample", "choices"}
COMPREHENSIONS = (cst.ListComp, cst.GeneratorExp)


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
        self._file, self._index, self._steps = file, file.index, Steps(file)
        self._seen: set[int] = set()

    def decides(self, node: cst.CSTNode) -> Decided | None:
        """Return the first thing that the order of what an expression gives decides, None if nothing is seen."""
        self._seen = set()
        return self._up(node, _Way())

    def holds_numbers(self, node: cst.CSTNode) -> bool:
        """Whether a set visibly holds whole numbers, which have the same order in every run."""
        if any(last_name(call.func) in NUMBERING for call in self._index.within(node, cst.Call)):
            return True
        parent = self._index.parent(node)
        target = parent.targets[0].target if isinstance(parent, cst.Assign) else None
        if not isinstance(target, cst.Name):
            return False
        _, bindings = self._file.names.bindings(target.value, target)
        found = next((b for b in bindings if self._steps.is_of(b, target)), None)
        return found is not None and any(map(self._steps.is_position, self._steps.reads_of(found)))

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
                taken_away = isinstance(parent.operator, cst.Subtract) and parent.right is node
                return None if taken_away else self._up(parent, way.on())
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
            reads = name == "map" and self._steps.is_read(call.args[0].value)
            return self._up(call, way.on(counted=way.counted or name == "enumerate", data=reads))
        own = self._steps.parameter_of(call, arg)
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
        if name == "extend" and isinstance(call.func, cst.Attribute):
            return self._stored(call.func.value, way)
        if name in JOINING:
            if not way.data:
                return self._up(call, way.on())
            return None if self._is_sorted_later(call) else Decided("the order of the rows", call)
        if name in DRAWING and self._file.mentions(("seed", "random_state")):
            return Decided(
                "what a seeded draw takes", call, sure=name in SHUFFLING or self._steps.is_split(call)
            )
        return None

    def _is_sorted_later(self, call: cst.CSTNode) -> bool:
        """`pd.concat(frames).sort_values("day")`, at once or later."""
        parent = self._index.parent(call)
        if isinstance(parent, cst.Attribute):
            return parent.attr.value.startswith("sort")
        target = parent.targets[0].target if isinstance(parent, cst.Assign) else None
        if not isinstance(target, cst.Name):
            return False
        _, bindings = self._file.names.bindings(target.value, target)
        found = next((b for b in bindings if self._steps.is_of(b, target)), None)
        return found is not None and any(map(self._steps.is_settled, self._steps.reads_of(found)))

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
            found = next((b for b in bindings if self._steps.is_of(b, target)), None)
            if found is None and len(bindings) == 1:  # a list that is extended
                found = bindings[0]
            return self._uses(found, way.on()) if found is not None else None
        if isinstance(target, cst.Attribute) and is_self(target.value):
            return self._attribute(target, way.on())
        return None

    def _uses(self, binding: Binding, way: _Way) -> Decided | None:
        reads = list(self._steps.reads_of(binding))
        if any(self._steps.is_settled(read) for read in reads):
            return None
        return best(self._up(read, way) for read in reads) or self._steps.cut(reads)

    def _attribute(self, target: cst.Attribute, way: _Way) -> Decided | None:
        owner = self._index.enclosing(target, cst.ClassDef)
        if owner is None:
            return None
        name = target.attr.value
        reads = [
            node
            for node in self._index.within(owner, cst.Attribute)
            if node.attr.value == name and is_self(node.value) and node is not target
        ]
        if any(self._steps.is_settled(read) for read in reads):
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
        return best(self._up(read, way) for read in reads)

    # -- loops ------------------------------------------------------------------------------------------

    def _loop(self, loop: cst.For, way: _Way) -> Decided | None:
        number = self._steps.counted(loop.body)
        if number is None and way.counted:
            number = self._steps.numbers(loop.target, loop.body)
        if number is not None:
            return Decided("the numbers of the classes", number)
        for holder, value in self._steps.gathered(loop, counted=way.counted):
            data = self._steps.holds_read(value, loop)
            found = self._collected(holder, loop, way.on(counted=False, data=data))
            if found is not None:
                return found
        return None

    def _collected(self, holder: cst.CSTNode, loop: cst.For, way: _Way) -> Decided | None:
        """Follow a list to which a loop adds."""
        if isinstance(holder, cst.Attribute) and is_self(holder.value):
            return self._attribute(holder, way)
        if not isinstance(holder, cst.Name):
            return None
        _, bindings = self._file.names.bindings(holder.value, holder)
        outside = [
            b for b in bindings if not self._steps.is_below(b.node, loop.body) and b.how is Binds.VALUE
        ]
        if len(outside) != 1:
            return None
        reads = [
            name for name in self._steps.reads_of(outside[0]) if not self._steps.is_below(name, loop.body)
        ]
        if any(self._steps.is_settled(read) for read in reads):
            return None
        return best(self._up(read, way) for read in reads) or self._steps.cut(reads)

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
            return self._up(whole, way.on(counted=False, data=self._steps.reads_data(whole.elt)))
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
