"""MLD821: programs that draw random numbers and never seed the generator."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

from mldebt_lint.rule import (
    ANY_TEXT,
    Bad,
    Debt,
    Fact,
    Finding,
    Good,
    Location,
    Profile,
    Project,
    ProjectRule,
    Severity,
    SourceFile,
    Unseeded,
    blocks,
    labelled,
    randomness,
    unseeded,
)

OTHERS = 2


@dataclass(frozen=True, slots=True)
class Options:
    """Options of unseeded-randomness."""

    places: int = field(
        default=20, metadata={"doc": "how many further draws one finding lists as related places", "min": 0}
    )


class UnseededRandomness(ProjectRule):
    """A program draws random numbers that decide its result, and nothing on its way seeds the generator.

    Why it is debt
    A split, an order of rows, first weights or a sample that differ in every run make two runs incomparable: nobody
    can tell whether a better score is the change or the luck, and a model cannot be built again (§8 Other areas of
    ML debt, reproducibility debt). Each library has a generator of its own: `random.seed` seeds neither numpy nor
    torch.

    What to do instead
    Seed every generator that the program uses once, in its entry point, from an option that is recorded with the
    run; or give the seed to the draw itself (`random_state=`, `generator=`, a `numpy.random.default_rng(seed)` that
    is passed on).

    Known limits
    A program is an entry point with all that it imports; a file that no program reaches is silent, since its caller
    seeds. Which function runs is told from names. A helper that is not in the project counts as a seeder if its name
    says so; a program that `exec`s text is silent. Draws for plots, names and waiting times are left alone, first
    weights and shuffled loaders matter only where something trains, and made-up data in notebooks and draws in
    programs that train nothing are for the strict profile. There is one finding for each program and library.
    """

    code = "MLD821"
    name = "unseeded-randomness"
    debt = Debt.RANDOMNESS
    severity = Severity.WARNING
    basis = "randomness"
    needs = ANY_TEXT
    effort_minutes = 15
    Options = Options
    examples = (
        Bad(
            """
            import pandas as pd
            from sklearn.model_selection import train_test_split as split

            df = pd.read_csv("churn.csv")
            train, test = split(df, test_size=0.2)  # bad
            train.to_csv("train.csv")
            """
        ),
        Bad(
            files={
                "train.py": """
                    import random
                    import torch
                    from data import Rows

                    def main():
                        random.seed(0)
                        torch.manual_seed(0)
                        model = torch.nn.Linear(4, 2)
                        torch.optim.SGD(model.parameters(), lr=0.1).step()
                        print(Rows()[0])

                    if __name__ == "__main__":
                        main()
                    """,
                "data.py": """
                    import numpy as np

                    class Rows:
                        def __getitem__(self, index):
                            return np.random.choice([0, 1])  # bad
                    """,
            }
        ),
        Bad(
            files={
                "train.ipynb": """
                    # %%
                    from sklearn.ensemble import RandomForestClassifier
                    # %%
                    options = {"n_estimators": 100, "random_state": None}
                    model = RandomForestClassifier(**options)  # bad
                    # %%
                    model.fit(X, y)
                    """
            }
        ),
        Bad(
            """
            import torch
            from torch import nn

            def set_seed(seed):
                torch.manual_seed(seed)  # nobody calls this

            net = nn.Sequential(nn.Linear(8, 8), nn.ReLU())  # bad
            optimizer = torch.optim.Adam(net.parameters())
            for x in batches:
                net(x).sum().backward()
                optimizer.step()
            """
        ),
        Good(
            files={
                "train.py": """
                    from common.repro import fix_all
                    from sklearn.model_selection import train_test_split

                    if __name__ == "__main__":
                        fix_all(42)
                        train, test = train_test_split(rows)
                    """,
                "common/repro.py": """
                    import random
                    import numpy as np

                    def fix_all(seed):
                        random.seed(seed)
                        np.random.seed(seed)
                    """,
            }
        ),
        Good(
            """
            import numpy as np
            import xgboost as xgb
            from sklearn.model_selection import KFold, train_test_split

            rng = np.random.default_rng(42)
            order = rng.permutation(1000)
            train, test = train_test_split(rows, random_state=7)
            model = xgb.XGBClassifier().fit(train, labels)
            folds = KFold(5)
            """
        ),
        Good(
            """
            import random
            import time
            import matplotlib.pyplot as plt
            import numpy as np

            def fetch(url):
                time.sleep(1 + random.random())
                return url

            plt.scatter(np.random.rand(50), np.random.rand(50))
            """
        ),
        Good(
            """
            import torch

            net = torch.nn.Linear(4, 2)
            net.load_state_dict(torch.load("model.pt"))
            print(net(torch.ones(1, 4)).argmax())
            """
        ),
    )

    def collect(self, file: SourceFile) -> Iterator[Fact]:
        """Collect draws, seeds and training, and what calls what."""
        yield from blocks(file)
        yield from randomness(file)

    def check(self, project: Project) -> Iterator[Finding]:
        """Report each stream that a program draws from and never seeds, at the first draw."""
        found: dict[tuple[object, str], Unseeded] = {}
        for item in unseeded(project):
            key = (item.draws[0].where.key, item.stream)
            if key not in found or (item.sure and not found[key].sure):
                found[key] = item
        for item in found.values():
            yield self._finding(item)

    def _finding(self, item: Unseeded) -> Finding:
        first = item.draws[0]
        return self.found(
            labelled(first.where, ""),
            self._message(item),
            self._related(item),
            profile=None if item.sure else Profile.STRICT,
        )

    def _message(self, item: Unseeded) -> str:
        first, entry = item.draws[0], item.program.entry
        if item.stream == "clock":
            return f"`{first.name}` draws by a seed that comes from the clock: no two runs agree"
        unset = f" without {first.takes_seed}" if first.takes_seed and item.stream == "numpy" else ""
        runs = "this program" if first.where.path == entry else entry
        return f"`{first.name}`{unset} draws from {item.stream}'s generator, which {runs} never seeds: no two runs agree"

    def _related(self, item: Unseeded) -> tuple[Location, ...]:
        options = cast("Options", self.options)
        more = [labelled(draw.where, "drawn here, too") for draw in item.draws[1:]]
        seeds = [seeding.where for seeding in item.others[:OTHERS]]
        return (*more[: options.places], *seeds)
