"""From names to what they mean: scopes, bindings, and qualified names through imports and aliases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

import libcst as cst

from mldebt_lint.analysis.syntax import SCOPES, Index

COMPREHENSIONS: frozenset[type] = frozenset({cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp})
MAX_DEPTH = 12


class Binds(Enum):
    """How a name comes to mean something."""

    IMPORT = "import"
    VALUE = "value"  # name = <value>
    PART = "part"  # a, b = <value>;  for a in <value>;  with <value> as a
    PARAMETER = "parameter"
    DEFINITION = "definition"  # def, class
    CHANGE = "change"  # name += …, del name, except … as name


@dataclass(frozen=True, slots=True, eq=False)
class Binding:
    """One place that gives a name a meaning.

    `value` is the expression bound (VALUE), taken apart (PART), the annotation (PARAMETER) or the definition;
    `target` the qualified name of an import; `part` the position in a tuple.
    """

    name: str
    how: Binds
    node: cst.CSTNode
    value: cst.CSTNode | None = None
    target: str = ""
    part: int | None = None
    annotation: cst.BaseExpression | None = None


class Names:
    """Every scope's bindings of one file; notebook cells share their top scope."""

    def __init__(self, index: Index, module_name: str, is_package: bool = False) -> None:
        self.index = index
        self.module_name = module_name
        self.stars: list[str] = []
        self._package = module_name if is_package else module_name.rpartition(".")[0]
        # Keyed by id(), as in the index.
        self._scopes: defaultdict[int, dict[str, list[Binding]]] = defaultdict(dict)
        self._globals: defaultdict[int, set[str]] = defaultdict(set)
        self._top = index.modules[0] if index.modules else None
        self._scope_of: dict[int, cst.CSTNode] = {}
        self._collect()

    # -- scopes -----------------------------------------------------------------------------------------

    def scope(self, node: cst.CSTNode) -> cst.CSTNode:
        """Return the scope (function, class, lambda, comprehension or the shared top module) of a node."""
        known, parents = self._scope_of, self.index.parents
        below, trail = node, []
        found: cst.CSTNode | None = None
        while (ancestor := parents.get(id(below))) is not None:
            if (found := known.get(id(below))) is not None:
                break
            trail.append(id(below))
            kind = ancestor.__class__
            if kind in COMPREHENSIONS or (kind in SCOPES and _is_inside(ancestor, below)):
                found = ancestor
                break
            below = ancestor
        scope = self._shared(found if found is not None else node)
        for item in trail:
            known[item] = scope
        return scope

    def _shared(self, scope: cst.CSTNode) -> cst.CSTNode:
        return self._top if scope.__class__ is cst.Module and self._top is not None else scope

    def bindings(self, name: str, at: cst.CSTNode) -> tuple[cst.CSTNode | None, list[Binding]]:
        """Return the scope that `name` refers to when read at `at`, and all its bindings there."""
        scope = self.scope(at)
        first = True
        while True:
            known = self._scopes[id(scope)].get(name)
            if known and (first or scope.__class__ is not cst.ClassDef):
                return scope, known
            if scope is self._top or scope.__class__ is cst.Module:
                return None, []
            scope, first = self.scope(scope), False

    def bound_in(self, scope: cst.CSTNode) -> dict[str, list[Binding]]:
        """Return the bindings of one scope by name."""
        return self._scopes[id(self._shared(scope))]

    @property
    def top(self) -> dict[str, list[Binding]]:
        """The bindings of the file's top level."""
        return self._scopes[id(self._top)] if self._top is not None else {}

    # -- collecting -------------------------------------------------------------------------------------

    def _collect(self) -> None:
        for node in self.index.of(cst.Global):
            self._globals[id(self.scope(node))].update(item.name.value for item in node.names)
        for binding in self._all():
            scope = self._home(binding)
            self._scopes[id(scope)].setdefault(binding.name, []).append(binding)

    def _home(self, binding: Binding) -> cst.CSTNode:
        if binding.how is Binds.PARAMETER:
            owner = self.index.enclosing(binding.node, cst.FunctionDef, cst.Lambda)
            return owner if owner is not None else self.scope(binding.node)
        scope = self.scope(binding.node)
        while scope.__class__ in COMPREHENSIONS and isinstance(binding.node, cst.NamedExpr):
            scope = self.scope(scope)
        if binding.name in self._globals.get(id(scope), ()) and self._top is not None:
            return self._top
        return scope

    def _all(self) -> Iterator[Binding]:
        yield from self._imports()
        yield from self._assignments()
        yield from self._other_targets()
        for function in self.index.of(cst.FunctionDef):
            yield Binding(function.name.value, Binds.DEFINITION, function, function)
        for defined in self.index.of(cst.ClassDef):
            yield Binding(defined.name.value, Binds.DEFINITION, defined, defined)
        for param in self.index.of(cst.Param):
            annotation = param.annotation.annotation if param.annotation else None
            yield Binding(param.name.value, Binds.PARAMETER, param, param.default, annotation=annotation)

    def _imports(self) -> Iterator[Binding]:
        for node in self.index.of(cst.Import):
            for alias in node.names:
                dotted = dotted_name(alias.name)
                if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
                    yield Binding(alias.asname.name.value, Binds.IMPORT, node, target=dotted)
                else:
                    top = dotted.partition(".")[0]
                    yield Binding(top, Binds.IMPORT, node, target=top)
        for node_from in self.index.of(cst.ImportFrom):
            base = self.absolute(node_from)
            if isinstance(node_from.names, cst.ImportStar):
                self.stars.append(base)
                continue
            for alias in node_from.names:
                name = dotted_name(alias.name)
                local = alias.asname.name if alias.asname is not None else None
                shown = local.value if isinstance(local, cst.Name) else name
                yield Binding(shown, Binds.IMPORT, node_from, target=f"{base}.{name}" if base else name)

    def absolute(self, node: cst.ImportFrom) -> str:
        """Return the absolute dotted module of a `from … import`, relative ones resolved by this module's name."""
        module = dotted_name(node.module) if node.module is not None else ""
        if not node.relative:
            return module
        base = self._package.split(".") if self._package else []
        cut = len(node.relative) - 1
        base = base[: len(base) - cut] if cut else base
        return ".".join([*base, module] if module else base)

    def _assignments(self) -> Iterator[Binding]:
        for target in self.index.of(cst.AssignTarget):
            statement = self.index.parent(target)
            value = statement.value if isinstance(statement, cst.Assign) else None
            yield from _targets(target.target, value, target)
        for annotated in self.index.of(cst.AnnAssign):
            if isinstance(annotated.target, cst.Name) and annotated.value is not None:
                note = annotated.annotation.annotation
                name = annotated.target.value
                yield Binding(name, Binds.VALUE, annotated, annotated.value, annotation=note)
        for walrus in self.index.of(cst.NamedExpr):
            yield from _targets(walrus.target, walrus.value, walrus)
        for change in self.index.of(cst.AugAssign):
            if isinstance(change.target, cst.Name):
                yield Binding(change.target.value, Binds.CHANGE, change)

    def _other_targets(self) -> Iterator[Binding]:
        for loop in self.index.of(cst.For):
            yield from _parts(loop.target, loop.iter, loop)
        for comp in self.index.of(cst.CompFor):
            yield from _parts(comp.target, comp.iter, comp)
        for item in self.index.of(cst.WithItem):
            if item.asname is not None:
                yield from _parts(item.asname.name, item.item, item)
        for handler in self.index.of(cst.ExceptHandler):
            if handler.name is not None:
                yield from _parts(handler.name.name, None, handler)
        for removal in self.index.of(cst.Del):
            if isinstance(removal.target, cst.Name):
                yield Binding(removal.target.value, Binds.CHANGE, removal)
        for captured in self.index.of(cst.MatchAs):
            if captured.name is not None:
                yield Binding(captured.name.value, Binds.CHANGE, captured)


