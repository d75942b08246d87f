"""The options of every parser of a project, with all that is known of what reads and sets them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from mldebt_lint.analysis.options.facts import (
    NESTED,
    Declared,
    Default,
    Kind,
    OptionFacts,
    OptionNames,
    Touch,
    Write,
)
from mldebt_lint.analysis.options.graph import ALL_OF_THE_PROCESS, Graph, Node, State
from mldebt_lint.analysis.options.resolve import Resolver, Target
from mldebt_lint.analysis.project import Project
from mldebt_lint.model import Location

# What may be asked of a parser without looking at, or adding to, its options.
HARMLESS = frozenset(
    "error exit print_help print_usage format_help format_usage prog description epilog usage required title "
    "get_default convert_arg_line_to_args formatter_class conflict_handler register".split()
)
# Stands for an attribute of the namespace that holds a filled object.
IN_NAMESPACE: Node = ("", NESTED)
NO_NAMES = OptionNames(frozenset(), frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class Read:
    """One place that reads an option."""

    node: Node
    name: str
    path: str
    where: Location | None


@dataclass(slots=True)
class OptionSet:
    """The options that one parser, or one class that a parser fills, holds, and what happens to their values.

    `parsed` is true when the project is seen to parse; `tolerant` when it only does so with unknown options
    allowed. `opaque` values may be read anywhere,
    `unclear` ones by any code of the project, `listed` ones are gone through or recorded all together. `open` sets may hold names that nobody sees, `filled` ones
    are the fields of a class. `given` are the nodes that a user's values reach.
    """

    where: Location | None
    options: list[Declared] = field(default_factory=list)
    nodes: set[Node] = field(default_factory=set)
    reads: list[Read] = field(default_factory=list)
    writes: list[tuple[Node, Write]] = field(default_factory=list)
    guarded: set[str] = field(default_factory=set)
    parsed: bool = False
    tolerant: bool = True
    opaque: bool = False
    unclear: bool = False
    listed: bool = False
    open: bool = False
    filled: bool = False
    begins: set[Node] = field(default_factory=set)
    given: set[Node] = field(default_factory=set)

    @property
    def names(self) -> set[str]:
        """All names that the set declares."""
        return {option.dest for option in self.options}

    @property
    def is_closed(self) -> bool:
        """Whether every name that the values can have is known."""
        return self.parsed and not self.open and not self.filled

    def has(self, name: str) -> bool:
        """Whether the values may have this name: declared, set by code, or asked for first."""
        is_set = any(write.name == name for _, write in self.writes)
        return is_set or name in self.names or name in self.guarded


class OptionSets:
    """All option sets of a project."""

    def __init__(self, project: Project) -> None:
        self.facts = {f.path: f for path in project.modules for f in project.facts_of(path, OptionFacts)[:1]}
        self.project = project
        self.resolver = Resolver(project, self.facts)
        self._filled: defaultdict[Target, list[State]] = defaultdict(list)
        self.graph = Graph(self.facts, self.resolver, project.library)
        self._library = project.library
        self._declared: defaultdict[Node, list[Declared]] = defaultdict(list)
        self._places: defaultdict[Node, list[Touch]] = defaultdict(list)
        self._writes: defaultdict[Node, list[Write]] = defaultdict(list)
        for path, fact in self.facts.items():
            for option in fact.declared:
                for node in self.graph.nodes(path, option.place):
                    self._declared[node].append(option)
            for touch in fact.touches:
                for node in self.graph.nodes(path, touch.place):
                    self._places[node].append(touch)
            for write in fact.writes:
                for node in self.graph.nodes(path, write.place):
                    self._writes[node].append(write)
        self.sets = [*self._of_parsers(), *self._of_classes(), *self._of_process()]

    # -- parsers ----------------------------------------------------------------------------------------

    def _of_parsers(self) -> Iterator[OptionSet]:
        for path, fact in self.facts.items():
            for origin in fact.origins:
                nodes = self.graph.nodes(path, origin.place)
                found = self._of_parser(OptionSet(origin.where), nodes, origin.type)
                for item, name in enumerate(origin.classes):
                    for target in self._classes(name, path):
                        self._filled[target] += [(node, item) for node in sorted(found.begins)]
                yield found
            for shape in fact.shapes:
                target = Target(path, shape.name, shape=shape)
                for base in self.resolver.ancestry(target)[1:]:
                    api = self._library.find(base.name) if not base.path else None
                    if api is not None and api.returns == base.name and "fields" not in api.traits:
                        yield self._of_parser(OptionSet(None), ((path, f"s:{shape.name}"),), api.returns)

    def _of_parser(self, found: OptionSet, starts: Sequence[Node], kind: str) -> OptionSet:
        states = self.graph.reach([(node, -1) for node in starts])
        nodes = {node for node, item in states if item == -1}
        for node in sorted(nodes):
            found.options += self._declared.get(node, [])
            for touch in self._places.get(node, ()):
                found.open |= touch.kind in (Kind.OPEN, Kind.UNCLEAR, Kind.OPAQUE)
                found.open |= touch.kind is Kind.READ and touch.name not in HARMLESS
        for node, _ in states:
            found.open |= any(kind in (Kind.UNCLEAR, Kind.OPAQUE) for kind, _, _ in self.graph.touches(node))
        begins = list(self._parsed(found, nodes, kind))
        self._spread(found, [state for state, _ in begins])
        given = self.graph.reach([state for state, scripted in begins if not scripted])
        found.given = {node for node, item in given if item == -1}
        return found

    def _parsed(self, found: OptionSet, nodes: set[Node], kind: str) -> Iterator[tuple[State, bool]]:
        """The states in which the parsed values begin, and whether the program itself says what to parse."""
        for path, fact in self.facts.items():
            for parse in fact.parses:
                if nodes.isdisjoint(self.graph.nodes(path, parse.parser)):
                    continue
                api = self._library.find(f"{kind}.{parse.method}") or self._library.option_methods.get(
                    parse.method
                )
                traits = api.traits if api is not None else frozenset()
                found.parsed = True
                found.tolerant &= "opaque" in traits
                item = 0 if "pair" in traits else -1
                for node in self.graph.nodes(path, parse.target):
                    found.begins.add(node)
                    yield (node, item), parse.scripted

    def _spread(self, found: OptionSet, starts: list[State]) -> None:
        """Follow the values and note what happens to them."""
        for node, item in sorted(self.graph.reach(starts)):
            found.opaque |= bool(node[0]) and self.facts[node[0]].executes
            for kind, name, path in self.graph.touches(node):
                found.opaque |= kind is Kind.OPAQUE
                found.unclear |= kind is Kind.UNCLEAR
                found.listed |= kind is Kind.LISTED
                if item == -1:
                    self._note(found, node, kind, name, path)
            if item == -1:
                found.nodes.add(node)
                found.writes += [(node, write) for write in self._writes.get(node, ())]
                found.reads += [
                    Read(node, touch.name, touch.where.path, touch.where)
                    for touch in self._places.get(node, ())
                    if touch.kind is Kind.READ and touch.where is not None
                ]

    def _note(self, found: OptionSet, node: Node, kind: Kind, name: str, path: str) -> None:
        found.open |= kind is Kind.OPEN
        if kind is Kind.GUARD:
            found.guarded.add(name)
        if kind in (Kind.READ, Kind.GUARD):
            found.reads.append(Read(node, name, path, None))

    # -- classes ----------------------------------------------------------------------------------------

    def _classes(self, name: str, path: str) -> list[Target]:
        return [target for target in self.resolver.callees(name, path) if target.shape is not None]

    def _of_classes(self) -> Iterator[OptionSet]:
        for path, fact in self.facts.items():
            for fill in fact.fills:
                for target in self._classes(fill.cls, path):
                    self._filled[target] += [(node, -1) for node in self.graph.nodes(path, fill.target)]
            for shape in fact.shapes:
                target = Target(path, shape.name, shape=shape)
                if any(self._fills(base) for base in self.resolver.ancestry(target)[1:]):
                    self._filled[target] += []
        for target, states in self._filled.items():
            yield self._of_class(target, states)

    def _fills(self, base: Target) -> bool:
        api = self._library.find(base.name) if not base.path else None
        return api is not None and "fields" in api.traits

    def _of_class(self, target: Target, states: list[State]) -> OptionSet:
        found = OptionSet(None, parsed=True, tolerant=False, filled=True)
        found.unclear = any(node == IN_NAMESPACE for node, _ in states)
        starts = [state for state in states if state[0] != IN_NAMESPACE]
        found.given = {node for node, item in self.graph.reach(starts) if item == -1}
        for ancestor in self.resolver.ancestry(target):
            if ancestor.path:
                node = (ancestor.path, f"s:{ancestor.name}")
                found.options += self._declared.get(node, [])
                starts.append((node, -1))
            else:
                found.open = True
        self._spread(found, starts)
        return found

    def _of_process(self) -> Iterator[OptionSet]:
        """The options that the whole process shares."""
        options = self._declared.get(ALL_OF_THE_PROCESS, [])
        if options:
            found = OptionSet(None, parsed=True, tolerant=False, options=list(options))
            starts = [(ALL_OF_THE_PROCESS, -1)]
            found.given = {node for node, item in self.graph.reach(starts) if item == -1}
            self._spread(found, starts)
            yield found

    # -- questions --------------------------------------------------------------------------------------

    def is_mixed(self, node: Node) -> bool:
        """Whether a place also holds what is no parsed namespace."""
        return node in self.graph.mixed

    def is_copy(self, node: Node) -> bool:
        """Whether a place holds a copy, so that what is set there leaves the options alone."""
        return node in self.graph.copies

    def meet(self, one: str, other: str) -> bool:
        """Whether two files can be parts of one process."""
        project = self.project
        if one == other or other in project.closure(one) or one in project.closure(other):
            return True
        programs = project.programs_of(one)
        return not programs or any(other in program.files for program in programs)

    def names(self, path: str) -> OptionNames:
        """Return the names of a file that may be options."""
        return next(iter(self.project.facts_of(path, OptionNames)), NO_NAMES)

    def defaults(self, path: str, function: str, param: str) -> list[Default]:
        """Return the constant defaults of a parameter, one for each definition of the function."""
        known = self.project.facts_of(path, Default)
        return [default for default in known if (default.function, default.param) == (function, param)]

    @cached_property
    def written(self) -> frozenset[str]:
        """The attributes that any file sets on anything but `self`."""
        return frozenset(name for path in self.facts for name in self.names(path).written)

    def loose_reads(self, path: str) -> frozenset[str]:
        """Return what a file's functions read of parameters that nothing visible is passed for."""
        return self.graph.loose_reads(path)


def option_sets(project: Project) -> OptionSets:
    """Return the option sets of a project."""
    return OptionSets(project)
