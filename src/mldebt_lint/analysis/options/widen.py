"""Which names of a file to follow beside those that are called like options."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.options.places import NAMESPACE_TYPES, Places
from mldebt_lint.analysis.options.records import RecordFollower
from mldebt_lint.analysis.options.uses import is_loaded, is_read, last_name


class Rounds:
    """Follows everything in a file that is called like options, then whatever those values are put into."""

    def __init__(self, file: SourceFile, places: Places) -> None:
        self._file, self._places = file, places
        self.follower = RecordFollower(file, places)

    def run(self) -> None:
        """Follow until no new name holds options."""
        self._follow_parameters()
        for call in self._file.calls:
            self.follower.call(call)
        likely = {name for name in self._names if self._places.is_likely(name)}
        self._follow(likely, {name for name in self._attributes if self._places.is_likely(name)})
        self.follower.records()
        while self.follower.fresh:
            fresh = self.follower.take()
            self._places.followed |= fresh.names
            self._follow(fresh.names, fresh.names)
            for call in self._file.calls if fresh.functions else ():
                callee = self._places.callee(call.func)
                if callee[1:] in fresh.functions and callee.startswith("."):
                    self.follower.follow(call, f"R:{callee}")

    def _follow_parameters(self) -> None:
        for function in self._file.index.of(cst.FunctionDef):
            if function.params.star_kwarg is not None:
                self._places.followed.add(function.params.star_kwarg.name.value)
        for param in self._file.index.of(cst.Param):
            if param.annotation is not None and last_name(param.annotation.annotation) in NAMESPACE_TYPES:
                self._places.followed.add(param.name.value)

    def _follow(self, names: Iterable[str], attributes: Iterable[str]) -> None:
        for identifier in sorted(names):
            for name in self._names.get(identifier, ()):
                place = self._places.variable(name) if is_read(self._file.index, name) else None
                if place is not None:
                    self.follower.follow(name, place)
        for identifier in sorted(attributes):
            for attribute in self._attributes.get(identifier, ()):
                if is_loaded(self._file.index, attribute):
                    self.follower.follow(attribute, self._places.attribute(attribute))

    @cached_property
    def _names(self) -> dict[str, list[cst.Name]]:
        found: defaultdict[str, list[cst.Name]] = defaultdict(list)
        for name in self._file.index.of(cst.Name):
            found[name.value].append(name)
        return found

    @cached_property
    def _attributes(self) -> dict[str, list[cst.Attribute]]:
        found: defaultdict[str, list[cst.Attribute]] = defaultdict(list)
        for attribute in self._file.index.of(cst.Attribute):
            found[attribute.attr.value].append(attribute)
        return found
