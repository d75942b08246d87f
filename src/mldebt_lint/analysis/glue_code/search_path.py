"""Where code changes the places in which Python looks for modules, and whether those hold code of the checkout."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from mldebt_lint.analysis.constants import UNKNOWN
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.glue_code.templates import HOLE, template
from mldebt_lint.analysis.library import Role
from mldebt_lint.analysis.names import Binding, Binds

VARIABLE = "PYTHONPATH"
# Without one of these a file does not change the search path.
PATH_WORDS = ("sys", "site", "pythonpath")
CHANGING = frozenset({"append", "insert", "extend", "addsitedir"})
INSTALLED = re.compile(
    r"(site|dist)-packages|^/usr/(?!src)|^/Library/|^/System/|\bconda|\.(egg|whl|zip)$", re.IGNORECASE
)
OWN_VARIABLES = frozenset({VARIABLE, "PWD", "HOME", "USERPROFILE"})
IN_SHELL = re.compile(rf"\b{VARIABLE}=(?P<value>[^\s;&|]+)")
MAX_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Added:
    """A change of the search path: the node that makes it, what is added, and the name of what is changed."""

    node: cst.CSTNode
    value: cst.BaseExpression
    changed: str


def additions(file: SourceFile) -> Iterator[Added]:
    """Yield what adds to `sys.path` or sets `PYTHONPATH`, in no order."""
    for call in file.calls:
        yield from _by_call(file, call)
    for target in file.index.of(cst.AssignTarget):
        yield from _by_assignment(file, target)
    for change in file.index.of(cst.AugAssign):
        yield from _by_assignment(file, change)
    for element in file.index.of(cst.DictElement):
        if _is_variable(element.key):
            yield Added(element, element.value, VARIABLE)


def _by_call(file: SourceFile, call: cst.Call) -> Iterator[Added]:
    func = call.func
    name = (
        func.attr.value
        if isinstance(func, cst.Attribute)
        else func.value
        if isinstance(func, cst.Name)
        else ""
    )
    if name in CHANGING:
        api = file.api(call)
        if api is not None and api.role is Role.IMPORT_PATH and call.args:
            yield Added(call, call.args[-1].value, "sys.path")
    elif name in {"setdefault", "putenv"} and len(call.args) == 2 and _is_variable(call.args[0].value):
        yield Added(call, call.args[1].value, VARIABLE)
    for arg in call.args:
        if arg.keyword is not None and arg.keyword.value == VARIABLE:
            yield Added(call, arg.value, VARIABLE)


def _by_assignment(file: SourceFile, node: cst.AssignTarget | cst.AugAssign) -> Iterator[Added]:
    statement = node if isinstance(node, cst.AugAssign) else file.index.parent(node)
    target = node.target
    if not isinstance(statement, cst.AugAssign | cst.Assign) or isinstance(target, cst.Name):
        return
    if isinstance(target, cst.Subscript) and _is_key(target):
        yield Added(statement, statement.value, VARIABLE)
        return
    place = target.value if isinstance(target, cst.Subscript) else target
    if isinstance(place, cst.Name | cst.Attribute) and is_search_path(file, place):
        yield Added(statement, statement.value, "sys.path")


def is_search_path(file: SourceFile, node: cst.CSTNode) -> bool:
    """Whether an expression is the list of places in which Python looks for modules."""
    name = file.qualified(node)
    api = file.library.find(name) if name else None
    return api is not None and api.role is Role.IMPORT_PATH


def _is_key(target: cst.Subscript) -> bool:
    inner = target.slice[0].slice
    return isinstance(inner, cst.Index) and _is_variable(inner.value)


def _is_variable(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.SimpleString) and node.raw_value == VARIABLE


def shell_value(command: str) -> str | None:
    """Return what a shell command sets PYTHONPATH to, None when it leaves it or hands it on."""
    match = IN_SHELL.search(command)
    value = match["value"].strip("\"'") if match else ""
    return value if re.sub(r"\$\{?PYTHONPATH\}?|[:;]", "", value) else None


# -- whose code -------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Seen:
    """What the parts of a path tell: `own` when one lies in the checkout, `foreign` when one is installed."""

    own: bool = False
    foreign: bool = False


def is_checkout(file: SourceFile, value: cst.BaseExpression) -> bool:
    """Whether a path is visibly one of the project or of a neighbour: literal, or made from the file's own place.

    False for what the caller, the command line or the environment hands in, and for installed packages.
    """
    if file.constant(value) == "":
        return True
    seen = _Seen()
    _look(file, value, seen, 0)
    return seen.own and not seen.foreign


def _look(file: SourceFile, node: cst.CSTNode, seen: _Seen, depth: int) -> None:
    if depth > MAX_DEPTH:
        return
    match node:
        case cst.SimpleString() | cst.FormattedString() | cst.ConcatenatedString():
            _text(file, node, seen, depth)
        case cst.Name():
            _name(file, node, seen, depth)
        case cst.Attribute():
            _attribute(file, node, seen, depth)
        case cst.Call():
            _call(file, node, seen, depth)
        case cst.Subscript() if is_search_path(file, node.value):
            seen.own = seen.own or file.constant(_index(node)) == 0
        case cst.Subscript() if not _read(file, node, seen):
            _look(file, node.value, seen, depth + 1)
        case cst.List() | cst.Tuple():
            _any(file, [element.value for element in node.elements], seen, depth)
        case _:
            for part in _parts(node):
                _look(file, part, seen, depth + 1)


def _parts(node: cst.CSTNode) -> tuple[cst.BaseExpression, ...]:
    match node:
        case cst.ListComp() | cst.GeneratorExp():
            return (node.elt,)
        case cst.BinaryOperation() | cst.BooleanOperation():
            return (node.left, node.right)
        case cst.IfExp():
            return (node.body, node.orelse)
    return ()


def _any(file: SourceFile, paths: list[cst.BaseExpression], seen: _Seen, depth: int) -> None:
    """Look at each of several paths by itself: one of the checkout is enough."""
    each = [_Seen() for _ in paths]
    for path, found in zip(paths, each, strict=True):
        _look(file, path, found, depth + 1)
    seen.own = seen.own or any(found.own and not found.foreign for found in each)


def _text(file: SourceFile, node: cst.CSTNode, seen: _Seen, depth: int) -> None:
    text = template(file, node) or ""
    known = text.replace(HOLE, "").strip(":;/\\ ")
    seen.own = seen.own or bool(known) or text == "/"
    seen.foreign = seen.foreign or INSTALLED.search(text) is not None
    if isinstance(node, cst.FormattedString):
        for part in node.parts:
            if isinstance(part, cst.FormattedStringExpression):
                _look(file, part.expression, seen, depth + 1)


def _name(file: SourceFile, node: cst.Name, seen: _Seen, depth: int) -> None:
    if node.value == "__file__":
        seen.own = True
        return
    _, bindings = file.names.bindings(node.value, node)
    reaching = file.values.binding(node)
    for binding in [reaching] if reaching is not None else bindings[:8]:
        _binding(file, binding, seen, depth + 1)


def _binding(file: SourceFile, binding: Binding, seen: _Seen, depth: int) -> None:
    match binding.how:
        case Binds.VALUE if binding.value is not None:
            _look(file, binding.value, seen, depth)
        case Binds.PART if isinstance(binding.node, cst.For | cst.CompFor) and binding.value is not None:
            _look(file, binding.value, seen, depth)
        case Binds.IMPORT:
            seen.own = seen.own or _is_own_constant(file, binding)
        case Binds.PARAMETER:
            for value in _passed(file, binding):
                _look(file, value, seen, depth)


def _is_own_constant(file: SourceFile, binding: Binding) -> bool:
    """`from config import ROOT`: a constant of the project, not a module or function of a library."""
    top, _, name = binding.target.rpartition(".")
    return bool(top) and name.isupper() and file.library.pack(binding.target) is None


def _passed(file: SourceFile, binding: Binding) -> Iterator[cst.BaseExpression]:
    """Yield what this file's own calls pass for a parameter, and its default."""
    function = file.index.function(binding.node) or file.index.enclosing(binding.node, cst.FunctionDef)
    if function is None:
        return
    if isinstance(binding.value, cst.BaseExpression):
        yield binding.value
    params = [*function.params.posonly_params, *function.params.params]
    place = next((n for n, param in enumerate(params) if param is binding.node), None)
    for call in file.calls:
        if isinstance(call.func, cst.Name) and call.func.value == function.name.value:
            for number, arg in enumerate(call.args):
                named = arg.keyword is not None and arg.keyword.value == binding.name
                if named or (arg.keyword is None and not arg.star and number == place):
                    yield arg.value


