"""MLD827: notebooks that ran in another order than they are written in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from mldebt_lint.rule import Bad, Debt, FileRule, Finding, Good, Location, Severity, SourceFile, Span

MIN_EXECUTED = 2


class OutOfOrderNotebook(FileRule):
    """The cells of a notebook ran in another order than they stand in.

    Why it is debt
    The shown results came from a state that running the notebook from top to bottom does not build: nobody can
    produce them again, and what was learnt from them rests on cells that were changed or deleted since
    (Sculley et al. 2015, §8 Reproducibility Debt).

    What to do instead
    Restart the kernel and run all cells before committing, or strip the outputs and run the notebook in continuous
    integration.

    Known limits
    A notebook without execution counts says nothing about the order in which it ran.
    """

    code = "MLD827"
    name = "out-of-order-notebook"
    debt = Debt.OUT_OF_ORDER
    severity = Severity.WARNING
    effort_minutes = 10
    examples = (
        Bad(
            files={
                "train.ipynb": """
                # %% In[1]
                import pandas as pd
                # %% In[9]
                df = pd.read_csv("train.csv")
                # %% In[5]
                df = df.dropna()  # bad
                """
            }
        ),
        Bad(
            files={
                "eda.ipynb": """
                # %% In[4]
                rate = 0.1
                # %% [markdown]
                The scores.
                # %%
                unused = 1
                # %% In[3]
                print(rate)  # bad
                # %% In[2]
                print(rate * 2)
                """
            }
        ),
        Good(
            files={
                "gaps.ipynb": """
                # %% In[2]
                rate = 0.1
                # %%
                print(rate)
                # %% In[17]
                print(rate * 2)
                """
            }
        ),
        Good(
            files={"stripped.ipynb": "# %% In[0]\nrate = 0.1\n# %% In[0]\nprint(rate)\n# %%\nprint(rate)\n"}
        ),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Report a notebook once whose counts go back."""
        ran = [
            (cell.number, cell.execution_count, cell.original)
            for cell in file.document.cells
            if cell.number is not None and cell.execution_count and cell.original.strip()
        ]
        if len(ran) < MIN_EXECUTED or not file.is_notebook:
            return
        back = [(before, cell) for before, cell in pairwise(ran) if cell[1] < before[1]]
        if back:
            (above, count, text), (number, less, source) = back[0]
            message = f"counts go back: In[{less}] below In[{count}], {_places(len(back))}; a run from the top may differ"
            related = (_at(file, above, text.split("\n"), f"In[{count}] ran after it"),)
            yield self.found(_at(file, number, source.split("\n"), f"In[{less}]"), message, related)


def _places(count: int) -> str:
    return "at one place" if count == 1 else f"at {count} places"


def _at(file: SourceFile, number: int, lines: Sequence[str], label: str) -> Location:
    line = next((n for n, text in enumerate(lines, 1) if text.strip()), 1)
    width = max(len(lines[line - 1].rstrip()), 1)
    return Location(file.path, Span(line, 1, line, width + 1), number, (line, line), label)
