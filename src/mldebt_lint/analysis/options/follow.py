"""Follows an expression that holds a parser or parsed options to what is done with it."""

from __future__ import annotations

from dataclasses import dataclass, field

import libcst as cst

from mldebt_lint.analysis.constants import UNKNOWN
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.library import Role
from mldebt_lint.analysis.options.facts import ANY_SLOT, OUT_OF_ANY, SPREAD, Kind, Move, Pass, Touch, Write
from mldebt_lint.analysis.options.places import Places
from mldebt_lint.analysis.options.shown import NEUTRAL, is_display, is_shown, is_shown_loop
from mldebt_lint.analysis.options.writes import literal_text, under

# What returns its argument, or another form of it with the same names.
TRANSPARENT = frozenset(
    "builtins.vars builtins.dict copy.copy copy.deepcopy argparse.Namespace types.SimpleNamespace "
    "dataclasses.asdict dataclasses.replace".split()
)
ITERATION = frozenset({"items", "keys", "values", "_get_kwargs", "_asdict"})
KEYED = frozenset({"get", "pop", "setdefault", "__getitem__", "__getattr__", "__getattribute__"})
BY_NAME = frozenset({"builtins.getattr", "builtins.hasattr", "builtins.setattr", "builtins.delattr"})
SEQUENCES = frozenset(
    {"builtins.sorted", "builtins.list", "builtins.tuple", "builtins.enumerate", "builtins.iter"}
)
UNKNOWN_CALLEES = "*?^"


@dataclass(slots=True)
class Fresh:
    """Names of variables and attributes, and functions, that were found to hold or return options."""

    names: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.names or self.functions)


