"""In which order the cells of a notebook ran, and which names they read before, or without, a definition."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.names import Binding, Binds
from mldebt_lint.analysis.syntax import Index
from mldebt_lint.reading.document import Cell, Magic, MagicKind

WORD = re.compile(r"[^\W\d]\w*")
# Names that IPython, or the place that a notebook runs in, gives every session; and those that Python 2 had.
GIVEN = re.compile(
    r"""
    _+ | _i+ | _\d+ | _i\d+ | _[iod]h | __\w+ | In | Out | display | get_ipython | exit | quit | ip
    | spark | sc | sqlContext | sqlc | sql | dbutils | displayHTML | table
    | unicode | xrange | raw_input | basestring | unichr | reduce | long | file | reload | execfile | cmp | buffer | apply
    """,
    re.VERBOSE,
)
# Magics after which any name may exist, and those that define none; of all others every word may be a definition.
OPENING = re.compile(r"run|load|loadpy|pylab|macro|recall|rerun|edit|import")
NEUTRAL = re.compile(
    r"""
    matplotlib | config | pip | conda | mamba | (?:set_)?env | cd | ls | ll | pwd | mkdir | autoreload | aimport
    | (?:re)?load_ext | timeit | tensorboard | writefile | file | bash | sh | html | HTML | javascript | js | latex
    | markdown | svg | script | watermark | whos? | history | [ml]?prun | memit | xmode | precision | debug | pdb | cat
    """,
    re.VERBOSE,
)
EXTENSIONS = re.compile(
    r"""
    autoreload | tensorboard | watermark | memory_profiler | line_profiler | dotenv | nb_black | lab_black | black | sql
    | ipython | [cC]ython | bigquery | wurlitzer | autotime | heat | version_information | pycodestyle_magic
    | data_table | storemagic
    """,
    re.VERBOSE,
)
# Calls that make names; the first three only when written to, otherwise they ask for names by string.
NAMESPACES = frozenset({"globals", "locals", "vars", "dir"})
MAKERS = frozenset(
    {"exec", "run_line_magic", "run_cell_magic", "magic", "run_path", "run_cell", "run_code", "ex"}
)
UNREAD = (cst.Annotation, cst.Del, cst.Import, cst.ImportFrom, cst.Global, cst.Nonlocal)
DEFERRED = (cst.FunctionDef, cst.Lambda)
MOST_CELLS_RUN = 0.5


@dataclass(frozen=True, slots=True)
class BackStep:
    """A cell that ran before the cell above it: its execution count and the higher one above."""

    cell: Cell
    above: Cell


@dataclass(frozen=True, slots=True)
class EarlyRead:
    """A name read at the top level before any cell defines it; `later` is the definition, None if there is none."""

    name: cst.Name
    later: Binding | None
    cell: Cell


def back_steps(file: SourceFile) -> list[BackStep]:
    """Return the cells whose execution count goes back, in order.

    Empty for a notebook that was not run, or of which fewer than half of the cells were.
    """
    filled = [cell for cell in file.document.cells if cell.original.strip()]
    run = [cell for cell in filled if cell.execution_count]
    if len(run) < MOST_CELLS_RUN * len(filled):
        return []
    pairs = pairwise(run)
    return [
        BackStep(cell, above)
        for above, cell in pairs
        if (cell.execution_count or 0) < (above.execution_count or 0)
    ]


def early_reads(file: SourceFile) -> Iterator[EarlyRead]:
    """Yield every name once that is read at the top level and that no earlier statement defines."""
    known = _Known(file)
    seen: set[str] = set()
    for name in file.index.of(cst.Name):
        if name.value in seen or not known.is_candidate(name):
            continue
        bindings = known.top_bindings(name)
        if bindings is None or any(known.comes_before(binding, name) for binding in bindings):
            continue
        cell = file.cell(name)
        if known.may_exist(name.value, cell):
            continue
        seen.add(name.value)
        later = [b for b in bindings if file.cell(b.node).number != cell.number]
        if bindings and not later:
            continue
        yield EarlyRead(name, later[0] if later else None, cell)


@dataclass(slots=True)
class _Opened:
    """What cells may define in ways that are not seen: words, and from `anything_from` on, any name at all."""

    words: dict[str, int] = field(default_factory=dict)
    anything_from: int | None = None

    def add(self, text: str, number: int) -> None:
        for word in WORD.findall(text):
            self.words.setdefault(word, number)

    def open(self, number: int) -> None:
        if self.anything_from is None or number < self.anything_from:
            self.anything_from = number


class _Known:
    """What one notebook's names may come from."""

    def __init__(self, file: SourceFile) -> None:
        self._file = file
        self._opened = _Opened()
        self._quoted: set[str] = set()
        self._annotated = {
            n.target.value for n in file.index.of(cst.AnnAssign) if isinstance(n.target, cst.Name)
        }
        self._look_at_calls()
        self._look_at_magics()
        failed = {failure.cell for failure in file.failures}
        for cell in file.document.cells:
            if cell.number in failed:
                self._opened.add(cell.original, cell.number or 0)
        for node in file.index.of(cst.ImportFrom):
            if isinstance(node.names, cst.ImportStar):
                self._opened.open(file.cell(node).number or 0)

    def _look_at_calls(self) -> None:
        index = self._file.index
        for call in self._file.calls:
            func = call.func
            last = func.attr.value if isinstance(func, cst.Attribute) else getattr(func, "value", "")
            is_written = last in NAMESPACES and isinstance(index.parent(call), cst.Subscript | cst.Attribute)
            if last in MAKERS or is_written:
                self._opened.open(self._file.cell(call).number or 0)
            if last in NAMESPACES and not self._quoted:
                self._quoted = {node.value[1:-1] for node in index.of(cst.SimpleString)}

    def _look_at_magics(self) -> None:
        for cell, magic in self._file.magics:
            number = cell.number or 0
            if magic.kind in (MagicKind.HELP, MagicKind.SHELL):
                continue
            if _opens(magic):
                self._opened.open(number)
            if not NEUTRAL.fullmatch(magic.name) or "--out" in magic.text:
                self._opened.add(magic.text, number)
                if magic.kind is MagicKind.CELL and not cell.text.strip():
                    self._opened.add(cell.original, number)

    # -- questions ------------------------------------------------------------------------------------------

    def is_candidate(self, name: cst.Name) -> bool:
        """Whether a name is read when its cell runs, outside `try` and function bodies."""
        index = self._file.index
        if _is_written(index, name) or name.value in self._annotated or _is_given(name.value):
            return False
        below: cst.CSTNode = name
        for ancestor in index.ancestors(name):
            if isinstance(ancestor, DEFERRED) and below is ancestor.body:
                return False
            if isinstance(ancestor, cst.Try) and below is ancestor.body and ancestor.handlers:
                return False
            if isinstance(ancestor, UNREAD):
                return False
            below = ancestor
        return True

    def top_bindings(self, name: cst.Name) -> list[Binding] | None:
        """Return the definitions of a name at the top level; None when it is a name of an inner scope."""
        scope, bindings = self._file.names.bindings(name.value, name)
        if scope is not None and not isinstance(scope, cst.Module):
            return None
        return [
            b for b in bindings if not (b.how is Binds.CHANGE and isinstance(b.node, cst.Del | cst.AugAssign))
        ]

    def comes_before(self, binding: Binding, name: cst.Name) -> bool:
        """Whether a definition stands before a read; an assignment does not define what its own value reads."""
        index = self._file.index
        statement = index.statement(binding.node)
        if isinstance(statement, cst.SimpleStatementLine) and statement is index.statement(name):
            return not isinstance(binding.node, cst.AssignTarget | cst.AnnAssign) or self._is_after(
                name, binding
            )
        return index.rank(binding.node) < index.rank(name)

    def _is_after(self, name: cst.Name, binding: Binding) -> bool:
        """Whether, on one line, the read stands in a later small statement: `x = 1; print(x)`."""
        index = self._file.index
        small = [a for a in index.ancestors(binding.node) if isinstance(a, cst.BaseSmallStatement)]
        return small[0] not in index.ancestors(name) and index.rank(binding.node) < index.rank(name)

    def may_exist(self, word: str, cell: Cell) -> bool:
        """Whether a magic, a star import, a cell that does not parse or reflection may define a name before a cell."""
        number = cell.number or 0
        opened = self._opened
        if opened.anything_from is not None and opened.anything_from <= number:
            return True
        return word in self._quoted or opened.words.get(word, number + 1) <= number


