"""Follows options through calls: as arguments, as receivers of methods, and as what is looped over."""

from __future__ import annotations

import re

import libcst as cst

from mldebt_lint.analysis.library import Role
from mldebt_lint.analysis.options.facts import ANY_SLOT, OUT_OF_ANY, SPREAD, Kind, Pass, Write
from mldebt_lint.analysis.options.follow import Follower
from mldebt_lint.analysis.options.shown import NEUTRAL, is_display, is_shown, is_shown_loop
from mldebt_lint.analysis.options.uses import slot_of

# What returns a copy of its argument, or another form of it, with the same names.
COPIES = frozenset(
    "builtins.dict copy.copy copy.deepcopy argparse.Namespace types.SimpleNamespace dataclasses.asdict "
    "dataclasses.replace".split()
)
TRANSPARENT = COPIES | {"builtins.vars"}
ITERATION = frozenset({"items", "keys", "values", "_get_kwargs", "_asdict"})
KEYED = frozenset({"get", "pop", "setdefault", "__getitem__", "__getattr__", "__getattribute__"})
BY_NAME = frozenset({"builtins.getattr", "builtins.hasattr", "builtins.setattr", "builtins.delattr"})
SEQUENCES = frozenset(
    {"builtins.sorted", "builtins.list", "builtins.tuple", "builtins.enumerate", "builtins.iter"}
)
UNKNOWN_CALLEES = "*?^"
BRACED = re.compile(r"\{(\w+)")


class CallFollower(Follower):
    """A follower that knows calls."""

    def method(self, call: cst.Call, name: str, place: str) -> None:
        """Record what the call of a method does with its receiver."""
        if name in KEYED:
            self._keyed(call, name, place)
        elif name in ITERATION:
            self.iterated(call, place)
        elif name == "copy":
            self.copied(call, place)
        elif name == "update":
            self.touch(place, Kind.OPEN)
        elif not self.parser_method(call, name, place):
            self.touch(place, Kind.READ, name)

    def _keyed(self, call: cst.Call, method: str, place: str) -> None:
        names = self.names_of(call.args[0].value) if call.args else ()
        for name in names:
            if method == "get" or len(call.args) > 1:
                self.touch(place, Kind.GUARD, name)
            self.touch(place, Kind.READ, name, call)
            if method == "pop":
                self.writes.append(Write(place, name))
        if not names:
            self.touch(place, Kind.LISTED if is_shown(self.file, call) else Kind.OPAQUE)

    def parser_method(self, call: cst.Call, name: str, place: str) -> bool:
        """Overridden where parsers are known."""
        return False

    def iterated(self, node: cst.CSTNode, place: str) -> None:
        """Record a loop over all names of a namespace: fine when it only shows them."""
        parent = self.index.parent(node)
        while isinstance(parent, cst.Arg):
            call = self.index.parent(parent)
            if not isinstance(call, cst.Call):
                break
            name = self.file.qualified(call.func)
            if name == "builtins.dict":
                self.touch(place, Kind.LISTED)
                return self.copied(call, place)
            if name not in SEQUENCES:
                break
            node, parent = call, self.index.parent(call)
        if isinstance(parent, cst.CompFor):
            comprehension = next(
                (a for a in self.index.ancestors(parent) if not isinstance(a, cst.CompFor)), None
            )
            if isinstance(comprehension, cst.DictComp):
                return self.copied(comprehension, place)
        self.touch(place, Kind.LISTED if is_shown_loop(self.file, node) else Kind.OPAQUE)
        return None

    def argument(self, arg: cst.Arg, place: str) -> None:
        """Record what a call does with an argument."""
        call = self.index.parent(arg)
        if not isinstance(call, cst.Call):
            return self.touch(place, Kind.UNCLEAR)
        name = self.file.callee(call)
        if name in COPIES:
            return self.copied(call, place)
        if self._derives(call):
            self.touch(place, Kind.LISTED)
            return self.copied(call, place)
        if name in TRANSPARENT:
            return self.follow(call, place)
        if name in BY_NAME and call.args[0] is arg:
            return self._by_name(call, str(name).rpartition(".")[2], place)
        if arg.star == SPREAD:
            return self._spread(call, place)
        if arg.star:
            return self.touch(place, Kind.OPAQUE)
        if name in NEUTRAL or is_display(self.file, call):
            return self.touch(place, Kind.LISTED) if self._is_rest(arg.value) else None
        self._handed(call, arg, place)
        return None

    def _is_rest(self, value: cst.BaseExpression) -> bool:
        """Whether an expression is the `**` parameter of the function around it."""
        function = self.index.function(value)
        rest = function.params.star_kwarg if isinstance(function, cst.FunctionDef) else None
        return rest is not None and isinstance(value, cst.Name) and value.value == rest.name.value

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
                self.hold(params[int(slot)].name.value, place)

    def _takes_in(self, receiver: cst.Name | cst.Attribute, place: str) -> bool:
        """`config.update(vars(args))`: the receiver then holds the options too."""
        identifier = receiver.value if isinstance(receiver, cst.Name) else receiver.attr.value
        if not self.places.is_likely(identifier):
            return False
        self.touch(place, Kind.OTHER)
        if isinstance(receiver, cst.Name):
            self.move(place, self.places.variable(receiver))
        else:
            self.move(place, self.places.attribute(receiver, stored=True))
        return True

    def _derives(self, call: cst.Call) -> bool:
        api = self.file.api(call)
        return api is not None and api.role is Role.CONFIG_LOAD and "derived" in api.traits

    def _spread(self, call: cst.Call, place: str) -> None:
        if isinstance(call.func, cst.Attribute) and call.func.attr.value == "format":
            return self.template(call.func.value, BRACED, place)
        if isinstance(call.func, cst.Attribute) and call.func.attr.value == "set_defaults":
            return None  # they are options again, under the same names
        self.passes[Pass(place, self.places.callee(call.func), SPREAD)] = None
        return None

    def _by_name(self, call: cst.Call, function: str, place: str) -> None:
        key = call.args[1].value if len(call.args) > 1 else None
        names = self.names_of(key)
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
        else:
            self.touch(place, Kind.LISTED if is_shown(self.file, call) else Kind.OPAQUE)
