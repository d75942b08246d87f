"""Whether a value is only shown to people (printed, logged, formatted), which reads no single option."""

from __future__ import annotations

import re

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.options.uses import root_name

# Functions that look at a value as a whole and hand nothing of it on.
NEUTRAL = frozenset(
    "builtins.print builtins.len builtins.type builtins.isinstance builtins.id builtins.bool builtins.callable "
    "builtins.str builtins.repr builtins.format builtins.hash builtins.issubclass pprint.pprint pprint.pp".split()
)
DISPLAYS = frozenset(
    "print pprint pp debug info warning warn error critical exception log echo secho rule print_json "
    "log_info print_rank_0 rank_zero_info logging_info".split()
)
# Calls whose result is a text about their argument, or that a value may pass without being used.
PASSED = frozenset(
    "str repr format join ljust rjust center upper lower pformat dumps rstrip strip indent getattr get get_default "
    "sorted len type max min abs isinstance zip enumerate".split()
)
ON_THE_WAY = (
    *(
        cst.Arg,
        cst.Element,
        cst.Tuple,
        cst.List,
        cst.ListComp,
        cst.GeneratorExp,
        cst.IfExp,
        cst.BinaryOperation,
    ),
    *(cst.BooleanOperation, cst.Attribute, cst.Subscript, cst.SubscriptElement, cst.Index, cst.CompFor),
    *(cst.FormattedString, cst.FormattedStringExpression, cst.ConcatenatedString, cst.UnaryOperation),
)
# A text of this name is run, not shown.
COMMAND = re.compile(r"cmd|command|args|script|call|exec|shell", re.IGNORECASE)


def is_display(file: SourceFile, call: cst.Call) -> bool:
    """Whether a call only shows its arguments: printing, logging, whatever the object is called."""
    return function_name(call) in DISPLAYS or file.qualified(call.func) == "builtins.print"


def function_name(call: cst.Call) -> str:
    """Return the last name of what is called, empty when it has none."""
    if isinstance(call.func, cst.Name):
        return call.func.value
    return call.func.attr.value if isinstance(call.func, cst.Attribute) else ""


def is_shown(file: SourceFile, node: cst.CSTNode) -> bool:
    """Whether the value of an expression reaches nothing but displays, texts and comparisons."""
    below = node
    for ancestor in file.index.ancestors(node):
        match ancestor:
            case cst.Comparison() | cst.ComparisonTarget() | cst.Expr():
                return True
            case cst.If():
                return ancestor.test is below
            case cst.Call() if is_display(file, ancestor):
                return True
            case cst.Call() if function_name(ancestor) not in PASSED and ancestor.func is not below:
                return False
            case cst.Call():
                pass
            case cst.AugAssign():
                return isinstance(ancestor.target, cst.Name) and not COMMAND.search(ancestor.target.value)
            case _ if not isinstance(ancestor, ON_THE_WAY):
                return False
        below = ancestor
    return False


def is_shown_loop(file: SourceFile, iterated: cst.CSTNode) -> bool:
    """Whether a loop or comprehension over all options only shows them, or only gives them other forms."""
    parent = file.index.parent(iterated)
    match parent:
        case cst.For() if parent.iter is iterated:
            return _only_shown(file, parent.target, parent.body, root_name(iterated))
        case cst.CompFor() if parent.iter is iterated:
            around = file.index.parent(parent)
            return isinstance(around, cst.ListComp | cst.GeneratorExp | cst.SetComp) and is_shown(
                file, around
            )
    return is_shown(file, iterated)


def _only_shown(file: SourceFile, target: cst.CSTNode, body: cst.CSTNode, options: str) -> bool:
    names = {n.value for n in [target, *file.index.below(target)] if isinstance(n, cst.Name)}
    uses = [n for n in file.index.within(body, cst.Name) if n.value in names]
    return all(is_shown(file, use) or _goes_back(file, use, options) for use in uses)


def _goes_back(file: SourceFile, use: cst.Name, options: str) -> bool:
    """`vars(args)[name] = convert(value)`, `setattr(args, name, None)`: the option keeps its name."""
    statement = file.index.statement(use)
    if not options or not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
        return False
    match statement.body[0]:
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Subscript() as target)]):
            return root_name(target) == options
        case cst.Expr(value=cst.Call(func=cst.Name(value="setattr")) as call):
            return root_name(call.args[0].value) == options
    return False
