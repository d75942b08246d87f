"""MLD827: notebooks whose results a run from top to bottom does not give again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from mldebt_lint.rule import (
    ANY_TEXT,
    Bad,
    Debt,
    DisplacedRead,
    ExecutedCell,
    FileRule,
    Finding,
    Good,
    Profile,
    Severity,
    SourceFile,
    Undefined,
    cells_out_of_order,
    cst,
    displaced_reads,
    executed_cells,
    labelled,
    undefined_names,
)

MAX_RELATED = 5


class OutOfOrderNotebook(FileRule):
    """The cells of a notebook ran in another order than they stand in, or need a name that none above them defines.

    Why it is debt
    The shown results came from a state that running the notebook from top to bottom does not build: nobody can
    produce them again, and what was learnt from them rests on cells that were moved, changed or deleted since
    (Sculley et al. 2015, §8 Reproducibility Debt).

    What to do instead
    Restart the kernel and run all cells before committing. Move what a cell needs above it, and delete cells that
    are no longer run.

    Known limits
    Stripped counts, gaps and zeros say nothing about the order in which cells ran. What stands below a star import,
    `%run`, `exec` or whatever else may define names unseen is silent, and names that `del` removed stay known. What a
    function reads counts where a cell calls it by its name. The strict profile shows orders that change no result, as
    far as the names, files and seeds show that the cells write, change in place and read: imports that ran once more,
    cells that share nothing or only look at a value. It shows names that no cell defines in cells that were never
    run, which are often exercises, or under a condition, which a run may never meet.
    """

    code = "MLD827"
    name = "out-of-order-notebook"
    debt = Debt.OUT_OF_ORDER
    severity = Severity.WARNING
    needs = ANY_TEXT
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
        Bad(
            files={
                "scores.ipynb": """
                # %% In[11]
                import pandas as pd
                df = pd.read_csv("scores.csv")
                # %% In[12]
                df[columns].hist()  # bad
                # %% In[13]
                columns = ["age", "income"]
                df[columns].describe()
                """
            }
        ),
        Bad(files={"stripped.ipynb": "# %%\nmodel = build()  # bad\n# %%\ndef build():\n    return 1\n"}),
        Bad(
            files={
                "impute.ipynb": """
                # %% In[1]
                import pandas as pd
                df = pd.read_csv("houses.csv").dropna(subset=TARGET)  # bad
                # %% In[2]
                medians = df.median()
                # %% In[3]
                df = df.fillna(modes)  # bad
                df.plot.scatter("x", "y")
                plt.show()  # bad
                """
            }
        ),
        Bad(
            files={
                "evaluate.ipynb": """
                # %% In[1]
                from sklearn.linear_model import Ridge
                model = Ridge()
                def evaluate(frame):
                    return model.score(frame[features], frame["y"])  # bad
                # %% In[2]
                print(evaluate(frame=None))
                # %% In[3]
                features = ["age"]
                """
            }
        ),
        Bad(
            files={
                "in_place.ipynb": """
                # %% In[1]
                import pandas as pd
                def clean(frame):
                    frame["age"] = frame["age"].fillna(0)
                df = pd.read_csv("train.csv")
                # %% In[4]
                clean(df)
                # %% In[3]
                means = df.mean()  # bad
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
        Good(files={"stripped.ipynb": "# %%\nrate = 0.1\n# %%\nprint(rate)\n"}),
        Good(files={"zeros.ipynb": "# %% In[0]\nrate = 0.1\n# %% In[0]\nprint(rate)\n# %%\nprint(rate)\n"}),
        Good(
            files={
                "unseen.ipynb": """
                # %% In[1]
                %run setup.py
                # %% In[2]
                files = !ls data
                print(files, seed, _, In[1], [path for path in files])
                # %% In[3]
                def report():
                    return total / len(files)
                # %% In[4]
                total = 3.0
                report()
                """
            }
        ),
        Good(
            files={
                "captured.ipynb": """
                # %% In[1]
                %%capture log
                import numpy as np
                # %% In[2]
                log.show()
                # %% In[3]
                for step in range(3):
                    best = min(best, step) if step else np.inf
                """
            }
        ),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Report a notebook once for its counts, and once for each name that is read too early."""
        yield from self._counts(file, executed_cells(file))
        for found in undefined_names(file):
            yield self._undefined(file, found)

    def _counts(self, file: SourceFile, ran: Sequence[ExecutedCell]) -> Iterator[Finding]:
        back = [(above, below) for above, below in pairwise(ran) if below.count < above.count]
        if not back:
            return
        above, below = back[0]
        moved = cells_out_of_order(ran)
        message = (
            f"In[{below.count}] stands below In[{above.count}]: {moved} of {len(ran)} cells ran out of order, "
            "so a run from the top may differ"
        )
        related = [labelled(above.where, f"In[{above.count}] ran after it")]
        related += [
            labelled(cell.where, f"In[{cell.count}] goes back too") for _, cell in back[1:MAX_RELATED]
        ]
        displaced = displaced_reads(file, ran)[:1]
        related += [labelled(read.cell.where, _displaced(read)) for read in displaced]
        profile = Profile.DEFAULT if displaced else Profile.STRICT
        yield self.found(below.where, message, tuple(related), profile=profile)

    def _undefined(self, file: SourceFile, found: Undefined) -> Finding:
        name = found.name.value
        related = []
        if found.call is not None:
            related.append(file.at(found.call, "called here"))
        if found.later is not None:
            related.append(file.at(found.later, f"{name} is defined here"))
        message = f"{name} is read {_relation(file, found)}: a run from the top stops with a NameError"
        never = found.later is None and (not found.has_run or _is_in_branch(file, found))
        profile = Profile.STRICT if never else Profile.DEFAULT
        return self.found(file.at(found.name), message, tuple(related), profile=profile)


def _displaced(read: DisplacedRead) -> str:
    if read.source is None:
        return f"it reads {read.what}, which no cell above it had given when it ran"
    return f"run from the top, it reads {read.what} as In[{read.source.count}] above leaves it"


def _is_in_branch(file: SourceFile, found: Undefined) -> bool:
    """Whether a name is read under a condition, which a run may never meet."""
    below: cst.CSTNode = found.name
    for ancestor in file.index.ancestors(found.name):
        if isinstance(ancestor, cst.If) and below is not ancestor.test:
            return True
        below = ancestor
    return False


def _relation(file: SourceFile, found: Undefined) -> str:
    if found.later is None:
        return "but no cell defines it" if found.is_certain else "but no cell above defines it"
    read, defined = file.cell(found.name), file.cell(found.later)
    if found.call is not None:
        return f"by a call in cell {file.cell(found.call).number}, before cell {defined.number} defines it"
    if read is defined:
        return "above its only definition in this cell"
    return f"but only cell {defined.number} below defines it"
