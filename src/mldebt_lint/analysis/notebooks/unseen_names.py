"""What in a notebook may define names that its Python does not show: magics, star imports, cells that are not read."""

from __future__ import annotations

import re

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.literals import string_value
from mldebt_lint.reading.document import Cell, Magic, MagicKind

# Line magics that leave no name behind; any other may run a file or restore a variable.
_PLAIN_MAGICS = (
    "alias autoreload autosave bookmark cat cd clear cls colors conda config connect_info cp debug dhist dirs"
    " doctest_mode env env_vars fs history html javascript latex ldir less lf lk ll lprun ls lsmagic lx magic mamba man"
    " matplotlib memit mkdir more mprun mv notebook page pastebin pdb pdef pdoc pfile pinfo pinfo2 pip popd pprint"
    " precision prun psearch psource pushd pwd pycat quickref rep reset_selective rm rmdir save set_env shell sx system"
    " tb tensorboard tensorflow_version time timeit unalias unload_ext uv watermark who who_ls whos writefile"
    " xmode"
)
# Extensions that put nothing into the session but magics.
_PLAIN_EXTENSIONS = (
    "autoreload autotime blackcellmagic cudf.pandas cuml.accel cython Cython dotenv google.colab.data_table"
    " google.cloud.bigquery jupyter_black lab_black line_profiler memory_profiler nb_black pycodestyle_magic"
    " rpy2.ipython sql tensorboard tensorboard.notebook watermark"
)
_EXTENSION_MAGICS = frozenset({"load_ext", "reload_ext"})
# Cells whose text cannot reach the session's names.
_FOREIGN_CELLS = (
    "bash cmd file fs html HTML javascript js latex markdown md perl powershell ruby scala script sh svg SVG system"
    " writefile writetemplate"
)
_OPAQUE_CALLS = frozenset({"exec", "execfile"})
_NAMESPACES = frozenset({"globals", "locals", "vars", "dir"})
_OPAQUE_METHODS = frozenset({"ex", "magic", "run_cell", "run_cell_magic", "run_line_magic", "safe_execfile"})
_OPAQUE_NAMES = frozenset({"__builtin__", "__main__", "builtins", "user_global_ns", "user_ns"})
_WORD = re.compile(r"[^\W\d]\w*")
_STAR = re.compile(r"import\s*\*")
_ASSIGNMENT = re.compile(r"^[^\W\d]\w* *[:=]", re.MULTILINE)
_TODO = re.compile(r"\btodo\b", re.IGNORECASE)
# Exercises, whose blanks the reader fills in.
_BLANK = re.compile(
    r"(?<!\w)_{3,}(?!\w)"
    r"|#.*\b(?:your (?:code|solution|answer|turn)|(?:code|answer|solution) (?:goes )?here)\b",
    re.IGNORECASE,
)


class Unseen:
    """Tells from which cell on a name may have been defined by something that is not seen."""

    def __init__(self, file: SourceFile) -> None:
        self._file = file
        self._from: int | None = None
        self._words: dict[str, int] = {}
        parsed = {cell.cell.number for cell in file.cells}
        for cell in file.document.cells:
            self._read(cell, cell.number in parsed)
        for node in self._opaque_nodes():
            self._all_from(file.cell(node).number or 0)

    @property
    def is_total(self) -> bool:
        """Whether some cell may define any name."""
        return self._from is not None

    def may_define(self, name: str, cell: int) -> bool:
        """Whether something in the cell of this number or above may have defined the name."""
        return (self._from is not None and self._from <= cell) or self._words.get(name, cell + 1) <= cell

    def _read(self, cell: Cell, is_parsed: bool) -> None:
        number = cell.number or 0
        if any(_is_opaque(magic) for magic in cell.magics) or _is_left_open(cell):
            self._all_from(number)
        foreign = [magic for magic in cell.magics if magic.kind is MagicKind.CELL]
        for magic in foreign:
            self._add(magic.text, number)
        is_hidden = not cell.text.strip() and bool(cell.original.strip())
        if is_parsed and not is_hidden:
            return
        if is_hidden and not foreign:
            self._all_from(number)
        elif not foreign or foreign[-1].name not in _FOREIGN_CELLS.split():
            self._add(cell.original, number)
            if _STAR.search(cell.original):
                self._all_from(number)

    def _opaque_nodes(self) -> list[cst.CSTNode]:
        index = self._file.index
        found: list[cst.CSTNode] = [
            node for node in index.of(cst.ImportFrom) if isinstance(node.names, cst.ImportStar)
        ]
        found.extend(call for call in self._file.calls if _is_opaque_call(call) or self._is_written(call))
        found.extend(name for name in index.of(cst.Name) if name.value in _OPAQUE_NAMES)
        return found

    def _is_written(self, call: cst.Call) -> bool:
        """Whether a call returns the session's names for more than a test of what they hold."""
        if not isinstance(call.func, cst.Name) or call.func.value not in _NAMESPACES or call.args:
            return False
        if not isinstance(self._file.index.parent(call), cst.ComparisonTarget):
            return call.func.value != "dir"
        statement = self._file.index.statement(call)
        for string in self._file.index.within(statement, cst.SimpleString):
            self._add(_text(string), self._file.cell(call).number or 0)
        return False

    def _all_from(self, cell: int) -> None:
        self._from = cell if self._from is None else min(self._from, cell)

    def _add(self, text: str, cell: int) -> None:
        for word in _WORD.findall(text):
            self._words.setdefault(word, cell)


def _is_opaque(magic: Magic) -> bool:
    return magic.kind is MagicKind.LINE and _may_define(magic.name, magic.text)


def _may_define(name: str, text: str) -> bool:
    if name in _EXTENSION_MAGICS:
        return not set(text.partition("#")[0].split()) <= set(_PLAIN_EXTENSIONS.split())
    return name not in _PLAIN_MAGICS.split()


def _is_opaque_call(call: cst.Call) -> bool:
    match call.func:
        case cst.Name(value=name):
            return name in _OPAQUE_CALLS
        case cst.Attribute(attr=cst.Name(value=method)) if method in _OPAQUE_METHODS:
            said = [_text(arg.value) for arg in call.args]
            name, _, rest = " ".join(said).partition(" ")
            return method in {"ex", "run_cell", "run_cell_magic", "safe_execfile"} or _may_define(name, rest)
    return False


def _text(node: cst.BaseExpression) -> str:
    return string_value(node) or ""


def _is_left_open(cell: Cell) -> bool:
    """Whether a cell is a blank to fill in, or marks where another program puts its parameters."""
    if any("param" in tag for tag in cell.tags) and not _ASSIGNMENT.search(cell.text):
        return True
    return _BLANK.search(cell.original) is not None or _is_to_be_done(cell.original)


def _is_to_be_done(text: str) -> bool:
    """Whether a cell is nothing but comments, one of which says TODO, and perhaps a `pass`."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    code = [line for line in lines if not line.startswith("#")]
    return code in ([], ["pass"]) and any(_TODO.search(line) for line in lines)
