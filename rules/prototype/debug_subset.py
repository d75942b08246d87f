"""MLD563: a literal cut of the data that was made for a quick try and still stands before training."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mldebt_lint.rule import (
    Bad,
    Debt,
    FileRule,
    Finding,
    Good,
    Origins,
    Profile,
    Severity,
    SourceFile,
    Subset,
    Subsets,
    Training,
    cst,
    trainings,
)

TRIAL = re.compile(r"(?i)debug|smoke|sanity|quick|overfit|toy|tiny|dummy|fake|demo|(?:^|_)test(?:_|$)")
PRETENDED = re.compile(r"(?i)fake|dummy|mock|stub")


class DebugSubset(FileRule):
    """A literal keeps only some rows of the data on their way to training.

    Why it is debt
    `nrows=1000` makes the first run fast and then stays: the model that is shipped has seen a corner of the data,
    nothing fails, and the metric merely looks a little worse than it could. A trial that became production
    without anybody deciding it (§5 Common smells, "prototype smell").

    What to do instead
    Take the number of rows from an option that is off by default (`--max-rows`), or guard the cut by one
    (`if args.debug:`), so that a full run is what one gets without editing the source.

    Known limits
    The way from the cut to training is followed within one file, through the file's own functions and classes.
    Two parts of the same data (`x[:800]`, `x[800:]`) are a split; cuts below an `if`, in functions for debugging
    and of validation data are silent. A number under a name of its own, and searches over hyperparameters on a
    sample, are shown by the strict profile.

    References
    Sculley et al. 2015, §5 Common smells.
    """

    code = "MLD563"
    name = "debug-subset"
    debt = Debt.PROTOTYPE
    severity = Severity.WARNING
    effort_minutes = 10
    examples = (
        Bad(
            """
            import pandas as pd
            from sklearn.linear_model import LogisticRegression

            df = pd.read_csv("train.csv", nrows=1000)  # bad
            df = df.dropna()
            LogisticRegression().fit(df[["age", "income"]], df["churn"])
            """
        ),
        Bad(
            """
            from sklearn.ensemble import RandomForestClassifier as Forest

            def train(X, y):
                model = Forest(random_state=0)
                return model.fit(X, y)

            def main(frame):
                frame = frame.sample(frac=0.1, random_state=0)  # bad
                return train(frame.drop(columns="y"), frame["y"])
            """
        ),
        Bad(
            """
            from datasets import load_dataset
            from transformers import Trainer

            train_ds = load_dataset("imdb", split="train[:1%]")  # bad
            data = load_dataset("imdb")
            data["train"] = data["train"].shuffle(seed=0).select(range(500))  # bad
            Trainer(model=model, args=args, train_dataset=train_ds).train()
            Trainer(model=model, args=args, train_dataset=data["train"]).train()
            """
        ),
        Bad(
            """
            from torch.utils.data import DataLoader, Subset

            loader = DataLoader(Subset(dataset, range(64)), batch_size=8)  # bad
            for epoch in range(10):
                for x, y in loader:
                    loss = criterion(net(x), y)
                    loss.backward()
                    optimizer.step()
            """
        ),
        Bad(
            files={
                "train.ipynb": """
                # %%
                import pandas as pd
                df = pd.read_parquet("clicks.parquet").head(5000)  # bad
                # %%
                df.head(10)
                # %%
                model.fit(df[features], df["click"])
                """
            }
        ),
        Good(
            """
            X_train, X_test, y_train, y_test = X[:60000], X[60000:], y[:60000], y[60000:]
            model.fit(X_train, y_train, validation_data=(X_test[:100], y_test[:100]))
            train = df.sample(frac=0.3, random_state=0)
            test = df.drop(train.index)
            model.fit(train[features], train["y"])
            """
        ),
        Good(
            """
            import matplotlib.pyplot as plt
            import pandas as pd

            df = pd.read_csv("train.csv")
            fig, axes = plt.subplots(nrows=2)
            print(df.head(20))
            df[:500].plot(ax=axes[0])
            model.fit(df.iloc[:, :10], df["y"])
            """
        ),
        Good(
            """
            import argparse

            import pandas as pd

            parser = argparse.ArgumentParser()
            parser.add_argument("--rows", type=int)
            parser.add_argument("--debug", action="store_true")
            args = parser.parse_args()
            df = pd.read_csv("train.csv", nrows=args.rows)
            if args.debug:
                df = df.head(100)
            model.fit(df[features], df["y"])
            """
        ),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Walk back from every training to the cuts of its data."""
        found: dict[cst.CSTNode, tuple[Subset, Training]] = {}
        subsets: Subsets | None = None
        origins = Origins(file)
        for training in trainings(file):
            subsets = subsets or Subsets(file)
            for expression in training.data:
                for node in origins.walk(expression):
                    known = found.get(node)
                    subset = subsets.of(node) if known is None or known[1].searches else None
                    if subset is not None and not _is_deliberate(file, node):
                        found[node] = (subset, training)
        yield from self._reports(file, list(found.values()))

    def _reports(self, file: SourceFile, cuts: list[tuple[Subset, Training]]) -> Iterator[Finding]:
        groups: dict[tuple[cst.CSTNode, str], list[tuple[Subset, Training]]] = {}
        for subset, training in cuts:
            groups.setdefault((training.node, subset.amount), []).append((subset, training))
        for items in groups.values():
            items.sort(key=lambda item: file.index.rank(item[0].node))
            (subset, training), *others = items
            related = [file.at(other.node, "and the same cut here") for other, _ in others]
            where = training.node.iter if isinstance(training.node, cst.For) else training.node
            message = f"only {subset.amount} reach training: a cut for a quick try is left in"
            inline = training.searches and training.node in set(file.index.ancestors(subset.node))
            profile = Profile.STRICT if subset.named or inline else None
            yield self.found(
                file.at(subset.node), message, (*related, file.at(where, "trains on it")), profile=profile
            )


def _is_deliberate(file: SourceFile, node: cst.CSTNode) -> bool:
    """Below a condition, in a loop that draws samples, or in a function whose name says that it is a trial."""
    for ancestor in file.index.ancestors(node):
        if isinstance(ancestor, cst.If | cst.IfExp) and not _is_main_guard(ancestor.test):
            return True
        if isinstance(ancestor, cst.For) and isinstance(node, cst.Call):
            return True
        if isinstance(ancestor, cst.FunctionDef | cst.ClassDef) and TRIAL.search(ancestor.name.value):
            return True
        if isinstance(ancestor, cst.Assign) and any(
            _is_pretended(target.target) for target in ancestor.targets
        ):
            return True
    return False


def _is_pretended(target: cst.BaseExpression) -> bool:
    return isinstance(target, cst.Name) and PRETENDED.search(target.value) is not None


def _is_main_guard(test: cst.BaseExpression) -> bool:
    return (
        isinstance(test, cst.Comparison) and isinstance(test.left, cst.Name) and test.left.value == "__name__"
    )