def _is_inside(scope: cst.CSTNode, child: cst.CSTNode) -> bool:
    """Decorators, defaults, annotations and bases of a definition belong to the scope around it."""
    return scope.__class__ is cst.Module or child is getattr(scope, "body", None)


def _targets(target: cst.CSTNode, value: cst.CSTNode | None, node: cst.CSTNode) -> Iterator[Binding]:
    if isinstance(target, cst.Name):
        yield Binding(target.value, Binds.VALUE, node, value)
    elif isinstance(target, cst.Tuple | cst.List):
        pairs = _paired(target, value)
        for part, element in enumerate(target.elements):
            if pairs is not None:
                yield from _targets(element.value, pairs[part], node)
            else:
                yield from _parts(element.value, value, node, part)


def _paired(target: cst.Tuple | cst.List, value: cst.CSTNode | None) -> list[cst.BaseExpression] | None:
    if not isinstance(value, cst.Tuple | cst.List) or len(value.elements) != len(target.elements):
        return None
    if any(isinstance(e, cst.StarredElement) for e in (*target.elements, *value.elements)):
        return None
    return [element.value for element in value.elements]


def _parts(
    target: cst.CSTNode, value: cst.CSTNode | None, node: cst.CSTNode, part: int | None = None
) -> Iterator[Binding]:
    if isinstance(target, cst.Name):
        yield Binding(target.value, Binds.PART, node, value, part=part)
    elif isinstance(target, cst.Tuple | cst.List):
        for place, element in enumerate(target.elements):
            yield from _parts(element.value, value, node, place if part is None else None)


def dotted_name(node: cst.CSTNode | None) -> str:
    """Return `a.b.c` for a chain of names, an empty string for anything else."""
    part: Any = (
        node  # classes are compared by identity: isinstance() on an abstract class is the slow part here
    )
    name = ""
    while part.__class__ is cst.Attribute:
        name = f".{part.attr.value}{name}"
        part = part.value
    return f"{part.value}{name}" if part.__class__ is cst.Name else ""
