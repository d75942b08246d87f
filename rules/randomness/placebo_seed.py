"""MLD822: seeds that do not make a run repeatable."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt_lint.rule import (
    ANY_TEXT,
    Bad,
    Debt,
    FileRule,
    Finding,
    Good,
    Late,
    Override,
    Profile,
    Purpose,
    Role,
    SeedOrder,
    Severity,
    SourceFile,
    clocked_helper,
    cst,
    is_aside,
    is_excused,
    is_told,
    placebo,
    shown_name,
)

SECRET = frozenset({"secret", "derived"})
TRAINS = frozenset({Role.FIT, Role.SPLITTER, Role.OPTIMIZER, Role.TRAINING_STEP, Role.TRAINER})

WHY = {
    "none": "gets None, which is no seed: its numbers differ in every run",
    "absent": "gets no seed: its numbers differ in every run",
    "entropy": "seeds from the system's entropy: its numbers differ in every run",
}


class PlaceboSeed(FileRule):
    """A generator is built or seeded in a way that does not make the run repeatable.

    Why it is debt
    It looks as if reproducibility were taken care of, so nobody looks again: `default_rng()`, `seed(None)` and a seed
    from the clock give other numbers in every run, a seed that comes after the first draw leaves that draw open, and a
    second seed for the same library silently replaces the first (§8 Other areas of ML debt, reproducibility debt).

    What to do instead
    Seed once, with a constant or a recorded option, before anything draws. Where a fresh seed is wanted, draw it,
    log it and pass it on.

    Known limits
    Straight paths of one file are judged, helpers of the same file included: its top level with the main guard, and
    each function. Loops over seeds, worker initialisers and generators that a later call seeds are left alone. In
    notebooks, and where a script seeds one library many times (one seed for each experiment), a second seed is for
    the strict profile.
    """

    code = "MLD822"
    name = "placebo-seed"
    debt = Debt.RANDOMNESS
    severity = Severity.WARNING
    needs = ANY_TEXT
    effort_minutes = 10
    examples = (
        Bad(
            """
            import time
            import numpy as np
            import torch
            from numpy.random import RandomState as Rng

            rng = np.random.default_rng()  # bad
            folds = Rng(None)  # bad
            seed = int(time.time())
            torch.manual_seed(seed)  # bad
            """
        ),
        Bad(
            """
            import numpy as np
            from sklearn.model_selection import train_test_split

            def main(args):
                train, test = train_test_split(load(args.path))
                np.random.seed(42)  # bad
                fit(train)
            """
        ),
        Bad(
            """
            import random
            import numpy as np
            from lightning.pytorch import seed_everything

            if __name__ == "__main__":
                seed_everything(1)
                np.random.seed(2)  # bad
                random.seed()  # bad
            """
        ),
        Bad(
            """
            import random
            import time
            from sklearn.model_selection import train_test_split

            def fix_seed(number):
                random.seed(number)

            fix_seed(int(time.time()))  # bad
            train, test = train_test_split(rows, random_state=1)
            """
        ),
        Bad(
            files={
                "train.ipynb": """
                    # %%
                    import torch
                    # %%
                    net = torch.nn.Linear(4, 2)
                    torch.manual_seed(0)  # bad
                    # %%
                    optimizer = torch.optim.Adam(net.parameters())
                    """
            }
        ),
        Good(
            """
            import numpy as np

            def sample(rows, seed=None, rng=None):
                if rng is None:
                    rng = np.random.default_rng()
                return rng.choice(rows)

            for seed in (1, 2, 3):
                np.random.seed(seed)
                print(sample(np.arange(9), rng=np.random.default_rng(seed)))
            """
        ),
        Good(
            """
            import random
            import numpy as np
            import torch
            from sklearn.model_selection import train_test_split
            from torch.utils.data import DataLoader

            random.seed(1)
            np.random.seed(2)
            torch.manual_seed(3)
            split = train_test_split(rows, random_state=4)
            workers = DataLoader(rows, worker_init_fn=lambda i: np.random.seed(i))
            """
        ),
        Good(
            """
            import random
            import torch
            from torch.utils.data import DataLoader

            rng = random.Random()
            rng.seed(7)
            loader = DataLoader(rows, shuffle=True)
            torch.manual_seed(0)  # the loader draws when it is read
            """
        ),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Report generators and seeds that seed nothing, late seeds, and seeds that override others."""
        for call in file.calls:
            api = file.api(call)
            if api is None and (source := clocked_helper(file, call)) and not is_excused(file, call):
                yield self._placebo(file, call, source)
            if api is None or not (api.seeds or api.role is Role.GENERATOR) or SECRET & api.traits:
                continue
            why = placebo(file, call, api)
            if why and not is_excused(file, call) and not is_aside(file, call):
                yield self._placebo(file, call, why)
        order = SeedOrder(file)
        yield from (self._late(file, late) for late in order.late())
        yield from (self._override(file, override) for override in order.overrides())

    def _placebo(self, file: SourceFile, call: cst.Call, why: str) -> Finding:
        reason = WHY.get(why) or f"takes its seed from `{why}`: its numbers differ in every run"
        quiet = is_told(file, call) or (file.is_notebook and not _trains(file))
        message = f"`{shown_name(file, call)}` {reason}"
        return self.found(file.at(call), message, profile=Profile.STRICT if quiet else None)

    def _late(self, file: SourceFile, late: Late) -> Finding:
        draw, seed = late.draw, late.seed
        apart = file.cell(seed.call) is not file.cell(draw.call) and draw.purpose == Purpose.BUILDS
        idle = draw.purpose in {Purpose.TRAINS, Purpose.BUILDS, Purpose.FEEDS} and not _trains(file)
        message = f"`{shown_name(file, seed.call)}` seeds {late.stream} after the first draw, which stays open to chance"
        related = (file.at(draw.call, "drawn before the seed"),)
        return self.found(
            file.at(seed.call), message, related, profile=Profile.STRICT if apart or idle else None
        )

    def _override(self, file: SourceFile, override: Override) -> Finding:
        seed, before = override.seed, override.before
        message = (
            f"{override.stream} is seeded again, with {seed.seed!r} after {before.seed!r}: which one counts?"
        )
        apart = file.cell(seed.call) is not file.cell(before.call)
        related = (file.at(before.call, f"seeded with {before.seed!r} here"),)
        return self.found(
            file.at(seed.call), message, related, profile=Profile.STRICT if apart or override.often else None
        )


def _trains(file: SourceFile) -> bool:
    apis = (file.api(call) for call in file.calls)
    return any(api is not None and api.role in TRAINS for api in apis)
