"""What a worker does with one file: read, parse, ask the file rules, collect the facts."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TypeVar

import libcst as cst
import libcst.native

from mldebt_lint.analysis.comments import find_comments
from mldebt_lint.analysis.directives import Directive, find_directives
from mldebt_lint.analysis.facts import Fact, empty_module, module_fact, vocabulary
from mldebt_lint.analysis.file import Failure, ParsedCell, SourceFile
from mldebt_lint.analysis.library import Library
from mldebt_lint.analysis.needs import small_text
from mldebt_lint.analysis.nodes import shared_whitespace
from mldebt_lint.analysis.store import kind_key, pack_facts
from mldebt_lint.codec import GarbledError
from mldebt_lint.model import Finding, Note, Problem
from mldebt_lint.reading.document import Document, content_digest
from mldebt_lint.reading.options import ReadOptions
from mldebt_lint.reading.source import document_from_bytes, parse_failure_kind, read_document
from mldebt_lint.rule import FileRule, ProjectRule, Rule

T = TypeVar("T")


@dataclass(slots=True)
class FileResult:
    """Everything one file contributes to a run: plain data, no node.

    `digest` is that of the bytes that were analysed, empty where they could not be read. `facts` are packed, by
    kind; `kinds` are these, each with the digest of its facts. `size` is in characters.
    """

    path: str
    digest: str = ""
    size: int = 0
    findings: list[Finding] = field(default_factory=list)
    directives: list[Directive] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    facts: dict[str, bytes] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)

    @property
    def tells(self) -> bool:
        """Whether there is anything but facts."""
        return bool(self.findings or self.directives or self.problems or self.notes)


@dataclass(frozen=True, slots=True)
class Task:
    """One file to analyse: `path` on disk, `shown` relative to the root, the codes of the file rules to run.

    `raw` replaces the content on disk (standard input).
    """

    path: Path
    shown: str
    codes: frozenset[str]
    raw: bytes | None = None


class Analyst:
    """Analyses files one after the other; holds what is the same for all of them."""

    def __init__(self, rules: Sequence[Rule], library: Library, options: ReadOptions) -> None:
        self.timings: dict[str, float] = {}
        wanted = {rule.code: rule.needs.in_text(library) for rule in rules}
        self._file_rules = [(r, wanted[r.code]) for r in rules if isinstance(r, FileRule)]
        self._project_rules = [(r, wanted[r.code]) for r in rules if isinstance(r, ProjectRule)]
        self._library = library
        self._options = options

    def analyse(self, task: Task) -> FileResult:
        """Analyse one file. Never raises for what is in the file: problems are part of the result."""
        result = FileResult(task.shown)
        with Clock(self.timings, "read"):
            document = self._read(task)
            text = small_text(document)
        result.digest, result.size = document.digest, len(text)
        result.problems += document.problems
        if document.skipped:
            result.notes.append(Note(f"skipped: {document.skipped}", task.shown))
        result.directives += _directives(document, text)
        file_rules = [r for r, wanted in self._file_rules if r.code in task.codes and wanted.is_in(text)]
        project_rules = [r for r, wanted in self._project_rules if wanted.is_in(text)]
        if not (file_rules or project_rules or (self._project_rules and text)):
            if self._project_rules:
                self._keep([empty_module(task.shown)], {}, result)
            return result
        file = self._parsed(document)
        for rule in file_rules:
            with Clock(self.timings, rule.code):
                result.findings += guarded(rule, task.shown, partial(rule.check, file), result.problems)
        if self._project_rules:
            self._collect(file, project_rules, result)
        file.release()
        return result

    def _parsed(self, document: Document) -> SourceFile:
        with Clock(self.timings, "parse"):
            file = parse(document, self._library)
        for step in ("index", "names", "values"):
            with Clock(self.timings, step):
                getattr(file, step)
        return file

    def _collect(self, file: SourceFile, rules: Sequence[ProjectRule], result: FileResult) -> None:
        """Collect the facts of a file: those that every project rule may ask for, and each rule's own."""
        with Clock(self.timings, "module"):
            facts: list[Fact] = [module_fact(file), vocabulary(file)]
        owners: dict[str, str] = {}
        known: set[int] = set()  # rules may share the facts of one file
        for rule in rules:
            with Clock(self.timings, rule.code):
                found = guarded(rule, file.path, partial(rule.collect, file), result.problems)
                facts += [fact for fact in found if id(fact) not in known]
                known.update(map(id, found))
            owners.update((kind_key(fact.__class__), rule.code) for fact in found)
        self._keep(facts, owners, result)

    def _read(self, task: Task) -> Document:
        if task.raw is not None:
            return document_from_bytes(task.raw, task.shown, self._options)
        return read_document(task.path, task.shown, self._options)

    def _keep(self, facts: Sequence[Fact], owners: Mapping[str, str], result: FileResult) -> None:
        """Pack the facts; kinds that are no plain data are left out, with a problem that names the rule."""
        with Clock(self.timings, "pack"):
            result.facts, refused = pack_facts(facts)
            result.kinds = {kind: content_digest(data) for kind, data in result.facts.items()}
        for kind, reason in refused.items():
            name = kind.rpartition(":")[2]
            result.problems.append(
                Problem(f"the fact {name} is no plain data: {reason}", result.path, owners[kind])
            )


