"""Where values go over all files: the places of the files' facts joined into one graph."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial

from mldebt_lint.analysis.library import Library, Role
from mldebt_lint.analysis.options.facts import (
    ANY_SLOT,
    NESTED,
    OUT_OF_ANY,
    PROCESS,
    SPREAD,
    Kind,
    Move,
    OptionFacts,
    Pass,
)
from mldebt_lint.analysis.options.objects import hidden_by, hidden_by_foreign, is_other_object, only_records
from mldebt_lint.analysis.options.resolve import Resolver, Target

# A place of the whole project: the file it belongs to, empty when it belongs to none, and its name there.
Node = tuple[str, str]
# Where a value is, and its position if it is part of a tuple there, -1 if not.
State = tuple[Node, int]

# How a node is touched, the name of the attribute or key, and the file.
Touched = tuple[Kind, str, str]

PLAIN_BASES = ("builtins.object", "typing.", "abc.", "enum.")
DEEP = 1000  # the position of what is in a tuple in a tuple
NOWHERE = -9
FEW = 4
ALL_OF_THE_PROCESS: Node = ("", PROCESS)


class Graph:
    """Edges between nodes, and the touches of each node."""

    def __init__(self, facts: Mapping[str, OptionFacts], resolver: Resolver, library: Library) -> None:
        self._facts, self._resolver, self._library = facts, resolver, library
        self._edges: defaultdict[Node, list[Node]] = defaultdict(list)
        # Edges on which values go into a tuple or out of one.
        self._turns: defaultdict[Node, list[tuple[Node, int, int]]] = defaultdict(list)
        self._touches: defaultdict[Node, list[Touched]] = defaultdict(list)
        self._nodes: dict[tuple[str, str], tuple[Node, ...]] = {}
        self._entered: set[Node] = set()
        self._same: dict[Node, Node] = {}  # large projects have many edges: equal nodes are one object
        self._reads = cache(_reads)
        # What goes to each of many functions goes there through one node; by gate, what goes in.
        self._gates: dict[Node, set[Node]] = {}
        self._is_other = cache(partial(is_other_object, facts=facts, resolver=resolver, library=library))
        self._gate_of: dict[tuple[str, int], Node] = {}
        self._held = self._functions_held()
        for path, fact in facts.items():
            self._add(path, fact)
        for gate, sources in self._gates.items():
            into = {*self._edges.get(gate, ()), *(target for target, _, _ in self._turns.get(gate, ()))}
            self._entered |= into if len(sources) > 1 else into - sources
        self._join_attributes()
        self.mixed = self._below(Kind.OTHER)
        self.copies = self._below(Kind.COPY)

    def reach(self, starts: Iterator[State] | list[State]) -> set[State]:
        """Return every state that values at the given states come to, themselves included."""
        seen, todo = set(starts), list(starts)
        while todo:
            node, item = todo.pop()
            states = [(target, item) for target in self._edges.get(node, ())]
            states += [(target, _item(item, pack, out)) for target, pack, out in self._turns.get(node, ())]
            for state in states:
                if state[1] != NOWHERE and state not in seen:
                    seen.add(state)
                    todo.append(state)
        return seen

    def touches(self, node: Node) -> Iterator[Touched]:
        """Yield what is done with the values at a node."""
        yield from self._touches.get(node, ())
        path, place = node
        function = self._resolver.function(path, place[2:]) if place.startswith("r:") else None
        if function is not None and not function.told and not function.computed:
            yield Kind.UNCLEAR, "", path  # nobody follows what it returns into other files

    def _below(self, kind: Kind) -> set[Node]:
        """The nodes that are touched in this way, and all that values go to from there."""
        touched = [
            (node, -1) for node, touches in self._touches.items() if any(k is kind for k, _, _ in touches)
        ]
        return {node for node, _ in self.reach(touched)}

    def connect(self, source: Node, target: Node, pack: int = -1, unpack: int = -1) -> None:
        """Let values go from node to node."""
        if source != target:
            target = self._same.setdefault(target, target)
            if pack == unpack == -1:
                self._edges[source].append(target)
            else:
                self._turns[source].append((target, pack, unpack))
            if source not in self._gates:
                self._entered.add(target)

    def loose_reads(self, path: str) -> frozenset[str]:
        """Return what a file's functions read of parameters that nothing visible is passed for."""
        params = {f"v:{f.name}:{name}" for f in self._facts[path].functions for name in (*f.params, f.kwargs)}
        return frozenset(
            touch.name
            for touch in self._facts[path].touches
            if touch.kind in (Kind.READ, Kind.GUARD)
            and touch.place in params
            and (path, touch.place) not in self._entered
        )

    # -- nodes ------------------------------------------------------------------------------------------

    def nodes(self, path: str, place: str) -> tuple[Node, ...]:
        """Return all nodes that a place of one file may be."""
        key = (path, place)
        if key not in self._nodes:
            self._nodes[key] = tuple(self._find(path, place))
        return self._nodes[key]

    def _find(self, path: str, place: str) -> Iterator[Node]:
        kind, _, rest = place.partition(":")
        if kind == "a" and not rest.startswith(("?", "!")):
            owner, _, name = rest.rpartition(".")
            yield self._attribute(path, owner, name)
        elif kind == "g":
            yield from self._imported(path, rest)
        elif kind == "R":
            yield from self._returned(path, rest)
        elif kind == "I":
            for target in self._resolver.callees(rest, path):
                if target.shape is not None:
                    yield (target.path, f"s:{target.name}")
        elif place in (PROCESS, NESTED):
            yield ("", place)
        elif rest.startswith(("?", "!")):
            yield ("", place)
        else:
            yield (path, place)

    def _attribute(self, path: str, owner: str, name: str) -> Node:
        family_path, family = self._resolver.family(path, owner)
        return (family_path, f"a:{family}.{name}")

    def _imported(self, path: str, dotted: str) -> Iterator[Node]:
        if dotted.startswith("*."):
            for module in self._facts[path].stars:
                yield from self._imported(path, f"{module}{dotted[1:]}")
            return
        if dotted.startswith("."):
            yield self._member_of(path, dotted[1:])
            return
        found = self._resolver.locate(dotted, path)
        if found is not None:
            if found[1]:
                yield self._member_of(*found)
            return
        api = self._library.find(dotted)
        is_shared = api is not None and api.role is Role.CONFIG_LOAD and {"options", "setting"} <= api.traits
        yield ALL_OF_THE_PROCESS if is_shared else ("", f"g:{dotted}")

    def _member_of(self, path: str, name: str) -> Node:
        owner, _, last = name.rpartition(".")
        return self._attribute(path, owner, last) if owner else (path, f"v::{name}")

    def _returned(self, path: str, callee: str) -> Iterator[Node]:
        for target in self._targets(path, callee):
            if target.function is not None:
                yield (target.path, f"r:{target.name}")
            elif target.shape is not None:
                yield (target.path, f"s:{target.name}")

    # -- edges ------------------------------------------------------------------------------------------

    def _add(self, path: str, fact: OptionFacts) -> None:
        for move in fact.moves:
            self._add_move(path, move)
        for passed in fact.passes:
            self._add_pass(path, passed)
        for fill in fact.fills:
            for instance in self.nodes(path, f"I:{fill.cls}"):
                for node in self.nodes(path, fill.target):
                    self.connect(instance, node)
        for touch in fact.touches:
            for node in self.nodes(path, touch.place):
                self._touches[node].append((touch.kind, touch.name, path))
        for function in fact.functions:
            if function.computed and function.owner:
                attribute = self._attribute(path, function.owner, function.name.rpartition(".")[2])
                self.connect((path, f"r:{function.name}"), attribute)

    def _add_move(self, path: str, move: Move) -> None:
        sources, targets = self.nodes(path, move.source), self.nodes(path, move.target)
        for target in targets:
            for source in sources:
                self.connect(source, target, move.pack, move.unpack)
                if move.source.startswith("R:") and self._is_other(source):
                    self._touches[target].append((Kind.OTHER, "", path))
            if not sources and move.source.rpartition(".")[2] not in self._library.option_methods:
                self._touches[target].append((Kind.OTHER, "", path))

    def _add_pass(self, path: str, passed: Pass) -> None:
        nodes = self.nodes(path, passed.place)
        targets = self._targets(path, passed.callee) if nodes else ()
        if len(targets) > FEW and passed.slot != ANY_SLOT:
            gate = self._gate(targets, passed.slot, path)
            self._gates[gate].update(nodes)
            for node in nodes:
                self.connect(node, gate)
            return
        for node in nodes:
            if not targets and passed.slot != ANY_SLOT:
                self._touches[node].append((hidden_by(passed), "", path))
            for target in targets:
                self._enter(node, target, passed.slot, path)

    def _gate(self, targets: Sequence[Target], slot: str, path: str) -> Node:
        """Return the node through which values go into one parameter of many functions."""
        key = (slot, id(targets))
        if key not in self._gate_of:
            gate = self._gate_of[key] = ("", f"m:{len(self._gates)}")
            self._gates[gate] = set()
            for target in targets:
                self._enter(gate, target, slot, path)
        return self._gate_of[key]

    def _targets(self, path: str, callee: str) -> Sequence[Target]:
        """Return everything that a callee may be, the same object each time."""
        found = self._resolver.callees(callee, path)
        if callee.startswith("*.") or not any(target.path for target in found):
            return self._held.get(callee.rpartition(".")[2]) or found
        return found

    def _functions_held(self) -> dict[str, list[Target]]:
        """The functions that options hold by default: `set_defaults(run=train)`."""
        held: defaultdict[str, list[Target]] = defaultdict(list)
        for path, fact in self._facts.items():
            for option in fact.declared:
                if option.calls:
                    held[option.dest] += [t for t in self._resolver.callees(option.calls, path) if t.path]
        return held

    def _enter(self, node: Node, target: Target, slot: str, path: str) -> None:
        """A value goes into a function or class."""
        if not target.path:
            if slot != ANY_SLOT:
                kind = hidden_by_foreign(target, slot, self._library)
                self._touches[node].append((kind, "", path))
                if kind is Kind.OPAQUE and slot != SPREAD and not only_records(target, self._library):
                    self._touches[node].append((Kind.OPEN, "", path))
        elif target.function is not None:
            self._enter_function(node, target, slot)
        else:
            self._enter_class(node, target, slot, path)

    def _enter_function(self, node: Node, target: Target, slot: str) -> None:
        function = target.function
        assert function is not None
        params = function.params[1:] if function.owner and not function.static else function.params
        if slot == ANY_SLOT:
            for name in function.followed:
                self.connect(node, (target.path, f"v:{function.name}:{name}"), unpack=OUT_OF_ANY)
        elif slot == SPREAD:
            self._touches[node] += self._reads(target.path, function.name, params)
            if function.kwargs:
                self.connect(node, (target.path, f"v:{function.name}:{function.kwargs}"))
        else:
            name = params[int(slot)] if slot.isdigit() and int(slot) < len(params) else slot
            if name in function.followed and name in params:
                self.connect(node, (target.path, f"v:{function.name}:{name}"))
            else:
                self._touches[node].append((Kind.UNCLEAR, "", target.path))

    def _enter_class(self, node: Node, target: Target, slot: str, path: str) -> None:
        ancestry = self._resolver.ancestry(target)
        fields = [name for a in ancestry if a.shape is not None for name in a.shape.fields]
        for maker in self._resolver.constructors(target):
            if maker.path:
                return self._enter(node, maker, slot, path)
            if not fields and not maker.name.startswith(PLAIN_BASES):
                self._touches[node].append((Kind.OPAQUE, "", path))
        return self._enter_fields(node, target, slot, fields)

    def _enter_fields(self, node: Node, target: Target, slot: str, fields: list[str]) -> None:
        if slot == SPREAD:
            self._touches[node] += self._reads(target.path, target.name, tuple(fields))
        else:
            name = fields[int(slot)] if slot.isdigit() and int(slot) < len(fields) else slot
            self.connect(node, self._attribute(target.path, target.name, name))

    def _join_attributes(self) -> None:
        """An attribute read of an unknown receiver may be any of that name; one stored on one, too."""
        nodes = {*self._same, *self._edges, *self._turns, *self._touches}
        for node in nodes:
            if node[0] and node[1].startswith("a:"):
                name = node[1].rpartition(".")[2]
                self.connect(node, ("", f"a:?.{name}"))
                self.connect(("", f"a:!.{name}"), node)
        for node in nodes:
            if node[1].startswith("a:!."):
                self.connect(node, ("", f"a:?.{node[1][4:]}"))


def _reads(path: str, _: str, names: Sequence[str]) -> list[Touched]:
    return [(Kind.READ, name, path) for name in names]


def _item(item: int, pack: int, unpack: int) -> int:
    """The position of a value after a move; NOWHERE when it does not go that way."""
    if unpack == OUT_OF_ANY:
        return -1
    if pack >= 0:
        return pack if item == -1 else DEEP
    if unpack >= 0:
        return -1 if item in (unpack, DEEP) else NOWHERE
    return item