def _attribute(file: SourceFile, node: cst.Attribute, seen: _Seen, depth: int) -> None:
    name = file.qualified(node)
    if node.attr.value == "__file__" or name in {"os.curdir", "os.pardir"}:
        seen.own = True
    elif isinstance(node.value, cst.Name) and node.value.value == "self":
        for value in file.values.self_values(node):
            _look(file, value, seen, depth + 1)
    elif name is None or node.attr.value in {"parent", "parents"}:
        _look(file, node.value, seen, depth + 1)
    elif node.attr.value.isupper() and file.library.pack(name) is None:
        seen.own = True  # settings.ROOT of the project's own module


def _call(file: SourceFile, node: cst.Call, seen: _Seen, depth: int) -> None:
    if _read(file, node, seen):
        return
    name = file.qualified(node.func) or ""
    method = node.func.attr.value if isinstance(node.func, cst.Attribute) else ""
    if name in {"os.getcwd", "os.getcwdu", "pathlib.Path.cwd", "pathlib.Path.home"}:
        seen.own = True
    elif name.startswith("tempfile."):
        seen.foreign = True
    elif name.startswith(("os.path.", "pathlib.", "posixpath.", "builtins.")) or name in {
        "os.fspath",
        "copy.copy",
    }:
        for arg in node.args:
            _look(file, arg.value, seen, depth + 1)
    elif isinstance(node.func, cst.Name):
        for returned in _returned(file, node.func):
            _look(file, returned, seen, depth + 1)
    if method and not name.startswith(("os.path.", "posixpath.")) and method not in {"get", "pop"}:
        assert isinstance(node.func, cst.Attribute)
        _look(file, node.func.value, seen, depth + 1)
        if method in {"joinpath", "format", "join", "replace"}:
            for arg in node.args:
                _look(file, arg.value, seen, depth + 1)


def _returned(file: SourceFile, name: cst.Name) -> Iterator[cst.BaseExpression]:
    binding = file.values.binding(name)
    if binding is None or not isinstance(binding.node, cst.FunctionDef):
        return
    for statement in file.index.within(binding.node, cst.Return):
        if statement.value is not None:
            yield statement.value


def _read(file: SourceFile, node: cst.Call | cst.Subscript, seen: _Seen) -> bool:
    """Whether the node reads an environment variable; one that says where software is installed is foreign."""
    base = node.func if isinstance(node, cst.Call) else node.value
    name = file.qualified(base)
    api = file.library.find(name) if name else None
    if api is None or api.role is not Role.ENVIRONMENT:
        return False
    key = (node.args[0].value if node.args else None) if isinstance(node, cst.Call) else _index(node)
    value = file.constant(key) if key is not None else UNKNOWN
    seen.foreign = seen.foreign or value not in OWN_VARIABLES
    return True


def _index(node: cst.Subscript) -> cst.BaseExpression | None:
    inner = node.slice[0].slice
    return inner.value if isinstance(inner, cst.Index) else None
