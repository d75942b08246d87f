"""Parsers as a file makes and uses them: origins, declarations, parsing."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.library import Api, Role
from mldebt_lint.analysis.options.calls import TRANSPARENT, CallFollower
from mldebt_lint.analysis.options.declare import declared_option, normal_constant, takes_no_value
from mldebt_lint.analysis.options.facts import NESTED, PROCESS, Declared, Fill, Kind, Loaded, Origin, Parse
from mldebt_lint.analysis.options.loads import loaded_file
from mldebt_lint.analysis.options.places import Places
from mldebt_lint.analysis.options.uses import identifiers

RECEIVING: frozenset[type] = frozenset({cst.Attribute, cst.Assign, cst.AnnAssign})


class ParserFollower(CallFollower):
    """A follower that knows parsers."""

    def __init__(self, file: SourceFile, places: Places) -> None:
        super().__init__(file, places)
        self.origins: list[Origin] = []
        self.parses: list[Parse] = []
        self.fills: list[Fill] = []
        self.declared: list[Declared] = []

    # -- parsers ----------------------------------------------------------------------------------------

    def call(self, call: cst.Call) -> None:
        """Look at a call: it may make a parser, declare an option, or return either."""
        name = call.func.attr.value if isinstance(call.func, cst.Attribute) else ""
        if name in self.file.library.option_methods:
            if isinstance(call.func, cst.Attribute) and self._is_own_instance(call.func.value):
                owner = self.places.owner(call)
                self.parser_method(call, name, f"s:{self.places.label(owner)}" if owner is not None else "")
            return
        api = self._makes_parser(call)
        if api is not None:
            self._make(call, api)
        elif self._is_global_option(call):
            self._declare_global(call)
        elif (loaded := loaded_file(self.file, call)) is not None:
            place = self.places.temporary(call)
            self.loaded.append(Loaded(place, loaded))
            self.touch(place, Kind.OTHER)
            self.follow(call, place)
        elif self._may_return_options(call):
            self.follow(call, f"R:{self.places.callee(call.func)}")

    def _makes_parser(self, call: cst.Call) -> Api | None:
        """The API of a call that makes a parser, or that parses into a class at once."""
        api = self.file.api(call)
        is_parser = (
            api is not None and api.role is Role.OPTION_PARSER and (api.returns or "fills" in api.traits)
        )
        return api if is_parser else None

    def _is_own_instance(self, base: cst.BaseExpression) -> bool:
        if isinstance(base, cst.Call):
            return isinstance(base.func, cst.Name) and base.func.value == "super"
        return isinstance(base, cst.Name) and base.value == "self"

    def _make(self, call: cst.Call, api: Api) -> None:
        place = self.places.temporary(call)
        classes = tuple(self._classes(call))
        if "fills" in api.traits:
            self.fills += [Fill(place, name) for name in classes]
        else:
            self.exact = self.exact or not classes
            where = None if classes else self.file.at(call)
            self.origins.append(Origin(place, api.returns, where, classes))
        self._inherit(call, place)
        self.follow(call, place)

    def _inherit(self, call: cst.Call, place: str) -> None:
        """Parents that are made where they are given."""
        parents = self.file.arguments(call).get("parents")
        if parents is not None and not isinstance(parents, cst.List | cst.Tuple):
            self.touch(place, Kind.OPEN)
        for element in parents.elements if isinstance(parents, cst.List | cst.Tuple) else ():
            if isinstance(element.value, cst.Call) and self._makes_parser(element.value) is None:
                self.follow(element.value, f"R:{self.places.callee(element.value.func)}")
            elif not isinstance(element.value, cst.Name | cst.Attribute | cst.Call):
                self.touch(place, Kind.OPEN)

    def _classes(self, call: cst.Call) -> Iterator[str]:
        """The classes given to a parser, alone or in a tuple or list."""
        arguments = self.file.arguments(call)
        for expression in (*arguments.positional, *arguments.named.values()):
            items = [expression]
            if isinstance(expression, cst.Tuple | cst.List):
                items = [element.value for element in expression.elements]
            for item in items:
                reference = (
                    self.places.class_reference(item) if isinstance(item, cst.Name | cst.Attribute) else None
                )
                if reference is not None and not reference.startswith("builtins."):
                    yield reference

    def _may_return_options(self, call: cst.Call) -> bool:
        if not self._looks_like_options(call) or isinstance(call.func, cst.Call):
            return False
        return self.file.qualified(call.func) not in TRANSPARENT

    def _looks_like_options(self, call: cst.Call) -> bool:
        parent, function = self.index.parent(call), call.func
        name = function.value if isinstance(function, cst.Name) else ""
        name = function.attr.value if isinstance(function, cst.Attribute) else name
        if self.places.is_likely(name):
            return parent.__class__ is not cst.Expr
        if parent.__class__ not in RECEIVING:
            return False
        if isinstance(parent, cst.Attribute):
            return parent.attr.value in self.file.library.option_methods
        if isinstance(parent, cst.Assign):
            targets = [i for target in parent.targets for i in identifiers(target.target)]
            return any(self.places.is_likely(identifier) for identifier in targets)
        if isinstance(parent, cst.AnnAssign):
            return any(self.places.is_likely(identifier) for identifier in identifiers(parent.target))
        return False

    def parser_method(self, call: cst.Call, name: str, place: str) -> bool:
        api = self.file.library.option_methods.get(name)
        if api is None:
            return False
        result = self.places.temporary(call)
        if api.role is Role.OPTION:
            self._declare(call, api, place)
            return True
        if api.role is Role.CONFIG_LOAD:
            self.parses.append(Parse(place, result, name, self._is_scripted(call)))
            self._parse_into(call, result)
        else:
            self.move(place, result)
            self._declare_dest(call, place)
            if "fields" in api.traits:
                self.fills += [Fill(NESTED, name) for name in self._classes(call)]
        callee = self.places.callee(call.func)
        if not callee.startswith("*") and self.file.library.find(callee) is None:
            self.move(f"R:{callee}", result)
        self.follow(call, result)
        return True

    def _parse_into(self, call: cst.Call, result: str) -> None:
        """`parse_args(namespace=settings)` fills an object that is there already."""
        given = self.file.arguments(call, ("args", "namespace")).get("namespace")
        if given is not None:
            self.touch(result, Kind.OPEN)
            self.store(given, result)

    def _is_scripted(self, call: cst.Call) -> bool:
        given = self.file.arguments(call, ("args", "namespace")).get("args")
        definition = self.file.definition(given) if given is not None else None
        if isinstance(definition, cst.Call) and isinstance(definition.func, cst.Attribute):
            return definition.func.attr.value == "split"
        return isinstance(definition, cst.List | cst.Tuple | cst.BaseString)

    def _declare(self, call: cst.Call, api: Api, place: str) -> None:
        if "defaults" in api.traits:
            for arg in call.args:
                if arg.keyword is None:
                    self.touch(place, Kind.OPEN)
                else:
                    self.declared.append(self._set_default(arg, arg.keyword.value, place))
            return
        if takes_no_value(self.file, call):
            return
        option = declared_option(self.file, call, place)
        if option is None:
            self.touch(place, Kind.OPEN)
        else:
            self.declared.append(option)

    def _set_default(self, arg: cst.Arg, name: str, place: str) -> Declared:
        calls = self.places.callee(arg.value) if isinstance(arg.value, cst.Name | cst.Attribute) else ""
        default = normal_constant(self.file, arg.value)
        return Declared(place, name, name, self.file.at(arg), default, reported=False, calls=calls.strip("?"))

    def _dest(self, call: cst.Call) -> str:
        value = self.file.constant(self.file.arguments(call).get("dest"))
        return value if isinstance(value, str) else ""

    def _declare_dest(self, call: cst.Call, place: str) -> None:
        name = self._dest(call)
        if name:
            self.declared.append(Declared(place, name, name, self.file.at(call), reported=False))

    # -- options of the whole process -------------------------------------------------------------------

    def _is_global_option(self, call: cst.Call) -> bool:
        api = self.file.api(call)
        return api is not None and api.role is Role.OPTION and "global" in api.traits

    def _declare_global(self, call: cst.Call) -> None:
        arguments = self.file.arguments(call)
        name = self.file.constant(arguments.get("name"))
        given = arguments.get("default")
        if not isinstance(name, str):
            return
        parent = self.index.parent(call)
        holder = ""
        if isinstance(parent, cst.Assign):
            holder = next(identifiers(parent.targets[0].target), "")
        reported = isinstance(parent, cst.Expr) or bool(holder)
        default = normal_constant(self.file, given) if given is not None else None
        where = self.file.at(call)
        self.declared.append(Declared(PROCESS, name, f"--{name}", where, default, reported, holder=holder))
