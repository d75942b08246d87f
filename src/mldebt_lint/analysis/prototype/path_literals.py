"""The literals of a file that name a path on somebody's machine, each with where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.prototype.loose_strings import find_strings
from mldebt_lint.analysis.prototype.machine_paths import CANDIDATE, MachinePath, Place, machine_path
from mldebt_lint.analysis.prototype.path_use import is_opened, last_name, takes_files
from mldebt_lint.model import Location, Span
from mldebt_lint.reading.document import MagicKind

HOLE = "…"
PROSE_KEYWORDS = frozenset(
    {
        *("help", "description", "epilog", "metavar", "usage", "example", "examples", "placeholder"),
        *("title", "label", "doc", "caption", "prompt", "mount_path", "mountPath", "mountpoint"),
        *("container_path",),
    }
)
SPEAKING_METHODS = frozenset(
    {
        *("info", "debug", "warning", "warn", "error", "exception", "critical", "mount", "match"),
    }
)
TESTING_METHODS = frozenset(
    {
        *("startswith", "endswith", "exists", "isdir", "is_dir", "isfile", "is_file"),
    }
)
JOINERS = frozenset(
    {
        *("join", "joinpath", "Path", "PurePath", "abspath", "realpath", "expanduser", "format", "str"),
    }
)
IN_COMMAND = re.compile(
    r"""(?:^|(?<=[\s"'=:]))(?:/(?:home|Users|content/g?drive|kaggle/(?:input|working))/|[A-Za-z]:[\\/])(?:\\\ |[^\s"';|&)>])+"""
)

LOOKS = re.compile(r"(?:ls|du|tree)\b")
Literal = cst.SimpleString | cst.FormattedString


def path_literals(file: SourceFile) -> Iterator[tuple[Location, MachinePath]]:
    """Yield every literal of parsed cells, of cells in Python 2 and of IPython escapes that is a machine path.

    Literals that only speak of a path (help texts, docstrings, comparisons, a drive that is mounted there) are left
    out, and so are those that may belong to an image unless their use says that this program opens them.
    """
    nodes: list[Literal] = [*file.index.of(cst.SimpleString), *file.index.of(cst.FormattedString)]
    for node in nodes:
        found = _literal(file, node)
        if found is not None:
            yield file.at(node), found
    yield from _loose(file)
    yield from _escapes(file)


def is_tested_for(file: SourceFile, place: Place) -> bool:
    """Whether the file asks if it is on such a machine, as in `os.path.exists("/kaggle/input")`."""
    head = {Place.KAGGLE: "/kaggle", Place.COLAB: "/content"}.get(place)
    if head is None:
        return False
    for node in file.index.of(cst.SimpleString):
        if node.value.lstrip("rRbBuU")[1:].startswith(head) and _is_test(file, node):
            return True
    return False


# -- literals of the tree ---------------------------------------------------------------------------------


def _literal(file: SourceFile, node: Literal) -> MachinePath | None:
    if isinstance(node, cst.SimpleString):
        if not CANDIDATE.match(node.value):
            return None
        text = node.raw_value
    else:
        first = node.parts[0] if node.parts else None
        if not isinstance(first, cst.FormattedStringText) or not CANDIDATE.match(node.start + first.value):
            return None
        text = "".join(_part(file, part) for part in node.parts)
    parent = file.index.parent(node)
    if (
        isinstance(parent, cst.Expr)
        or _is_tail(parent, node)
        or _only_speaks(file, node)
        or _is_test(file, node)
    ):
        return None
    whole, top = _extended(file, node, text)
    found = machine_path(whole)
    return found if found is None or found.sure or is_opened(file, top) else None


def _part(file: SourceFile, part: cst.BaseFormattedStringContent) -> str:
    if isinstance(part, cst.FormattedStringText):
        return part.value
    value = file.constant(part.expression) if isinstance(part, cst.FormattedStringExpression) else None
    return value if isinstance(value, str) else HOLE


def _is_tail(parent: cst.CSTNode | None, node: cst.CSTNode) -> bool:
    """What is appended to something else is not the beginning of a path."""
    if isinstance(parent, cst.BinaryOperation):
        return parent.right is node and isinstance(parent.operator, cst.Add)
    return isinstance(parent, cst.ConcatenatedString) and parent.right is node


def _only_speaks(file: SourceFile, node: cst.CSTNode) -> bool:
    for ancestor in file.index.ancestors(node):
        if isinstance(ancestor, cst.Decorator | cst.Annotation):
            return True
        if isinstance(ancestor, cst.Arg) and ancestor.keyword is not None:
            if ancestor.keyword.value in PROSE_KEYWORDS:
                return True
            if ancestor.keyword.value == "default":
                return False  # also in a decorator, where options are declared
        elif isinstance(ancestor, cst.Call):
            name = last_name(ancestor.func)
            if name not in JOINERS and takes_files(file, ancestor):
                return False  # opened there, whatever is printed of it
            if name == "print" or (name in SPEAKING_METHODS and isinstance(ancestor.func, cst.Attribute)):
                return True
        elif isinstance(ancestor, cst.BaseSmallStatement | cst.BaseCompoundStatement):
            return isinstance(ancestor, cst.Raise)
    return False


def _is_test(file: SourceFile, node: cst.CSTNode) -> bool:
    parent = file.index.parent(node)
    if isinstance(parent, cst.Comparison | cst.ComparisonTarget):
        return True
    call = file.index.parent(parent) if isinstance(parent, cst.Arg) else None
    if not isinstance(call, cst.Call):
        return False
    if last_name(call.func) in TESTING_METHODS:
        return True
    above = file.index.parent(call)  # Path("/kaggle").exists()
    return isinstance(above, cst.Attribute) and above.attr.value in TESTING_METHODS


def _extended(file: SourceFile, node: cst.CSTNode, text: str) -> tuple[str, cst.CSTNode]:
    """Return the whole path that a literal begins, as far as the text tells, and the expression that it is."""
    while True:
        parent = file.index.parent(node)
        if isinstance(parent, cst.ConcatenatedString):
            more = parent.right
            text += more.raw_value if isinstance(more, cst.SimpleString) else HOLE
        elif isinstance(parent, cst.BinaryOperation) and isinstance(parent.operator, cst.Add | cst.Divide):
            text = _folded(file, parent) or _joined(text, [parent.right], file, parent.operator)
        elif isinstance(parent, cst.Arg) and (call := _join_call(file, parent)) is not None:
            rest = [arg.value for arg in call.args[1:]]
            text = _folded(file, call) or (_joined(text, rest, file, None) if rest else text)
            parent = call
        elif isinstance(parent, cst.Attribute) and parent.attr.value == "format":
            parent = file.index.parent(parent)
        else:
            return text, node
        if parent is None:
            return text, node
        node = parent


def _join_call(file: SourceFile, arg: cst.Arg) -> cst.Call | None:
    call = file.index.parent(arg)
    if isinstance(call, cst.Call) and call.args[0] is arg and arg.keyword is None:
        return call if last_name(call.func) in JOINERS else None
    return None


def _joined(
    text: str, parts: list[cst.BaseExpression], file: SourceFile, operator: cst.CSTNode | None
) -> str:
    for part in parts:
        value = file.constant(part)
        separator = "" if isinstance(operator, cst.Add) or text.endswith(("/", "\\")) else "/"
        text += separator + (value if isinstance(value, str) else HOLE)
    return text


def _folded(file: SourceFile, node: cst.CSTNode) -> str | None:
    value = file.constant(node)
    return value if isinstance(value, str) else None


# -- text that has no tree --------------------------------------------------------------------------------


def _loose(file: SourceFile) -> Iterator[tuple[Location, MachinePath]]:
    """Python 2 is not parsed, but its strings can be read."""
    broken = {failure.cell for failure in file.failures if failure.kind == "Python 2"}
    for cell in file.document.cells if broken else ():
        if cell.number not in broken:
            continue
        for item in find_strings(cell.text, cell.number):
            found = None if item.alone or _speaks_loosely(item.before) else machine_path(item.text)
            if found is not None:
                span = Span(item.line, item.column, item.line, item.column + item.length)
                yield Location(file.path, span, item.cell, (item.line, item.line)), found


def _speaks_loosely(before: str) -> bool:
    return bool(re.search(r"\bhelp\s*=$|^print\b[^(]*$|[=!]=$|\bin$|\+$|startswith\($|\bmount\($", before))


def _escapes(file: SourceFile) -> Iterator[tuple[Location, MachinePath]]:
    for cell, magic in file.magics:
        if magic.kind in (MagicKind.LINE, MagicKind.SHELL) and not LOOKS.match(magic.text):
            for match in IN_COMMAND.finditer(magic.text):
                found = machine_path(match.group().replace("\\ ", " ").rstrip("/"))
                if found is not None and found.sure:
                    yield file.magic_at(cell, magic), found