class Follower:
    """Turns the uses of places into facts; one per file."""

    def __init__(self, file: SourceFile, places: Places) -> None:
        self.file, self.places, self.index = file, places, file.index
        self.moves: dict[Move, None] = {}
        self.passes: dict[Pass, None] = {}
        self.touches: dict[tuple[str, Kind, str], Touch] = {}
        self.writes: list[Write] = []
        self.stored: set[cst.CSTNode] = set()
        self.fresh = Fresh()
        self._taken = Fresh()

    # -- what is found ----------------------------------------------------------------------------------

    def move(self, source: str, target: str | None, pack: int = -1, unpack: int = -1) -> None:
        """Record that a value goes from place to place."""
        if target is not None and target != source:
            self.moves[Move(source, target, pack, unpack)] = None

    def touch(self, place: str, kind: Kind, name: str = "", node: cst.CSTNode | None = None) -> None:
        """Record the first touch of its kind."""
        key = (place, kind, name)
        if key not in self.touches:
            where = self.file.at(node) if node is not None and kind is Kind.READ else None
            self.touches[key] = Touch(place, kind, name, where)

    def take(self) -> Fresh:
        """Return the names that are to be followed now, each once."""
        fresh = Fresh(self.fresh.names - self._taken.names, self.fresh.functions - self._taken.functions)
        self._taken.names |= fresh.names
        self._taken.functions |= fresh.functions
        self.fresh = Fresh()
        return fresh

    def _hold(self, identifier: str, place: str) -> None:
        """A variable or attribute holds what is at a place: follow it, too, unless that is only a guess."""
        made = place.startswith("R:") and not self.places.returns_options(place.rpartition(".")[2])
        if not made and not self.places.is_likely(identifier) and identifier not in self._taken.names:
            self.fresh.names.add(identifier)

    # -- climbing ---------------------------------------------------------------------------------------

    def follow(self, node: cst.CSTNode, place: str) -> None:
        """Record what is done with the value of an expression that is at a place."""
        parent = self.index.parent(node)
        match parent:
            case cst.Attribute():
                self._attribute(parent, place)
            case cst.Subscript() if parent.value is node:
                self._subscript(parent, place)
            case cst.Arg():
                self._argument(parent, place)
            case cst.Assign():
                for target in parent.targets:
                    self.store(target.target, place)
            case cst.AnnAssign() if parent.value is node:
                self.store(parent.target, place)
            case cst.NamedExpr() if parent.value is node:
                self.store(parent.target, place)
                self.follow(parent, place)
            case cst.Return():
                self._returned(parent, place)
            case cst.Element():
                self._element(parent, place)
            case cst.BooleanOperation() | cst.Await() | cst.StarredDictElement():
                self._through(parent, place)
            case cst.IfExp() if parent.test is not node:
                self.follow(parent, place)
            case cst.BinaryOperation() if isinstance(parent.operator, cst.BitOr):
                self.follow(parent, place)
            case cst.WithItem() if parent.asname is not None and parent.item is node:
                self.store(parent.asname.name, place)
            case cst.For() if parent.iter is node:
                self._iterated(node, place)
            case cst.CompFor() if parent.iter is node:
                self._iterated(node, place)
            case cst.ComparisonTarget() | cst.Comparison():
                self._compared(parent, place)
            case cst.Dict() | cst.DictElement() | cst.Yield() | cst.From() | cst.Lambda() | cst.AugAssign():
                self.touch(place, Kind.UNCLEAR)
            case cst.Decorator():
                self.touch(place, Kind.OPAQUE)
            case cst.StarredElement():
                self.touch(place, Kind.OPAQUE)

    def _through(self, parent: cst.CSTNode, place: str) -> None:
        if isinstance(parent, cst.StarredDictElement):
            around = self.index.parent(parent)
            self.follow(around if around is not None else parent, place)
        else:
            self.follow(parent, place)

    def _returned(self, node: cst.Return, place: str) -> None:
        label = self.places.function_label(node) or ""
        self.move(place, f"r:{label}")
        if not place.startswith("R:") and label not in self._taken.functions:
            self.fresh.functions.add(label)

    def store(self, target: cst.BaseExpression, place: str) -> None:
        """Record that a value is bound to a target; a tuple of targets takes a tuple apart."""
        self.stored.add(target)
        match target:
            case cst.Name() | cst.Attribute():
                self._bind(target, place)
            case cst.Tuple() | cst.List():
                for number, element in enumerate(target.elements):
                    self.stored.add(element.value)
                    if isinstance(element.value, cst.Name | cst.Attribute):
                        self._bind(element.value, place, number)
            case _:
                self.touch(place, Kind.UNCLEAR)

    def _bind(self, target: cst.Name | cst.Attribute, place: str, unpack: int = -1) -> None:
        if isinstance(target, cst.Name):
            self.move(place, self.places.variable(target), unpack=unpack)
            if unpack < 0 or not place.startswith("R:"):
                self._hold(target.value, place)
        else:
            self.move(place, self.places.attribute(target, stored=True), unpack=unpack)
            self._hold(target.attr.value, place)

    def _element(self, element: cst.Element, place: str) -> None:
        sequence = self.index.parent(element)
        if not isinstance(sequence, cst.Tuple | cst.List):
            return self.touch(place, Kind.UNCLEAR)
        number = next(n for n, e in enumerate(sequence.elements) if e is element)
        around = self.index.parent(sequence)
        if isinstance(around, cst.Assign):
            for target in around.targets:
                if isinstance(target.target, cst.Tuple | cst.List):
                    if len(target.target.elements) == len(sequence.elements):
                        return self.store(target.target.elements[number].value, place)
        self.move(place, self.places.temporary(sequence), pack=number)
        self.follow(sequence, self.places.temporary(sequence))
        return None

    def _compared(self, parent: cst.CSTNode, place: str) -> None:
        comparison = parent if isinstance(parent, cst.Comparison) else self.index.parent(parent)
        if isinstance(comparison, cst.Comparison) and comparison.comparisons:
            if isinstance(comparison.comparisons[0].operator, cst.In | cst.NotIn):
                for name in self._names_of(comparison.left):
                    self.touch(place, Kind.GUARD, name)

    # -- attributes and keys ----------------------------------------------------------------------------

    def _attribute(self, node: cst.Attribute, place: str) -> None:
        name, parent = node.attr.value, self.index.parent(node)
        if name == "__dict__":
            return (
                self.touch(place, Kind.OPEN)
                if isinstance(parent, cst.AssignTarget)
                else self.follow(node, place)
            )
        if isinstance(parent, cst.Call) and parent.func is node:
            return self._method(parent, name, place)
        if isinstance(parent, cst.AssignTarget) or (
            isinstance(parent, cst.AnnAssign) and parent.target is node
        ):
            return self._write(node, name, place, parent)
        if not isinstance(parent, cst.Del):
            self.touch(place, Kind.READ, name, node)
        return None

    def _write(self, node: cst.CSTNode, name: str, place: str, parent: cst.CSTNode) -> None:
        statement = self.index.parent(parent) if isinstance(parent, cst.AssignTarget) else parent
        value = getattr(statement, "value", None)
        self.write(node, name, place, value)

    def write(self, node: cst.CSTNode, name: str, place: str, value: cst.BaseExpression | None) -> None:
        """Record that an option is set; only for constants it matters where and under what."""
        literal = literal_text(self.file, value)
        if literal is None:
            self.writes.append(Write(place, name))
        else:
            depends = under(self.file, node, name, self.places.is_likely)
            self.writes.append(Write(place, name, literal, depends, self.file.at(self.index.statement(node))))

    def _subscript(self, node: cst.Subscript, place: str) -> None:
        first = node.slice[0].slice
        key = first.value if isinstance(first, cst.Index) else None
        if isinstance(key, cst.Integer):
            temporary = self.places.temporary(node)
            self.move(place, temporary, unpack=int(key.value, 0))
            return self.follow(node, temporary)
        parent = self.index.parent(node)
        stores = isinstance(parent, cst.AssignTarget)
        names = self._names_of(key)
        for name in names:
            if isinstance(parent, cst.AssignTarget):
                self._write(node, name, place, parent)
            elif not isinstance(parent, cst.Del):
                self.touch(place, Kind.READ, name, node)
        if not names and (stores or not is_shown(self.file, node)):
            self.touch(place, Kind.OPEN if stores else Kind.OPAQUE)
        return None

    def _names_of(self, key: cst.CSTNode | None) -> tuple[str, ...]:
        """The names that a key may be: a constant, or the variable of a loop over constants."""
        value = self.file.constant(key) if key is not None else UNKNOWN
        if isinstance(value, str):
            return (value,)
        if isinstance(key, cst.Name):
            binding = self.file.values.binding(key)
            if (
                binding is not None
                and isinstance(binding.node, cst.For | cst.CompFor)
                and binding.part is None
            ):
                values = self.file.constant(binding.value)
                if isinstance(values, list | tuple) and all(isinstance(v, str) for v in values):
                    return tuple(v for v in values if isinstance(v, str))
        return ()

    # -- calls ------------------------------------------------------------------------------------------

    def _method(self, call: cst.Call, name: str, place: str) -> None:
        if name in KEYED:
            names = self._names_of(call.args[0].value) if call.args else ()
            for key in names:
                self.touch(place, Kind.READ if name != "get" else Kind.GUARD, key, call)
                self.touch(place, Kind.READ, key) if name == "get" else None
            if not names and not is_shown(self.file, call):
                self.touch(place, Kind.OPAQUE)
        elif name in ITERATION:
            self._iterated(call, place)
        elif name == "copy":
            self.follow(call, place)
        elif name == "update":
            self.touch(place, Kind.OPEN)
        elif not self._parser_method(call, name, place):
            self.touch(place, Kind.READ, name, call.func)

    def _parser_method(self, call: cst.Call, name: str, place: str) -> bool:
        """Overridden where parsers are known."""
        return False

    def _iterated(self, node: cst.CSTNode, place: str) -> None:
        """All names of a namespace are visited: fine when it only shows them."""
        parent = self.index.parent(node)
        while isinstance(parent, cst.Arg):
            call = self.index.parent(parent)
            if not isinstance(call, cst.Call):
                break
            name = self.file.qualified(call.func)
            if name == "builtins.dict":
                return self.follow(call, place)
            if name not in SEQUENCES:
                break
            node, parent = call, self.index.parent(call)
        if isinstance(parent, cst.CompFor):
            comprehension = next(
                (a for a in self.index.ancestors(parent) if not isinstance(a, cst.CompFor)), None
            )
            if isinstance(comprehension, cst.DictComp):
                return self.follow(comprehension, place)
        if not is_shown_loop(self.file, node):
            self.touch(place, Kind.OPAQUE)
        return None

    def _argument(self, arg: cst.Arg, place: str) -> None:
        call = self.index.parent(arg)
        if not isinstance(call, cst.Call):
            return self.touch(place, Kind.UNCLEAR)
        name = self.file.callee(call)
        if name in TRANSPARENT or self._copies(call):
            return self.follow(call, place)
        if name in BY_NAME and call.args[0] is arg:
            return self._by_name(call, str(name).rpartition(".")[2], place)
        if arg.star == SPREAD:
            return self._spread(call, place)
        if arg.star:
            return self.touch(place, Kind.OPAQUE)
        if name in NEUTRAL or is_display(self.file, call):
            return None
        self._handed(call, arg, place)
        return None

    def _handed(self, call: cst.Call, arg: cst.Arg, place: str) -> None:
        if arg.keyword is not None and arg.keyword.value == "parents":
            return self.move(place, self.places.temporary(call), unpack=OUT_OF_ANY)
        self._enter_own(call, arg, place)
        if isinstance(call.func, cst.Attribute) and call.func.attr.value == "update":
            receiver = call.func.value
            if isinstance(receiver, cst.Name | cst.Attribute) and self._takes_in(receiver, place):
                return None
        self.passes[Pass(place, self.places.callee(call.func), slot_of(call, arg))] = None
        for other in call.args:
            if other is not arg and isinstance(other.value, cst.Name | cst.Attribute):
                reference = self.places.callee(other.value)
                if reference[:1] not in UNKNOWN_CALLEES:
                    self.passes[Pass(place, reference, ANY_SLOT)] = None
        return None

    def _enter_own(self, call: cst.Call, arg: cst.Arg, place: str) -> None:
        """The parameter of this file's own function holds the value."""
        binding = self.file.values.binding(call.func) if isinstance(call.func, cst.Name) else None
        if binding is not None and isinstance(binding.node, cst.FunctionDef):
            params, slot = binding.node.params.params, slot_of(call, arg)
            if slot.isdigit() and int(slot) < len(params):
                self._hold(params[int(slot)].name.value, place)

    def _takes_in(self, receiver: cst.Name | cst.Attribute, place: str) -> bool:
        """`config.update(vars(args))`: the receiver then holds the options too."""
        identifier = receiver.value if isinstance(receiver, cst.Name) else receiver.attr.value
        if not self.places.is_likely(identifier):
            return False
        if isinstance(receiver, cst.Name):
            self.move(place, self.places.variable(receiver))
        else:
            self.move(place, self.places.attribute(receiver, stored=True))
        return True

    def _copies(self, call: cst.Call) -> bool:
        api = self.file.api(call)
        return api is not None and api.role is Role.CONFIG_LOAD and "derived" in api.traits

    def _spread(self, call: cst.Call, place: str) -> None:
        if isinstance(call.func, cst.Attribute) and call.func.attr.value == "format":
            text = self.file.constant(call.func.value)
            if isinstance(text, str):
                return None
        self.passes[Pass(place, self.places.callee(call.func), SPREAD)] = None
        return None

    def _by_name(self, call: cst.Call, function: str, place: str) -> None:
        key = call.args[1].value if len(call.args) > 1 else None
        names = self._names_of(key)
        for name in names:
            if function == "setattr":
                self.write(call, name, place, call.args[2].value if len(call.args) > 2 else None)
            elif function != "delattr":
                if function == "hasattr" or len(call.args) > 2:
                    self.touch(place, Kind.GUARD, name)
                self.touch(place, Kind.READ, name, call)
        if names or function == "delattr":
            return
        if function == "setattr":
            self.touch(place, Kind.OPEN)
        elif not is_shown(self.file, call):
            self.touch(place, Kind.OPAQUE)


def slot_of(call: cst.Call, arg: cst.Arg) -> str:
    """Return the keyword or the position of an argument."""
    if arg.keyword is not None:
        return arg.keyword.value
    return str(next(n for n, other in enumerate(call.args) if other is arg))
