"""Which statements can never run: what stands behind a statement that always leaves its block."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import libcst as cst

from mldebt_lint.analysis.dead_path.truth import truth
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.syntax import Index

EXITS = frozenset({"sys.exit", "os._exit", "builtins.exit", "builtins.quit"})
LEAVERS = (cst.Return, cst.Raise, cst.Continue, cst.Break)
LOOPS = (cst.For, cst.While)
MAY_LEAVE: frozenset[type] = frozenset(
    {
        cst.SimpleStatementLine,
        cst.SimpleStatementSuite,
        cst.IndentedBlock,
        cst.If,
        cst.With,
        cst.Try,
        cst.TryStar,
    }
    | {cst.Return, cst.Raise, cst.Continue, cst.Break, cst.Expr}
)
# Context managers that let exceptions through. Any other may swallow one that is raised before the `return`.
LETTING = frozenset(
    {"open", "no_grad", "inference_mode", "autocast", "closing", "nullcontext", "device", "name_scope"}
)

Block = Sequence[cst.BaseStatement | cst.BaseSmallStatement]


@dataclass(frozen=True, slots=True, eq=False)
class Unreachable:
    """Statements of one block that cannot run, and the statement before them that always leaves it."""

    leaver: cst.CSTNode
    how: str
    dead: Block


class Reachability:
    """Finds the dead ends of one file."""

    def __init__(self, file: SourceFile) -> None:
        self._file = file
        self._exits = {
            c for c in file.calls if _last_name(c.func) in ("exit", "_exit", "quit") and self._is_exit(c)
        }

    def _is_exit(self, call: cst.Call) -> bool:
        return self._file.qualified(call.func) in EXITS

    def unreachable(self) -> Iterator[Unreachable]:
        """Yield what no run can reach, in source order; blocks inside a dead one are left out."""
        index = self._file.index
        suspects = {index.parent(self._statement(node)) for kind in LEAVERS for node in index.of(kind)}
        suspects |= {index.parent(self._statement(call)) for call in self._exits}
        suspects |= {
            index.parent(n) for kind in (cst.If, cst.With, cst.Try, cst.While) for n in index.of(kind)
        }
        dead: set[cst.CSTNode] = set()
        for block in sorted(filter(None, suspects), key=index.rank):
            if any(ancestor in dead for ancestor in (block, *index.ancestors(block))):
                continue
            found = self._in_block(_statements(block))
            if found is not None:
                dead.update(found.dead)
                yield found

    def leaves(self, block: cst.BaseSuite) -> bool:
        """Whether a block, once entered, always ends in a `return`, `raise`, `continue`, `break` or exit."""
        return bool(self._ways(block))

    def _statement(self, node: cst.CSTNode) -> cst.CSTNode:
        return self._file.index.statement(node)

    def _in_block(self, block: Block) -> Unreachable | None:
        for position, statement in enumerate(block[:-1]):
            ways = self._ways(statement)
            if ways:
                return Unreachable(statement, _worded(ways), block[position + 1 :])
        return None

    def _ways(self, statement: cst.CSTNode) -> frozenset[str]:
        """Return the ways in which a statement always leaves its block; empty if it can be passed."""
        if statement.__class__ not in MAY_LEAVE:  # most statements; matching them class by class is slow
            return frozenset()
        match statement:
            case cst.SimpleStatementLine(body=body) | cst.SimpleStatementSuite(body=body):
                return self._block_ways(body)
            case cst.IndentedBlock(body=body):
                return self._block_ways(body)
            case cst.Return():
                return frozenset({"return"})
            case cst.Raise():
                return frozenset({"raise"})
            case cst.Continue():
                return frozenset({"continue"})
            case cst.Break():
                return frozenset({"break"})
            case cst.Expr(value=cst.Call() as call) if call in self._exits:
                return frozenset({"exit"})
            case cst.If():
                return self._if_ways(statement)
            case cst.With(items=items) if all(_lets_through(item) for item in items):
                return self._ways(statement.body)
            case cst.Try() | cst.TryStar():
                return self._try_ways(statement)
        return frozenset()

    def _block_ways(self, block: Block) -> frozenset[str]:
        return next(filter(None, map(self._ways, block)), frozenset())

    def _if_ways(self, statement: cst.If) -> frozenset[str]:
        known = truth(statement.test)
        other = statement.orelse
        if known is True:
            return self._ways(statement.body)
        orelse = other.body if isinstance(other, cst.Else) else other
        ways = self._ways(orelse) if orelse is not None else frozenset()
        if known is False:
            return ways
        own = self._ways(statement.body)
        return own | ways if own and ways else frozenset()

    def _try_ways(self, statement: cst.Try | cst.TryStar) -> frozenset[str]:
        if statement.finalbody is not None and (ways := self._ways(statement.finalbody.body)):
            return ways
        tried = self._ways(statement.body)
        if not tried and statement.orelse is not None:
            tried = self._ways(statement.orelse.body)
        handled = [self._ways(handler.body) for handler in statement.handlers]
        return tried.union(*handled) if tried and all(handled) else frozenset()


def is_trivial(node: cst.CSTNode) -> bool:
    """Whether a statement or block does nothing: `pass`, `...`, a string."""
    match node:
        case (
            cst.IndentedBlock(body=body)
            | cst.SimpleStatementSuite(body=body)
            | cst.SimpleStatementLine(body=body)
        ):
            return all(is_trivial(statement) for statement in body)
        case cst.Pass() | cst.Expr(value=cst.Ellipsis() | cst.SimpleString() | cst.ConcatenatedString()):
            return True
    return False


def statements_after(index: Index, statement: cst.CSTNode) -> Block:
    """Return the statements that follow one in its block."""
    parent = index.parent(statement)
    block = parent.body if isinstance(parent, cst.Module | cst.IndentedBlock) else ()
    return block[block.index(statement) + 1 :] if statement in block else ()


def _statements(block: cst.CSTNode) -> Block:
    match block:
        case cst.Module(body=body) | cst.IndentedBlock(body=body):
            return [small for item in body for small in _flat(item)]
        case cst.SimpleStatementSuite(body=body):
            return body
    return ()


def _flat(statement: cst.BaseStatement) -> Iterator[cst.BaseStatement | cst.BaseSmallStatement]:
    if isinstance(statement, cst.SimpleStatementLine):
        yield from statement.body
    else:
        yield statement


def _lets_through(item: cst.WithItem) -> bool:
    return isinstance(item.item, cst.Call) and _last_name(item.item.func) in LETTING


def _last_name(func: cst.BaseExpression) -> str:
    if isinstance(func, cst.Attribute):
        return func.attr.value
    return func.value if isinstance(func, cst.Name) else ""


def _worded(ways: frozenset[str]) -> str:
    return " or ".join(sorted(ways))