def _opens(magic: Magic) -> bool:
    if magic.name == "load_ext":
        return not EXTENSIONS.fullmatch(magic.text.rpartition(".")[2].partition(" ")[0])
    return bool(OPENING.fullmatch(magic.name)) or (magic.name == "store" and "-r" in magic.text)


def _is_given(word: str) -> bool:
    return hasattr(builtins, word) or GIVEN.fullmatch(word) is not None


def _is_written(index: Index, name: cst.Name) -> bool:
    """Whether a name is given a value, or only spelled, where it stands."""
    below: cst.CSTNode = name
    parent = index.parent(name)
    while isinstance(parent, cst.Element | cst.StarredElement | cst.Tuple | cst.List):
        below, parent = parent, index.parent(parent)
    match parent:
        case cst.FunctionDef() | cst.ClassDef() | cst.Param():
            return parent.name is below
        case cst.Arg():
            return parent.keyword is below
        case cst.Attribute():
            return parent.attr is below
        case (
            cst.AssignTarget()
            | cst.NamedExpr()
            | cst.For()
            | cst.CompFor()
            | cst.AnnAssign()
            | cst.AugAssign()
        ):
            return parent.target is below
    return isinstance(parent, cst.AsName | cst.NameItem | cst.MatchAs | cst.MatchKeywordElement)
