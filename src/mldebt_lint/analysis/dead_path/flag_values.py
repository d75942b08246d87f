"""Which names of a file are flags: one literal assignment, and nothing that could give them another value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeGuard

import libcst as cst

from mldebt_lint.analysis.constants import UNKNOWN
from mldebt_lint.analysis.dead_path.flag_facts import FlagFact, flag_key
from mldebt_lint.analysis.dead_path.truth import value
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.guards import is_main_guard
from mldebt_lint.analysis.names import Binding, Binds, dotted_name
from mldebt_lint.model import Location, Span

# `MYPY = False` is how a type checker is told from a run.
IDIOMS = frozenset({"TYPE_CHECKING", "MYPY"})
# Attributes that frameworks change behind a subclass's back.
LIVED = frozenset({"training", "built", "trainable", "stop_training", "automatic_optimization"})
PARAMETER_NOTE = re.compile(r"#\s*@param\b")
CELL_MARK = re.compile(r"#\s*(?:%%|\+|-\s*$|In\[)")
PARAMETER_CELL = re.compile(r"#\s*(?:%%|\+).*\bparameters\b|#\s*parameters\s*$", re.IGNORECASE)
PARAMETER_TAGS = frozenset({"parameters", "injected-parameters"})
# What tells the reader that the value is his to choose.
KNOB = re.compile(
    r"\b(?:set|change|switch|choose|select|specify|toggle|either|options?|one of)\b|['\"]\w[^'\"]*['\"]|^#+\s*or\b",
    re.IGNORECASE,
)
MOST_MODES = 9  # greater numbers are amounts
NAMESPACES = frozenset({"builtins.exec", "builtins.globals", "builtins.locals"})
# Decorators under which a function's locals are parameters that a command line may set.
CONFIG_DECORATORS = frozenset({"config", "named_config", "ingredient", "configurable"})
NESTING = (cst.If, cst.Else, cst.Try, cst.ExceptHandler, cst.For, cst.While, cst.Match)


class FlagValues:
    """Finds the flags of one file."""

    def __init__(self, file: SourceFile) -> None:
        self.is_rebound = any(file.qualified(call.func) in NAMESPACES for call in file.calls)
        self.found: dict[str, FlagFact] = {}
        self._file = file
        self._keys: dict[Binding, str] = {}
        self._nonlocal = {item.name.value for node in file.index.of(cst.Nonlocal) for item in node.names}
        self._parameters = set(_parameter_lines(file))
        self._comments = {(c.cell, c.line): c for c in file.comments}

    def flag(self, bindings: list[Binding], owner: str = "") -> str:
        """Return the key of the flag that a name's bindings make, an empty string if they make none.

        `owner` is the class whose attribute the name is.
        """
        if len(bindings) != 1:
            return ""
        binding = bindings[0]
        if binding not in self._keys:
            self._keys[binding] = ""
            known = value(binding.value) if isinstance(binding.value, cst.BaseExpression) else UNKNOWN
            if binding.how is Binds.VALUE and _is_flag_value(known) and self._is_constant(binding, owner):
                self._keys[binding] = self._add(binding, known, owner)
        return self._keys[binding]

    def own_flag(self, attribute: cst.Attribute) -> str:
        """Return the key of the flag that `self.x` is: a literal that `__init__` gives it and no other method."""
        values = self._file.values.self_values(attribute)
        owner = self._file.index.enclosing(attribute, cst.ClassDef)
        if owner is None or len(values) != 1 or not _is_flag_value(known := value(values[0])):
            return ""
        function = self._file.index.function(values[0])
        if (
            attribute.attr.value in LIVED
            or function is None
            or function.name.value != "__init__"
            or self._is_nested(values[0])
        ):
            return ""
        name = attribute.attr.value
        key = flag_key(self._file.path, f"{owner.name.value}.{name}")
        if key not in self.found:
            where = self._file.at(self._file.index.statement(values[0]), _label(f"self.{name}"))
            self.found[key] = FlagFact(
                key, f"self.{name}", known, where, False, True, self._is_documented(where)
            )
        return key

    def _add(self, binding: Binding, known: bool | int | str | None, owner: str) -> str:
        is_local = self._file.index.function(binding.node) is not None
        where = self._place(binding, is_plain=not is_local and not owner)
        name = f"{owner}.{binding.name}" if owner else binding.name
        key = flag_key(self._file.path, name)
        if is_local:
            key = f"{key}@{where.span.line}"
        is_documented = self._is_documented(where)
        self.found[key] = FlagFact(
            key, name, known, where, is_local and not owner, bool(owner), is_documented
        )
        return key

    def _is_documented(self, where: Location) -> bool:
        """Whether the comment beside an assignment, or alone right above it, speaks of other values."""
        line = where.span.line
        beside, above = (self._comments.get((where.cell, n)) for n in (line, line - 1))
        notes = (beside, above if above is not None and above.alone else None)
        return any(note is not None and KNOB.search(note.text) for note in notes)

    def _place(self, binding: Binding, is_plain: bool) -> Location:
        """Return where a name is assigned; of a plain one without computing all positions of the file."""
        label = _label(binding.name)
        cell = self._file.cell(binding.node)
        pattern = rf"^{re.escape(binding.name)}\b[^=\n]*="
        found = re.search(pattern, cell.text, re.MULTILINE) if is_plain and "\r" not in cell.text else None
        if found is None:
            return self._file.at(binding.node, label)
        line = cell.text.count("\n", 0, found.start()) + 1
        span = Span(line, 1, line, len(binding.name) + 1)
        return Location(self._file.path, span, cell.number, (line, line), label)

    # -- what keeps a name from being constant --------------------------------------------------------------

    def _is_constant(self, binding: Binding, owner: str) -> bool:
        index = self._file.index
        if binding.name in IDIOMS or binding.name in self._nonlocal or self.is_rebound:
            return False
        function = index.function(binding.node)
        if function is None and not owner:
            if self._is_starred_later(binding) or index.enclosing(binding.node, cst.ClassDef) is not None:
                return False
        elif function is not None and any(
            _last(d.decorator) in CONFIG_DECORATORS for d in function.decorators
        ):
            return False
        return not self._is_nested(binding.node) and not self._is_parameter(binding)

    def _is_starred_later(self, binding: Binding) -> bool:
        """Whether a star import below may give the name another value, as `from local_settings import *` does."""
        index = self._file.index
        stars = (node for node in index.of(cst.ImportFrom) if isinstance(node.names, cst.ImportStar))
        return any(index.rank(node) > index.rank(binding.node) for node in stars)

    def _is_nested(self, node: cst.CSTNode) -> bool:
        """Whether an assignment stands in a branch or loop of its scope; the main guard is none."""
        for ancestor in self._file.index.ancestors(node):
            if isinstance(ancestor, cst.FunctionDef):
                return False
            if isinstance(ancestor, NESTING) and not is_main_guard(ancestor, alone=True):
                return True
        return False

    def _is_parameter(self, binding: Binding) -> bool:
        """Whether papermill or a Colab form sets the name."""
        cell = self._file.cell(binding.node)
        if not PARAMETER_TAGS.isdisjoint(cell.tags):
            return True
        if not self._parameters:
            return False
        return (cell.number, self._file.at(binding.node).span.line) in self._parameters


def _label(name: str) -> str:
    return f"{name} is set here, and nowhere else"


def _is_flag_value(known: object) -> TypeGuard[bool | int | str | None]:
    return (
        known is None
        or isinstance(known, bool | str)
        or (isinstance(known, int) and 0 <= known <= MOST_MODES)
    )


def _last(node: cst.BaseExpression) -> str:
    node = node.func if isinstance(node, cst.Call) else node
    return dotted_name(node).rpartition(".")[2]


def _parameter_lines(file: SourceFile) -> Iterator[tuple[int | None, int]]:
    """Yield the lines that a form, or the parameters cell of a script, offers for editing."""
    patterns = (PARAMETER_NOTE.search, CELL_MARK.match, PARAMETER_CELL.match)
    marks = [c for c in file.comments if any(pattern(c.text) for pattern in patterns)]
    for number, mark in enumerate(marks):
        if PARAMETER_NOTE.search(mark.text):
            yield (mark.cell, mark.line)
        elif PARAMETER_CELL.match(mark.text):
            ends = [m.line for m in marks[number + 1 :] if m.cell == mark.cell and CELL_MARK.match(m.text)]
            last = ends[0] if ends else mark.line + 200
            yield from ((mark.cell, line) for line in range(mark.line, last))
