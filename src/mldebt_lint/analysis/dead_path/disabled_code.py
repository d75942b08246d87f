"""Finds the disabled code in a file's comments, and leaves prose, usage examples and documented settings alone."""

from __future__ import annotations

import ast
import builtins
import operator
import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from itertools import dropwhile, takewhile

from mldebt_lint.analysis.comments import TOKEN, Comment
from mldebt_lint.analysis.dead_path.comment_code import CLAUSE, Line, Piece, comment_runs, pieces, uncomment
from mldebt_lint.analysis.dead_path.comment_leads import (
    ABBREVIATED,
    DIRECTIVE,
    EXAMPLE,
    RULER,
    SWITCH,
    announces,
)
from mldebt_lint.analysis.dead_path.comment_weight import (
    Weight,
    bound_names,
    entry_weight,
    is_telling,
    statement_weight,
)
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.reading.document import Cell

CLASS = re.compile(r"[A-Z]\w*[a-z]\w*")
NAME = re.compile(r"(?<![.\w])[^\W\d]\w*")
QUICK = re.compile(
    r"[\w\])]\s*[-+*/@|&%]*=(?!=)|[\w\])]\(|^\W*(?:from|import|return|raise|assert|del)\b|,\s*$"
)
SWITCH_REACH = 20  # lines below a "uncomment one of these"
PROSE_WITHIN = 2  # lines of prose that may stand inside disabled code


@dataclass(frozen=True, slots=True)
class Disabled:
    """A stretch of comments that holds disabled code: its ends, its lines of code, how and where it begins."""

    first: Comment
    last: Comment
    lines: int
    gist: str
    indent: int


@dataclass(frozen=True, slots=True)
class _Run:
    """A run of comments, cut and weighed; `is_switch` when a comment near above says to uncomment what follows.

    `lead` is the prose right above a cell that holds nothing but comments.
    """

    lines: Sequence[Line]
    pieces: Sequence[Piece]
    weights: Sequence[Weight]
    is_switch: bool
    lead: str


def find_disabled(file: SourceFile) -> Iterator[Disabled]:
    """Yield the disabled code in a file's comments, in order."""
    cells = {cell.number: cell for cell in file.document.cells}
    runs = [run for run in comment_runs(file.comments) if _is_promising(run)]
    if not runs:
        return
    cut = [_cut(run, cells[run[0].cell]) for run in runs]
    switches = [comment for comment in file.comments if SWITCH.search(comment.text)]
    live = _live_names(file)
    bound = {
        name for _, parts in cut for piece in parts for node in piece.nodes for name in bound_names(node)
    }
    found: list[Disabled] = []
    for lines, parts in cut:
        weights = [_weight(lines, piece, live, live | bound) for piece in parts]
        cell = cells[lines[0].comment.cell]
        for item in _in_run(_Run(lines, parts, weights, _is_switch(switches, lines), _lead(cell))):
            if found and _goes_on(found[-1], item, cell):
                found[-1] = replace(found[-1], last=item.last, lines=found[-1].lines + item.lines)
            else:
                found.append(item)
    yield from found


def _lead(cell: Cell) -> str:
    code = (text.strip() for text in cell.text.split("\n")) if cell.lead else ()
    return "" if any(text and not text.startswith("#") for text in code) else cell.lead


def _goes_on(before: Disabled, item: Disabled, cell: Cell) -> bool:
    """Whether two stretches are one construct with blank lines or remarks in it: the second is a clause, or stands deeper."""
    if before.last.cell != item.first.cell:
        return False
    between = cell.text.split("\n")[before.last.line : item.first.line - 1]
    if any(line.strip() and not line.lstrip().startswith("#") for line in between):
        return False
    return item.indent > before.indent or bool(CLAUSE.match(item.gist))


def _is_promising(run: list[Comment]) -> bool:
    if any(">>>" in comment.text or "```" in comment.text for comment in run):
        return False
    return any(QUICK.search(comment.text) for comment in run)


def _live_names(file: SourceFile) -> Set[str]:
    """All names in the file's live code; attributes are none."""
    found = set(dir(builtins))
    for cell in file.document.cells:
        found.update(NAME.findall(TOKEN.sub(" ", cell.text)))
    return found


def _cut(run: list[Comment], cell: Cell) -> tuple[list[Line], list[Piece]]:
    lines = uncomment(run)
    return lines, pieces(lines, _within_brackets(cell, run[0]))


def _is_switch(switches: Sequence[Comment], lines: Sequence[Line]) -> bool:
    first, last = lines[0].comment, lines[-1].comment
    return any(s.cell == first.cell and first.line - SWITCH_REACH <= s.line <= last.line for s in switches)


def _within_brackets(cell: Cell, comment: Comment) -> bool:
    """Whether the live code before a comment leaves a bracket open, as far as its last line tells."""
    for text in reversed(cell.text.split("\n")[: comment.line - 1]):
        code = Line(comment, 0, text.strip()).code
        if code:
            return code.endswith((",", "(", "[", "{"))
    return False


def _weight(lines: Sequence[Line], piece: Piece, live: Set[str], known: Set[str]) -> Weight:
    """Weigh a piece; `live` are the names of the file's code, `known` those that comments bind, too."""
    if (
        not piece.nodes
        or DIRECTIVE.match(lines[piece.first].comment.text)
        or ABBREVIATED.match(lines[piece.first].text)
    ):
        return Weight.PROSE
    if piece.entries:
        return max(entry_weight(node, known) for node in piece.nodes)
    weight = max(_live_weight(node, live, known) for node in piece.nodes)
    if weight is Weight.PROSE and _is_block(piece):
        known = known | {n.id for node in piece.nodes for n in ast.walk(node) if isinstance(n, ast.Name)}
        weight = max(statement_weight(node, known) for node in piece.nodes)
    is_option = all(_is_new_option(node, live) for node in piece.nodes)
    return Weight.SETTING if weight > Weight.SETTING and is_option else weight


