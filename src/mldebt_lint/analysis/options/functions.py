"""Options that are parameters of a function (click, typer, fire), and whether the function reads them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.library import Role
from mldebt_lint.analysis.options.declare import CONTRACTS, KEPT_ON_PURPOSE, normal_constant
from mldebt_lint.analysis.options.facts import Offer, Unused
from mldebt_lint.analysis.options.places import Places
from mldebt_lint.analysis.options.uses import slot_of

# Inside a function, these can read every parameter without naming it.
READS_ALL = frozenset({"builtins.locals", "builtins.vars", "builtins.eval", "builtins.exec", "builtins.dir"})
# Arguments of an option that make it act by itself, or keep it from the function.
ACTING = ("callback", "is_eager", "expose_value", "hidden", "cls")


@dataclass(frozen=True, slots=True)
class Command:
    """A function whose parameters are options: by parameter, the node that declares each."""

    node: cst.FunctionDef
    options: dict[str, cst.CSTNode]


def commands(file: SourceFile) -> list[Command]:
    """Return the functions that a decorator or launcher turns into programs."""
    return file.once(_commands)


def _commands(file: SourceFile) -> list[Command]:
    return list(_found(file))


def _found(file: SourceFile) -> Iterator[Command]:
    launched = _launched(file)
    for function in file.index.of(cst.FunctionDef):
        if function in launched or function.decorators:
            options = dict(_decorated(file, function))
            if not options and (function in launched or _is_command(file, function)):
                options = dict(_parameters(file, function))
            if options:
                yield Command(function, options)


def unused_parameters(file: SourceFile, places: Places) -> Iterator[Unused]:
    """Yield the options of decorated or launched functions that the function's body does not read."""
    for command in commands(file):
        if _reads_all(file, command.node):
            continue
        read = {n.value for n in file.index.within(command.node.body, cst.Name)}
        for name, node in command.options.items():
            if name not in read and name not in CONTRACTS:
                yield Unused(name, places.label(command.node), file.at(node))


def offers(file: SourceFile, places: Places) -> Iterator[Offer]:
    """Yield what commands hand on of their options: to themselves by declaration, to others by calls."""
    for command in commands(file):
        defaults = {name: _default(file, command.node, name, node) for name, node in command.options.items()}
        known = {name: text for name, text in defaults.items() if text is not None}
        for name, text in known.items():
            node = command.options[name]
            if isinstance(node, cst.Call):
                yield Offer(name, name, text, file.at(node), f".{places.label(command.node)}", name)
        for arg in file.index.within(command.node.body, cst.Arg):
            call = file.index.parent(arg)
            if isinstance(arg.value, cst.Name) and arg.value.value in known and isinstance(call, cst.Call):
                name = arg.value.value
                if not arg.star and not _is_rebound(file, arg.value):
                    where = file.at(command.options[name])
                    yield Offer(name, name, known[name], where, places.callee(call.func), slot_of(call, arg))


def _is_rebound(file: SourceFile, name: cst.Name) -> bool:
    _, bindings = file.names.bindings(name.value, name)
    return len(bindings) != 1


def _default(file: SourceFile, function: cst.FunctionDef, name: str, node: cst.CSTNode) -> str | None:
    """The normalised default of an option: of its declaration, or of the parameter that is one."""
    if isinstance(node, cst.Call):
        given = file.arguments(node).get("default")
        return normal_constant(file, given) if given is not None else None
    param = next(p for p in _all_params(function) if p.name.value == name)
    value = param.default
    if isinstance(value, cst.Call):
        value = file.arguments(value).get("default")
    return normal_constant(file, value) if value is not None else None


# -- click ------------------------------------------------------------------------------------------------


def _decorated(file: SourceFile, function: cst.FunctionDef) -> Iterator[tuple[str, cst.CSTNode]]:
    params = {param.name.value for param in _all_params(function)}
    for decorator in function.decorators:
        call = decorator.decorator
        if isinstance(call, cst.Call) and _is_option(file, call) and not _acts(file, call):
            name = _click_name(file, call)
            if name in params:
                yield name, call


def _is_option(file: SourceFile, call: cst.Call) -> bool:
    api = file.api(call)
    return api is not None and api.role is Role.OPTION


def _acts(file: SourceFile, call: cst.Call) -> bool:
    arguments = file.arguments(call)
    if arguments.opaque or any(arguments.get(name) is not None for name in ACTING):
        return True
    words = file.constant(arguments.get("help"))
    return isinstance(words, str) and KEPT_ON_PURPOSE.search(words) is not None


