"""MLD521: branches that a literal decides, and statements behind one that always leaves."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mldebt_lint.rule import (
    ANY_TEXT,
    Bad,
    Debt,
    FileRule,
    Finding,
    Good,
    Location,
    Profile,
    Reachability,
    Severity,
    SourceFile,
    as_python_3,
    cst,
    is_trivial,
    truth,
)

# What an author writes who knows that a line cannot run.
KNOWN = re.compile(r"(?i)unreach|(?:never|not|n't|be) reach|always reach")


class DeadBranch(FileRule):
    """A branch or a statement can never run.

    Why it is debt
    §5 "Dead experimental codepaths": a branch switched off by a literal is an experiment that was never cleaned
    up. It is compiled, read and kept compatible, but never run or tested; whoever flips the literal later runs
    code that the rest of the program has moved away from.

    What to do instead
    Delete the dead branch and the condition. A choice that is still open belongs in a parameter, so that a run
    can record it.

    Known limits
    Only literals decide here; constant names are the business of dead-flag. `while True`, `if True` without
    `else`, a `yield` that only makes a generator, imports under `if False` (for type checkers and packagers) and
    statements after a `with` block that may swallow an exception are silent. Python 2 files are read, too.
    """

    code = "MLD521"
    name = "dead-branch"
    debt = Debt.DEAD_PATH
    severity = Severity.WARNING
    needs = ANY_TEXT
    effort_minutes = 10
    examples = (
        Bad("""
            def average(x, weights):
                if True:  # bad
                    return (x * weights).sum()
                else:
                    return x.mean()
            """),
        Bad("""
            def fit(model, X, y):
                if False and X.shape[1] > 10:  # bad
                    X = X[:, :10]
                model.fit(X, y)
            """),
        Bad("""
            def forward(self, x):
                return self.head(x)
                x = self.attention(x)  # bad
                return self.head(x)
            """),
        Bad("""
            for batch in loader:
                if batch is None:
                    continue
                    print("skipped")  # bad
                loss = train(batch) if not True else 0  # bad
            """),
        Bad(
            files={
                "train.ipynb": """
            # %%
            import sys
            # %%
            while 0:  # bad
                retrain()
            # %%
            sys.exit()
            evaluate()  # bad
            """
            }
        ),
        Good(
            """
            def step(self):
                raise RuntimeError("fails on purpose")
                self.next(self.end)  # unreachable, but the graph's validator wants it
            """
        ),
        Good("""
            from typing import TYPE_CHECKING
            if TYPE_CHECKING:
                import torch
            while True:
                if step():
                    break
            if True:
                print("no other branch")
            """),
        Good("""
            from contextlib import suppress

            def batches():
                raise NotImplementedError
                yield

            def load():
                with suppress(OSError):
                    raise OSError
                return 1
            """),
        Good("""
            def pick(name, DEBUG):
                if name == "a" or DEBUG:
                    return 1
                elif name:
                    return 2
                try:
                    return int(name)
                except ValueError:
                    pass
                return 3
            """),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Report constant conditions with a dead branch, and the first statement that cannot be reached."""
        yield from self._check(file)
        old = as_python_3(file)
        if old is not None:
            yield from self._check(old)

    def _check(self, file: SourceFile) -> Iterator[Finding]:
        for branch in file.index.of(cst.If):
            yield from self._branch(file, branch)
        for choice in file.index.of(cst.IfExp):
            known = truth(choice.test)
            if known is not None:
                said, dead = ("true", "else") if known else ("false", "first")
                yield self.found(
                    file.at(choice), f"the condition is always {said}: the {dead} value is never used"
                )
        for loop in file.index.of(cst.While):
            if truth(loop.test) is False and not is_trivial(loop.body):
                yield self.found(file.at(loop), "the condition is always false: the loop never runs")
        yield from self._unreachable(file)

    def _branch(self, file: SourceFile, branch: cst.If) -> Iterator[Finding]:
        known = truth(branch.test)
        if known is None:
            return
        other = branch.orelse.body if isinstance(branch.orelse, cst.Else) else branch.orelse
        if known and other is not None and not is_trivial(other):
            yield self.found(file.at(branch), "the condition is always true: the else branch never runs")
        if not known and not is_trivial(branch.body) and not (other is None and _is_idiom(branch.body)):
            yield self.found(file.at(branch), "the condition is always false: the branch never runs")

    def _unreachable(self, file: SourceFile) -> Iterator[Finding]:
        for found in Reachability(file).unreachable():
            dead = [statement for statement in found.dead if not is_trivial(statement)]
            if not dead or all(_is_yield(statement) for statement in dead):
                continue
            profile = Profile.STRICT if all(_is_tidy(statement) for statement in dead) else None
            where, leaver = file.at(dead[0]), file.at(found.leaver, f"{found.how} here")
            if not _is_said(file, leaver, where):
                message = f"never reached: the {found.how} above always leaves the block"
                yield self.found(where, message, (leaver,), profile=profile)


def _is_said(file: SourceFile, leaver: Location, dead: Location) -> bool:
    """Whether a comment just above or beside says that it is known: `# unreachable, but the type checker wants it`."""
    lines = range(leaver.span.line - 3, dead.span.end_line + 1)
    return any(c.cell == dead.cell and c.line in lines and KNOWN.search(c.text) for c in file.comments)


def _is_tidy(node: cst.CSTNode) -> bool:
    """Whether a statement does no work, as the `break` or `return None` that habit puts behind a `raise`."""
    match node:
        case cst.Return(value=cst.Tuple(elements=elements)):
            return all(isinstance(element.value, cst.Name) for element in elements)
        case cst.Return(value=None | cst.Name() | cst.SimpleString()) | cst.Break() | cst.Continue():
            return True
    return is_trivial(node)


def _is_yield(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Expr) and isinstance(node.value, cst.Yield)


def _is_idiom(block: cst.BaseSuite) -> bool:
    """`if False: yield` makes a generator; `if False: import x` speaks to type checkers and packagers."""
    small = [
        s for line in block.body for s in (line.body if isinstance(line, cst.SimpleStatementLine) else [line])
    ]
    return all(_is_yield(s) or isinstance(s, cst.Import | cst.ImportFrom) or is_trivial(s) for s in small)