def _is_block(piece: Piece) -> bool:
    """Whether a run begins with a loop or branch around statements of its own: nobody writes that as a note."""
    match piece.nodes:
        case [ast.For(body=[_, _, *_]) | ast.While(body=[_, _, *_]) | ast.If(body=[_, _, *_]), *_]:
            return piece.first == 0
    return False


def _live_weight(node: ast.AST, live: Set[str], known: Set[str]) -> Weight:
    """Weigh a statement.

    One that gives a live name an object of a class which is no longer imported is code; arithmetic that gives a
    value to a letter which only comments have may be a formula.
    """
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name(id=made))) if name in live:
            return statement_weight(node, known | {made} if CLASS.fullmatch(made) else known)
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.BinOp() as value) if (
            name not in live and len(name) < 3
        ):
            is_called = any(isinstance(n, ast.Call) for n in ast.walk(value))
            return min(statement_weight(node, known), Weight.CODE if is_called else Weight.SUPPORT)
    return statement_weight(node, known)


def _is_new_option(node: ast.AST, live: Set[str]) -> bool:
    """`# DATA_CATALOG_CLASS = DataCatalog`: a capital name that the live code does not have documents an option."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name.isupper() and name not in live
    return False


# -- stretches of code --------------------------------------------------------------------------------------


def _in_run(run: _Run) -> Iterator[Disabled]:
    start = 0
    while start < len(run.pieces):
        stop = _stretch(run, start)
        found = _judge(run, start, stop) if stop > start else None
        if found is not None:
            yield found
        start = max(stop, start + 1)


def _stretch(run: _Run, start: int) -> int:
    """Return the end of the code that begins at piece `start`; a little prose may stand within."""
    if run.weights[start] is Weight.PROSE:
        return start
    stop, prose = start + 1, 0
    for number in range(start + 1, len(run.pieces)):
        text = run.lines[run.pieces[number].first].text
        if run.weights[number] is not Weight.PROSE:
            stop, prose = number + 1, 0
        elif text:
            prose += 1
            if prose > PROSE_WITHIN or EXAMPLE.search(text):
                break
    return stop


def _judge(run: _Run, start: int, stop: int) -> Disabled | None:
    chosen = [n for n in range(start, stop) if run.weights[n] is not Weight.PROSE]
    strong = [n for n in chosen if run.weights[n] is Weight.CODE]
    if (
        not strong
        or _is_documented_setting(run, chosen)
        or _is_announced(run, start)
        or _is_framed(run, start)
    ):
        return None
    lines = sum(_code_lines(run, n) for n in chosen)
    is_headed = any(line.text for line in run.lines[: run.pieces[start].first])
    if lines < 2 and _is_indexed(run.lines[run.pieces[start].first], run.pieces[strong[0]].nodes[0]):
        return None
    if lines < 2 and not is_telling(run.pieces[strong[0]].nodes[0], is_headed):
        return None
    first, last = run.lines[run.pieces[start].first], run.lines[run.pieces[stop - 1].last]
    return Disabled(first.comment, last.comment, lines, _gist(run, strong[0]), first.indent)


def _is_announced(run: _Run, start: int) -> bool:
    """Whether the prose above presents the code as an example or an option."""
    if run.is_switch:
        return True
    first = run.pieces[start].first
    own = " ".join(line.note for line in run.lines[first : run.pieces[start].last + 1])
    above = dropwhile(operator.not_, (line.text for line in reversed(run.lines[:first])))
    said = takewhile(bool, above)
    lead = " ".join(reversed(list(said)[:3]))
    return announces(lead or (run.lead if start == 0 else ""), own)


def _is_framed(run: _Run, start: int) -> bool:
    """Whether a line stands between two rulers: a heading."""
    first, last = run.pieces[start].first, run.pieces[start].last
    around = [run.lines[n].text for n in (first - 1, last + 1) if 0 <= n < len(run.lines)]
    return first == last and len(around) == 2 and all(map(RULER.fullmatch, around))


def _is_indexed(line: Line, node: ast.AST) -> bool:
    """`# p[i, j] = w[i] @ u[j]` at the margin, where no loop can bind the letters, is a formula."""
    match node:
        case ast.Assign(targets=[ast.Subscript(slice=ast.Name() | ast.Tuple() as index)]):
            letters = [n.id for n in ast.walk(index) if isinstance(n, ast.Name)]
            return line.comment.column == 1 and bool(letters) and all(len(name) == 1 for name in letters)
    return False


def _code_lines(run: _Run, number: int) -> int:
    piece = run.pieces[number]
    return sum(bool(run.lines[n].code) for n in range(piece.first, piece.last + 1))


def _is_documented_setting(run: _Run, chosen: Sequence[int]) -> bool:
    """`# from a import B` above `# SETTING = B` documents an option; imports alone are disabled code."""
    settings = [n for n in chosen if run.weights[n] is Weight.SETTING]
    imports = [
        n for n in chosen if all(isinstance(i, ast.Import | ast.ImportFrom) for i in run.pieces[n].nodes)
    ]
    return bool(settings) and len(settings) + len(imports) == len(chosen)


def _gist(run: _Run, number: int) -> str:
    text = run.lines[run.pieces[number].first].code
    return text if len(text) <= 50 else f"{text[:47]}..."
