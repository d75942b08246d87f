"""Follows an expression that holds a parser or parsed options to what is done with it."""

from __future__ import annotations

import re

import libcst as cst

from mldebt_lint.analysis.options.facts import SPREAD, Hand, Kind
from mldebt_lint.analysis.options.notes import Notes
from mldebt_lint.analysis.options.shown import is_shown
from mldebt_lint.analysis.options.uses import assigned, slot_of

NAMED = re.compile(r"%\((\w+)\)")


class Follower(Notes):
    """Climbs from expressions to the statements that use them."""

    # -- climbing ---------------------------------------------------------------------------------------

    def follow(self, node: cst.CSTNode, place: str) -> None:  # noqa: PLR0912  # one branch for each kind of parent
        """Record what is done with the value of an expression that is at a place."""
        parent = self.index.parent(node)
        match parent:
            case cst.Attribute():
                self._attribute(parent, place)
            case cst.Subscript() if parent.value is node:
                self._subscript(parent, place)
            case cst.Arg():
                self.argument(parent, place)
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
                self._merged(parent, place)
            case cst.BinaryOperation() if isinstance(parent.operator, cst.Modulo) and parent.right is node:
                self.template(parent.left, NAMED, place)
            case cst.WithItem() if parent.asname is not None and parent.item is node:
                self.store(parent.asname.name, place)
            case cst.For() if parent.iter is node:
                self.iterated(node, place)
            case cst.CompFor() if parent.iter is node:
                self.iterated(node, place)
            case cst.ComparisonTarget() | cst.Comparison():
                self._compared(parent, place)
            case cst.Dict() | cst.DictElement() | cst.Yield() | cst.From() | cst.Lambda() | cst.AugAssign():
                self.touch(place, Kind.UNCLEAR)
            case cst.Decorator():
                self.touch(place, Kind.OPAQUE)
            case cst.StarredElement() | cst.Match():
                self.touch(place, Kind.OPAQUE)

    def _through(self, parent: cst.CSTNode, place: str) -> None:
        around = self.index.parent(parent)
        if isinstance(parent, cst.StarredDictElement) and around is not None:
            self._merged(around, place)
        else:
            self.follow(parent, place)

    def _merged(self, node: cst.CSTNode, place: str) -> None:
        """A new dict of the options and of other things."""
        merged = self.places.temporary(node)
        self.move(place, merged)
        self.touch(merged, Kind.OTHER)
        self.follow(node, merged)

    def copied(self, node: cst.CSTNode, place: str) -> None:
        """A new object with the same options."""
        copy = self.places.temporary(node)
        self.move(place, copy)
        self.touch(copy, Kind.COPY)
        self.follow(node, copy)

    def template(self, text: cst.BaseExpression, names: re.Pattern[str], place: str) -> None:
        """Record the options that a text takes by name."""
        value = self.file.constant(text)
        if not isinstance(value, str):
            return self.touch(place, Kind.OPAQUE)
        for name in names.findall(value):
            self.touch(place, Kind.READ, name)
        return None

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
                self.hold(target.value, place)
        else:
            self.move(place, self.places.attribute(target, stored=True), unpack=unpack)
            self.hold(target.attr.value, place)

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
                for name in self.names_of(comparison.left):
                    self.touch(place, Kind.GUARD, name)

    # -- attributes and keys ----------------------------------------------------------------------------

    def _attribute(self, node: cst.Attribute, place: str) -> None:
        name, parent = node.attr.value, self.index.parent(node)
        is_set, value = assigned(self.index, node)
        if name == "__dict__":
            return self.touch(place, Kind.OPEN) if is_set else self.follow(node, place)
        if isinstance(parent, cst.Call) and parent.func is node:
            return self.method(parent, name, place)
        if is_set:
            return self.write(node, name, place, value)
        if not isinstance(parent, cst.Del):
            self.touch(place, Kind.READ, name, node)
            self._handed_on(node, name, place)
        return None

    def _handed_on(self, node: cst.CSTNode, name: str, place: str) -> None:
        """The value of an option, or of a part of it, may be an argument."""
        parent = self.index.parent(node)
        while isinstance(parent, cst.Subscript | cst.Attribute) and parent.value is node:
            first = parent.slice[0].slice if isinstance(parent, cst.Subscript) else None
            key = self.file.constant(first.value) if isinstance(first, cst.Index) else None
            part = parent.attr.value if isinstance(parent, cst.Attribute) else key
            if not isinstance(part, str):
                return
            node, name, parent = parent, f"{name}.{part}", self.index.parent(parent)
        call = self.index.parent(parent) if isinstance(parent, cst.Arg) else None
        if isinstance(parent, cst.Arg) and isinstance(call, cst.Call) and parent.star in ("", SPREAD):
            slot = parent.star or slot_of(call, parent)
            self.hands[Hand(place, name, self.places.callee(call.func), slot)] = None

    def _subscript(self, node: cst.Subscript, place: str) -> None:
        first = node.slice[0].slice
        key = first.value if isinstance(first, cst.Index) else None
        if isinstance(key, cst.Integer):
            temporary = self.places.temporary(node)
            self.move(place, temporary, unpack=int(key.value, 0))
            return self.follow(node, temporary)
        is_set, value = assigned(self.index, node)
        names = self.names_of(key)
        for name in names:
            if is_set:
                self.write(node, name, place, value)
            elif not isinstance(self.index.parent(node), cst.Del):
                self.touch(place, Kind.READ, name, node)
                self._handed_on(node, name, place)
        if not names:
            kind = Kind.LISTED if is_shown(self.file, node) else Kind.OPAQUE
            self.touch(place, Kind.OPEN if is_set else kind)
        return None

    # -- calls ------------------------------------------------------------------------------------------

    def argument(self, arg: cst.Arg, place: str) -> None:
        """Record what a call does with an argument."""
        raise NotImplementedError

    def method(self, call: cst.Call, name: str, place: str) -> None:
        """Record what the call of a method does with its receiver."""
        raise NotImplementedError

    def iterated(self, node: cst.CSTNode, place: str) -> None:
        """Record what a loop over the names or values of options does with them."""
        raise NotImplementedError
