"""Constant flags and the branches they decide: what one file contributes, as facts."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

import libcst as cst

from mldebt_lint.analysis.dead_path.flag_facts import IMPORTED, FlagChanges, FlagFact, FlagUse
from mldebt_lint.analysis.dead_path.flag_values import FlagValues
from mldebt_lint.analysis.dead_path.reachability import Reachability, is_trivial, statements_after
from mldebt_lint.analysis.facts import Fact
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.literals import string_value
from mldebt_lint.analysis.names import Binding, Binds, dotted_name

SETTERS = frozenset({"setattr", "delattr", "setitem", "patch", "object", "multiple", "dict", "override"})
MAX_ALIASES = 5
EMPTY = cst.Module([])
Store = cst.AssignTarget | cst.AnnAssign | cst.AugAssign | cst.Del


def flag_facts(file: SourceFile) -> Iterator[Fact]:
    """Yield the flags, the branches they may decide, and the changes of one file."""
    names, own = _changed(file)
    computed = list(_computed(file))
    if names or own or computed or file.names.stars:
        opaque = frozenset((*file.names.stars, *filter(None, map(file.qualified, computed))))
        on_self = any(isinstance(node, cst.Name) and node.value == "self" for node in computed)
        yield FlagChanges(frozenset(names), tuple(sorted(own)), opaque, bool(computed), on_self)
    flags = _Flags(file)
    yield from flags.uses()
    yield from flags.facts()


class _Flags:
    """Finds the branches of one file that flags may decide."""

    def __init__(self, file: SourceFile) -> None:
        self._file = file
        self._values = FlagValues(file)
        self._reachability = Reachability(file)

    def facts(self) -> Iterator[FlagFact]:
        """Yield the flags that `uses` has met, and those at the top level that another file may import."""
        for bindings in self._file.names.top.values():
            self._values.flag(bindings)
            owner = bindings[0].node
            if (
                len(bindings) == 1
                and isinstance(owner, cst.ClassDef)
                and _is_plain(owner)
                and not _has_methods(owner)
            ):
                for attributes in self._file.names.bound_in(owner).values():
                    self._values.flag(attributes, owner.name.value)
        yield from self._values.found.values()

    def uses(self) -> Iterator[FlagUse]:
        """Yield every branch that a flag of this file, or an imported name, may decide."""
        index = self._file.index
        for branch in index.of(cst.If):
            other = branch.orelse.body if isinstance(branch.orelse, cst.Else) else branch.orelse
            rest = (
                statements_after(index, branch)
                if other is None and self._reachability.leaves(branch.body)
                else ()
            )
            has_other = not is_trivial(other) if other is not None else any(not is_trivial(s) for s in rest)
            yield from self._use(branch, not is_trivial(branch.body), has_other, other is not None)
        for choice in index.of(cst.IfExp):
            yield from self._use(choice, first=True, other=True, has_else=True)
        for loop in index.of(cst.While):
            yield from self._use(loop, not is_trivial(loop.body), other=False, has_else=False)
        for switch in index.of(cst.Match):
            yield from self._cases(switch)

    def _use(
        self, node: cst.If | cst.IfExp | cst.While, first: bool, other: bool, has_else: bool
    ) -> Iterator[FlagUse]:
        if not (first or other):
            return
        names = dict(pair for operand in _operands(node.test) if (pair := self._named(operand)))
        if names:
            test = EMPTY.code_for_node(node.test)
            yield FlagUse(test, tuple(names.items()), first, other, has_else, self._file.at(node))

    def _cases(self, switch: cst.Match) -> Iterator[FlagUse]:
        named = self._named(switch.subject)
        if named is None:
            return
        texts: list[str] = []
        for case in switch.cases:
            match case.pattern:
                case cst.MatchValue(value=expression) if case.guard is None:
                    texts.append(EMPTY.code_for_node(expression))
                    test = f"{named[0]} == {texts[-1]}"
                case cst.MatchAs(pattern=None) if case.guard is None and texts:
                    test = f"{named[0]} not in ({', '.join(texts)},)"
                case _:
                    return
            yield FlagUse(test, (named,), not is_trivial(case.body), False, True, self._file.at(case))

    # -- names ----------------------------------------------------------------------------------------------

    def _named(self, operand: cst.BaseExpression) -> tuple[str, str] | None:
        """Return an operand's text and its flag's key, or where it is imported from."""
        text = dotted_name(operand)
        key = self._key(operand) if text else ""
        return (text, key) if key else None

    def _key(self, operand: cst.BaseExpression) -> str:
        if isinstance(operand, cst.Name):
            _, bindings = self._file.names.bindings(operand.value, operand)
            return self._imported(operand) if _are_imports(bindings) else self._values.flag(bindings)
        if not isinstance(operand, cst.Attribute) or not isinstance(operand.value, cst.Name | cst.Attribute):
            return ""
        if isinstance(operand.value, cst.Name) and operand.value.value == "self":
            return self._values.own_flag(operand) or self._shared(operand)
        owner = self._class_of(operand.value)
        if isinstance(owner, cst.ClassDef):
            attributes = self._file.names.bound_in(owner).get(operand.attr.value, [])
            return self._values.flag(attributes, owner.name.value) if _is_plain(owner) else ""
        return self._imported(operand)

    def _shared(self, operand: cst.Attribute) -> str:
        """Return the key of the constant in the body of the class that `self.NAME` reads."""
        owner = self._file.index.enclosing(operand, cst.ClassDef)
        name = operand.attr.value
        if owner is None or not name.isupper() or self._file.values.self_values(operand):
            return ""
        return self._values.flag(self._file.names.bound_in(owner).get(name, []), owner.name.value)

    def _imported(self, operand: cst.BaseExpression) -> str:
        target = None if self._values.is_rebound else self._file.qualified(operand)
        package = target.partition(".")[0] if target is not None and "." in target else ""
        if not package or package in sys.stdlib_module_names or self._file.library.pack(package) is not None:
            return ""
        root = operand
        while isinstance(root, cst.Attribute):
            root = root.value
        _, bindings = (
            self._file.names.bindings(root.value, root) if isinstance(root, cst.Name) else (None, [])
        )
        return f"{IMPORTED}{target}" if _are_imports(bindings) else ""

    def _class_of(self, node: cst.BaseExpression) -> cst.CSTNode | None:
        """Return the class of this file that a name is, or is a plain instance of: `cfg = CFG()`, `cfg = CFG`."""
        for _ in range(MAX_ALIASES):
            if not isinstance(node, cst.Name):
                return None
            _, bindings = self._file.names.bindings(node.value, node)
            if len(bindings) != 1:
                return None
            if bindings[0].how is not Binds.VALUE or not isinstance(bindings[0].value, cst.BaseExpression):
                return bindings[0].node
            node = bindings[0].value
            if isinstance(node, cst.Call) and not node.args:
                node = node.func
        return None


def _are_imports(bindings: list[Binding]) -> bool:
    return bool(bindings) and all(binding.how is Binds.IMPORT for binding in bindings)


def _is_plain(owner: cst.ClassDef) -> bool:
    """Whether nothing but its body gives a class its attributes: no base, decorator, metaclass or `__init__`."""
    bases = [
        base
        for base in owner.bases
        if not (isinstance(base.value, cst.Name) and base.value.value == "object")
    ]
    body = owner.body.body if isinstance(owner.body, cst.IndentedBlock) else ()
    has_init = any(isinstance(s, cst.FunctionDef) and s.name.value.startswith("__") for s in body)
    return not (bases or owner.keywords or owner.decorators or has_init)


def _has_methods(owner: cst.ClassDef) -> bool:
    return any(isinstance(statement, cst.FunctionDef) for statement in owner.body.body)


def _operands(test: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """Yield the names and attributes whose value a condition depends on."""
    match test:
        case cst.Name() | cst.Attribute():
            yield test
        case cst.BooleanOperation(left=left, right=right):
            yield from _operands(left)
            yield from _operands(right)
        case cst.UnaryOperation(operator=cst.Not(), expression=inner):
            yield from _operands(inner)
        case cst.Comparison(left=left, comparisons=[comparison]):
            yield from _operands(left)
            yield from _operands(comparison.comparator)


def _changed(file: SourceFile) -> tuple[set[str], list[str]]:
    """Return the names a file stores as attributes or sets by name, and those it gives its own classes."""
    names, own = set(_set_by_name(file)), []
    for owner in file.index.of(cst.ClassDef):
        own += [
            name
            for name, bindings in file.names.bound_in(owner).items()
            for b in bindings
            if b.how is Binds.VALUE
        ]
    index = file.index
    stores: Sequence[Store] = (
        *index.of(cst.AssignTarget),
        *index.of(cst.AnnAssign),
        *index.of(cst.AugAssign),
        *index.of(cst.Del),
    )
    for node in stores:
        for target in _targets(node.target):
            if dotted_name(target.value) in ("self", "cls"):
                own.append(target.attr.value)
            else:
                names.add(target.attr.value)
    return names, own


def _targets(target: cst.BaseExpression) -> Iterator[cst.Attribute]:
    if isinstance(target, cst.Attribute):
        yield target
    elif isinstance(target, cst.Tuple | cst.List):
        for element in target.elements:
            yield from _targets(element.value)


def _set_by_name(file: SourceFile) -> Iterator[str]:
    for call in file.calls:
        is_setter = dotted_name(call.func).rpartition(".")[2] in SETTERS
        for arg in call.args:
            if arg.keyword is not None and (is_setter or arg.keyword.value.isupper()):
                yield arg.keyword.value
            elif is_setter and isinstance(arg.value, cst.SimpleString):
                yield (string_value(arg.value) or "").rpartition(".")[2]


def _computed(file: SourceFile) -> Iterator[cst.BaseExpression]:
    """Yield what a file sets attributes of under names that it computes: `setattr(config, key, value)`."""
    for call in file.calls:
        name = dotted_name(call.func)
        if name == "setattr" and len(call.args) == 3 and not isinstance(call.args[1].value, cst.SimpleString):
            yield call.args[0].value
        elif name.endswith("__dict__.update") and isinstance(call.func, cst.Attribute):
            yield call.func.value
        elif isinstance(call.func, cst.Attribute) and call.func.attr.value == "update":
            owner = call.func.value
            if isinstance(owner, cst.Call) and dotted_name(owner.func) == "vars" and owner.args:
                yield owner.args[0].value
