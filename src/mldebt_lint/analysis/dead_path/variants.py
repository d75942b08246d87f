"""Functions, classes and files whose name says that they are a version of another: `train_old`, `ModelV2`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import libcst as cst

from mldebt_lint.analysis.constants import UNKNOWN
from mldebt_lint.analysis.dead_path.computed_names import computed_reads
from mldebt_lint.analysis.dead_path.similarity import line_sketch, shape, similarity
from mldebt_lint.analysis.facts import Fact
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.literals import string_value
from mldebt_lint.analysis.names import dotted_name
from mldebt_lint.model import Location, Span

WORDS = "old|bak|backup|copy|final|tmp|temp|orig|original|legacy|deprecated|prev|previous|unused|new"
SUFFIX = re.compile(rf"(?P<base>.*[^\W_])_(?P<mark>(?:{WORDS})\d?|v\d{{1,2}}|[1-9])", re.IGNORECASE)
CAMEL = re.compile(r"(?P<base>.*[a-z])(?P<mark>V\d|Old|Bak|Backup|Copy|Final|Tmp|Legacy|Deprecated)")
NUMBERED = re.compile(r"(?P<base>.*[A-Za-z]{2})(?P<mark>[02-9])")
PREFIX = re.compile(r"(?P<mark>old|bak|backup|legacy|deprecated|tmp|copy_of)_(?P<base>\w+)", re.IGNORECASE)
# Decorators that wrap a function; any other may hand it to a registry.
WRAPPING = frozenset(
    [
        "staticmethod",
        "classmethod",
        "property",
        "lru_cache",
        "cache",
        "cached_property",
        "wraps",
        "contextmanager",
        "abstractmethod",
        "no_grad",
        "inference_mode",
        "jit",
        "njit",
        "function",
        "compile",
        "script",
        "vmap",
        "dataclass",
        "define",
        "attrs",
    ]
)
SMALL = (
    *(cst.Assign, cst.AugAssign, cst.AnnAssign, cst.Expr, cst.Return, cst.Raise, cst.Import, cst.ImportFrom),
    *(cst.Assert, cst.Del, cst.Pass, cst.Break, cst.Continue, cst.Global),
)
COMPOUND = (cst.If, cst.For, cst.While, cst.With, cst.Try, cst.FunctionDef, cst.ClassDef, cst.Match)
LOADERS = frozenset(
    {"import_module", "__import__", "load_source", "run_path", "run_module", "spec_from_file_location"}
)
Definition = cst.FunctionDef | cst.ClassDef
Family = dict[str, Definition]
NAMES_KEPT = 10_000  # the names of a project come again and again
SCRIPT = re.compile(r"(?:^|[/\\\s'\"])([\w.-]+)\.(?:py|ipynb)\b")


@dataclass(frozen=True, slots=True)
class Sibling(Fact):
    """Another version beside a variant: `likeness` from 0 to 1, and whether its own file refers to it."""

    name: str
    likeness: float
    is_used_here: bool
    where: Location


@dataclass(frozen=True, slots=True)
class Variant(Fact):
    """A function or class that is named as a version of a sibling and that nothing in its file uses."""

    name: str
    siblings: tuple[Sibling, ...]
    where: Location


@dataclass(frozen=True, slots=True)
class FileSketch(Fact):
    """What one file looks like, without names and literals, to be compared with a sibling file."""

    lines: tuple[int, ...]
    where: Location


@dataclass(frozen=True, slots=True)
class Loads(Fact):
    """Files that a file names in its strings, and the modules that it imports under computed names.

    `prefixes` are the constant beginnings of those names, empty strings where there is none.
    """

    scripts: frozenset[str]
    prefixes: frozenset[str]


@lru_cache(maxsize=NAMES_KEPT)
def version_of(name: str) -> tuple[str, str] | None:
    """Return the base and the mark of a name that says it is a version, None for any other name."""
    for pattern in (SUFFIX, CAMEL, NUMBERED, PREFIX):
        if found := pattern.fullmatch(name):
            return found["base"].rstrip("_"), found["mark"]
    return None


def versions_of(name: str, others: Iterable[str]) -> list[str]:
    """Return those of `others` that `name` may be an old or a new version of.

    A number alone makes a version only beside the name without it, and only when there are not more than two:
    `fold2`, `fold3`, `fold4` are a series.
    """
    found = version_of(name)
    if found is None:
        return []
    base, mark = found[0].lower(), found[1]
    family = [other for other in others if other != name and base in (other.lower(), _base(other))]
    if not mark.isdigit():
        return family
    numbered = [other for other in family if (v := version_of(other)) is not None and v[1].isdigit()]
    return [other for other in family if other == found[0]] if len(numbered) <= 1 else []


def _base(name: str) -> str:
    found = version_of(name)
    return found[0].lower() if found else ""


def variant_facts(file: SourceFile, minimum: int) -> Iterator[Fact]:
    """Yield the unused variants of a file with at least `minimum` statements, its sketch, and what it loads."""
    if sum(len(file.index.of(kind)) for kind in (*SMALL, *COMPOUND)) >= minimum:
        where = Location(file.path, Span(1, 1, 1, 2), file.cells[0].cell.number, (1, 1))
        yield FileSketch(line_sketch([cell.text for cell in file.document.cells]), where)
    yield from _loads(file)
    yield from computed_reads(file)
    families = _families(file)
    used = _used(file, {name for family in families for name in family}) if families else {}
    for family in families:
        yield from _unused(file, family, used, minimum)


def _families(file: SourceFile) -> list[Family]:
    """Return the definitions that stand in one block and are versions of one base; each with two or more."""
    groups: defaultdict[tuple[cst.CSTNode | None, str], Family] = defaultdict(dict)
    nodes: tuple[Definition, ...] = (*file.index.of(cst.FunctionDef), *file.index.of(cst.ClassDef))
    for node in nodes:
        found = version_of(node.name.value)
        block = file.index.parent(node)
        scope = file.names.scope(node) if isinstance(block, cst.Module) else block
        groups[scope, (found[0] if found else node.name.value).lower()][node.name.value] = node
    return [g for g in groups.values() if len(g) > 1 and any(version_of(name) for name in g)]


def _used(file: SourceFile, names: set[str]) -> dict[str, list[cst.CSTNode]]:
    """Return where a file reads each of the names."""
    found: defaultdict[str, list[cst.CSTNode]] = defaultdict(list)
    for name in file.index.of(cst.Name):
        parent = file.index.parent(name)
        if name.value in names and not (
            isinstance(parent, cst.FunctionDef | cst.ClassDef) and parent.name is name
        ):
            found[name.value].append(name)
    for word in file.index.of(cst.SimpleString):
        if word.value[1:-1] in names:
            found[word.value[1:-1]].append(word)
    return found


def _unused(
    file: SourceFile, family: Family, used: dict[str, list[cst.CSTNode]], minimum: int
) -> Iterator[Variant]:
    def is_used(name: str) -> bool:
        return any(family[name] not in file.index.ancestors(use) for use in used.get(name, ()))

    for name, node in family.items():
        others = versions_of(name, family)
        if not others or is_used(name) or _is_registered(node) or _count(file.index.below(node)) < minimum:
            continue
        own = shape(file.index, node)
        siblings = tuple(
            Sibling(
                n, round(similarity(own, shape(file.index, family[n])), 2), is_used(n), file.at(family[n])
            )
            for n in others
        )
        yield Variant(name, siblings, file.at(node))


def _is_registered(node: Definition) -> bool:
    for item in node.decorators:
        call = item.decorator
        name = dotted_name(call.func if isinstance(call, cst.Call) else call)
        if name.rpartition(".")[2] not in WRAPPING:
            return True
    return False


def _count(nodes: Iterator[cst.CSTNode]) -> int:
    """Count statements, docstrings aside."""
    return sum(isinstance(node, (*SMALL, *COMPOUND)) and not _is_text(node) for node in nodes)


def _is_text(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Expr) and isinstance(node.value, cst.SimpleString | cst.ConcatenatedString)


def _loads(file: SourceFile) -> Iterator[Loads]:
    texts = [node.value for node in file.index.of(cst.SimpleString)]
    texts += [node.value for node in file.index.of(cst.FormattedStringText)]
    scripts = {name for text in texts if ".py" in text or ".ipynb" in text for name in SCRIPT.findall(text)}
    prefixes = {
        _beginning(call.args[0].value)
        for call in file.calls
        if dotted_name(call.func).rpartition(".")[2] in LOADERS and call.args
        if file.constant(call.args[0].value) is UNKNOWN
    }
    if scripts or prefixes:
        yield Loads(frozenset(scripts), frozenset(prefixes))


def _beginning(name: cst.BaseExpression) -> str:
    """Return the package that a computed module name begins with: `f"configs.{name}"`, `"configs." + name`."""
    match name:
        case cst.FormattedString(parts=[cst.FormattedStringText(value=text), *_]):
            return text
        case cst.BinaryOperation(left=cst.SimpleString() as left):
            return (string_value(left) or "").partition("%")[0]
        case cst.Call(func=cst.Attribute(value=cst.SimpleString() as left, attr=cst.Name(value="format"))):
            return (string_value(left) or "").partition("{")[0]
    return ""
