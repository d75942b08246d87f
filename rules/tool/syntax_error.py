"""MLD000: what cannot be parsed cannot be judged."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt_lint.rule import (
    ANY_TEXT,
    Bad,
    Debt,
    FileRule,
    Finding,
    Good,
    Severity,
    SourceFile,
)


class SyntaxErrorFound(FileRule):
    """A file or notebook cell does not parse, so no rule has looked at it.

    Why it is debt
    Code that no tool can read is code that no tool protects: tests do not import it, formatters skip it, and
    every other finding in it stays invisible.

    What to do instead
    Mend the syntax, or exclude the file. Python 2 sources and templates (Jinja, cookiecutter) are recognised and
    reported as information only, so that they do not fail a run.

    Known limits
    The grammar is the one of the installed libcst; syntax newer than that is reported here.
    """

    code = "MLD000"
    name = "syntax-error"
    debt = Debt.TOOL
    severity = Severity.ERROR
    needs = ANY_TEXT
    effort_minutes = 5
    examples = (
        Bad("def train(model:  # bad\n    pass\n"),
        Bad(files={"train.ipynb": "# %%\nx = 1\n# %%\nfor in x:  # bad\n    pass\n# %%\ny = 2\n"}),
        Good("def train(model):\n    pass\n"),
        Good(files={"explore.ipynb": "# %%\n%matplotlib inline\n# %%\n!pip install torch\n"}),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Report every failure to parse; what is recognisably not Python 3 as information."""
        for failure in file.failures:
            if failure.kind:
                yield self.found(file.failure_at(failure), f"skipped: {failure.kind}", severity=Severity.INFO)
            else:
                yield self.found(file.failure_at(failure), f"does not parse: {failure.message}")