def _directives(document: Document, text: str) -> Iterator[Directive]:
    if "mldebt" in text or "noqa" in text:
        comments = [c for cell in document.cells for c in find_comments(cell.text, cell.number)]
        yield from find_directives(comments, document.path)


def guarded(rule: Rule, path: str, ask: Callable[[], Iterator[T]], problems: list[Problem]) -> list[T]:
    """Return what a rule yields; when it raises, keep what came before and add a Problem that names it.

    The one place where any exception is caught: a rule is somebody else's code.
    """
    found: list[T] = []
    try:
        found.extend(ask())
    except GarbledError:  # no rule's doing: facts from a damaged cache
        raise
    except Exception as error:
        words = f"{type(error).__name__}: {error}".split("\n")[0][:200]
        problems.append(Problem(f"the rule raised {words}", path, rule.code))
    return found


def parse(document: Document, library: Library) -> SourceFile:
    """Parse every cell apart; a cell that does not parse becomes a failure and the others remain."""
    cells: list[ParsedCell] = []
    failures: list[Failure] = []
    for cell in document.cells:
        try:
            with shared_whitespace():
                module = libcst.native.parse_module(cell.text)
        except cst.ParserSyntaxError as error:
            kind = parse_failure_kind(cell.text, document.path)
            failures.append(Failure(cell.number, *_where_and_why(cell.text, error), kind))
        else:
            cells.append(ParsedCell(cell, module))
    return SourceFile(document, cells, library, failures)


def _where_and_why(text: str, error: cst.ParserSyntaxError) -> tuple[int, int, str]:
    """Line, column and message of a syntax error: Python's own when it fails too, for they are the clearer ones."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as own:
        return own.lineno or 1, max(own.offset or 1, 1), own.msg
    except (ValueError, RecursionError, MemoryError):
        pass
    found = re.search(r"error at (\d+):(\d+)", error.message)
    line, column = (int(found[1]), int(found[2]) + 1) if found else (1, 1)
    return min(line, text.count("\n") + 1), column, error.message.split("\n")[0]


class Clock:
    """Adds the seconds of a block to a table."""

    __slots__ = ("_key", "_start", "_table")

    def __init__(self, table: dict[str, float], key: str) -> None:
        self._table, self._key = table, key

    def __enter__(self) -> None:
        self._start = perf_counter()

    def __exit__(self, *error: object) -> None:
        self._table[self._key] = self._table.get(self._key, 0.0) + perf_counter() - self._start
