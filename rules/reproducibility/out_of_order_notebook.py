"""MLD827: notebooks whose cells ran in another order than they stand in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from mldebt_lint.rule import (
    Bad,
    Debt,
    EarlyRead,
    FileRule,
    Finding,
    Good,
    Profile,
    Severity,
    SourceFile,
    back_steps,
    early_reads,
)

MOST_RELATED = 5
MOST_NAMES = 4


class OutOfOrderNotebook(FileRule):
    """A notebook's cells ran in another order than they stand in, or need names that no cell above defines.

    Why it is debt
    §8 "Reproducibility debt": the results that the notebook shows came out of a session that nobody can repeat.
    Run from top to bottom it fails, or gives other numbers, because a cell used what a later, changed or deleted
    cell had left behind.

    What to do instead
    Restart the kernel, run all cells, and mend what fails before committing; let CI do the same
    (`jupyter execute`, `nbmake`, papermill). Move what is shared between notebooks into a module.

    Known limits
    Notebooks without execution counts say nothing about order; gaps and repeated counts are no step back, and a
    notebook of which less than half was run is silent. Names are followed at the top level of cells only, outside
    `try`. A star import, `%run`, `%load`, `exec`, `globals()` or an unknown extension may define anything, so what
    follows it is silent. Names that no cell defines are reported at profile default only where the cell was run:
    unexecuted ones are often exercises.
    """

    code = "MLD827"
    name = "out-of-order-notebook"
    debt = Debt.OUT_OF_ORDER
    severity = Severity.WARNING
    effort_minutes = 15
    examples = (
        Bad(
            files={
                "eda.ipynb": """
            # %% In[1]
            import pandas as pd
            # %% In[5]
            df = pd.read_csv("a.csv")
            # %% In[3]
            df = df.dropna()  # bad
            """
            }
        ),
        Bad(
            files={
                "train.ipynb": """
            # %%
            model = build()  # bad
            # %%
            def build():
                return 1
            """
            }
        ),
        Bad(
            files={
                "plot.ipynb": """
            # %% In[1]
            import matplotlib.pyplot as plt
            !pip install scores
            # %% In[2]
            plt.plot([s for s in scores])  # bad
            # %% In[4]
            %%time
            plt.show()
            """
            }
        ),
        Good(
            files={
                "gaps.ipynb": """
            # %% In[2]
            x = 1
            # %%
            y = x
            # %% In[7]
            def later():
                return z + y
            # %% In[9]
            z = 3
            display(later(), _, Out)
            """
            }
        ),
        Good(
            files={
                "stripped.ipynb": """
            # %%
            x = 1
            # %%
            print(x)
            """
            }
        ),
        Good(
            files={
                "magic.ipynb": """
            # %% In[1]
            %time data = load()
            # %% In[2]
            %run helpers.ipynb
            # %% In[3]
            model = fit(data)
            # %% In[4]
            print(f"{model=}", [m for m in model])
            """.replace("load()", "sorted([])")
            }
        ),
        Good(
            files={
                "guarded.ipynb": """
            # %% In[1]
            try:
                cache
            except NameError:
                cache = {}
            # %% In[2]
            if "frame" not in globals():
                frame = None
            """
            }
        ),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Report the first step back of a notebook, and each cell that reads what no cell above defines."""
        if not file.is_notebook:
            return
        yield from self._order(file)
        for _, reads in groupby(early_reads(file), key=lambda read: (read.cell.number, read.later is None)):
            yield self._reads(file, list(reads))

    def _order(self, file: SourceFile) -> Iterator[Finding]:
        steps = back_steps(file)
        if not steps:
            return
        first, *more = steps
        also = f"; {len(more)} more cells go back, too" if more else ""
        message = (
            f"ran as [{first.cell.execution_count}], but stands below [{first.above.execution_count}]{also}"
        )
        related = [file.cell_at(first.above, f"ran as [{first.above.execution_count}]")]
        related += [
            file.cell_at(s.cell, f"goes back to [{s.cell.execution_count}]") for s in more[:MOST_RELATED]
        ]
        yield self.found(file.cell_at(first.cell), message, tuple(related))

    def _reads(self, file: SourceFile, reads: Sequence[EarlyRead]) -> Finding:
        names = ", ".join(f"`{read.name.value}`" for read in reads[:MOST_NAMES])
        names += f" and {len(reads) - MOST_NAMES} more" if len(reads) > MOST_NAMES else ""
        later = [(read, read.later) for read in reads if read.later is not None]
        if later:
            message = f"reads {names} before any cell defines it"
            related = tuple(
                file.at(b.node, f"{r.name.value} is defined here") for r, b in later[:MOST_RELATED]
            )
            return self.found(file.at(reads[0].name), message, related)
        profile = None if reads[0].cell.execution_count else Profile.STRICT
        return self.found(file.at(reads[0].name), f"reads {names}, which no cell defines", profile=profile)