def _click_name(file: SourceFile, call: cst.Call) -> str:
    """The parameter of a click option: a bare name, else the longest flag."""
    values = [file.constant(arg.value) for arg in call.args if arg.keyword is None and not arg.star]
    names = [value for value in values if isinstance(value, str)]
    bare = [name for name in names if not name.startswith("-")]
    if bare or not names:
        return (bare or [""])[0].replace("-", "_").lower()
    longest = max(names, key=lambda name: len(name) - len(name.lstrip("-")))
    return longest.partition("/")[0].lstrip("-").replace("-", "_").lower()


# -- typer and fire ---------------------------------------------------------------------------------------


def _launched(file: SourceFile) -> set[cst.CSTNode]:
    """Functions that a launcher turns into a program: `fire.Fire(train)`, `fire.Fire(Trainer)`, `typer.run(train)`."""
    found: set[cst.CSTNode] = set()
    for call in file.calls:
        if not call.args or not isinstance(call.args[0].value, cst.Name | cst.Dict):
            continue
        api = file.api(call)
        if api is not None and "parameters" in api.traits:
            for component in _components(call.args[0].value):
                found.update(_functions(file, component))
    return found


def _components(node: cst.BaseExpression) -> Iterator[cst.Name]:
    """The names that a launcher is given, on their own or as the values of a dictionary of commands."""
    values = [element.value for element in node.elements] if isinstance(node, cst.Dict) else [node]
    yield from (value for value in values if isinstance(value, cst.Name))


def _functions(file: SourceFile, component: cst.Name) -> Iterator[cst.FunctionDef]:
    """A function, or the public methods of a class that has no base whose methods it could have to repeat."""
    binding = file.values.binding(component)
    node = binding.node if binding is not None else None
    if isinstance(node, cst.FunctionDef):
        yield node
    elif isinstance(node, cst.ClassDef) and not node.bases:
        for statement in node.body.body:
            if isinstance(statement, cst.FunctionDef) and not statement.decorators:
                if statement.name.value == "__init__" or not statement.name.value.startswith("_"):
                    yield statement


def _is_command(file: SourceFile, function: cst.FunctionDef) -> bool:
    """Whether the function is decorated as a command of an application object made in the same file."""
    for decorator in function.decorators:
        call = decorator.decorator
        if (
            isinstance(call, cst.Call)
            and isinstance(call.func, cst.Attribute)
            and call.func.attr.value == "command"
        ):
            made = file.definition(call.func.value)
            api = file.api(made) if isinstance(made, cst.Call) else None
            if api is not None and api.role is Role.OPTION_PARSER:
                return True
    return False


def _parameters(file: SourceFile, function: cst.FunctionDef) -> Iterator[tuple[str, cst.CSTNode]]:
    for param in _all_params(function):
        annotation = param.annotation.annotation if param.annotation is not None else None
        calls = [node for node in (param.default, annotation) if node is not None]
        if not any(_is_acting(file, node) for node in calls) and not _is_context(annotation):
            if not param.name.value.startswith("_") and param.name.value != "self":
                yield param.name.value, param


def _is_acting(file: SourceFile, node: cst.CSTNode) -> bool:
    calls = [node] if isinstance(node, cst.Call) else list(file.index.within(node, cst.Call))
    return any(_acts(file, call) for call in calls)


def _is_context(annotation: cst.BaseExpression | None) -> bool:
    last = annotation.attr if isinstance(annotation, cst.Attribute) else annotation
    return isinstance(last, cst.Name) and last.value == "Context"


def _all_params(function: cst.FunctionDef) -> list[cst.Param]:
    params = function.params
    return [*params.posonly_params, *params.params, *params.kwonly_params]


def _reads_all(file: SourceFile, function: cst.FunctionDef) -> bool:
    for call in file.index.within(function.body, cst.Call):
        if file.qualified(call.func) in READS_ALL:
            return True
    if any(node.attr.value == "params" for node in file.index.within(function.body, cst.Attribute)):
        return True
    return _is_stub(function)


def _is_stub(function: cst.FunctionDef) -> bool:
    """A body of nothing but docstring, pass, `...` or raise reads nothing on purpose."""
    body = function.body.body
    statements = [
        s for line in body for s in (line.body if isinstance(line, cst.SimpleStatementLine) else [line])
    ]
    return all(isinstance(s, cst.Pass | cst.Raise) or _is_bare(s) for s in statements)


def _is_bare(statement: cst.CSTNode) -> bool:
    return isinstance(statement, cst.Expr) and isinstance(statement.value, cst.BaseString | cst.Ellipsis)
