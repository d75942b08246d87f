"""MLD563: a literal cut of the data that was made for a quick try and still stands before training."""

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
    Origins,
    Profile,
    Severity,
    SourceFile,
    Subset,
    Subsets,
    Training,
    cst,
    is_main_guard,
    trainings,
)

TRIAL = re.compile(r"(?i)debug|smoke|sanity|quick|overfit|toy|tiny|dummy|fake|demo|(?:^|_)test(?:_|$)")
PRETENDED = re.compile(r"(?i)fake|dummy|mock|stub")
YEAR = re.compile(r"\b(?:365|366|8,760|8,784) rows")  # in days or hours
HELD_OUT = re.compile(r"(?i)(?:^|_)(?:test|val|valid|validation|eval|dev|holdout)(?:_|$|\d)")
# A comment that states the cut, and one that says that it should go.
STATED = re.compile(
    r"(?i)\b(?:first|only|subset|small(?:er)?|few(?:er)?|low|part|portion|regimes?|limit(?:ed)?|reduced?)\b"
)
MEANT_TO_GO = re.compile(
    r"(?i)\b(?:debug\w*|quick\w*|fast\w*|speed\w*|accelerat\w*|temporar\w*|for now|todo|fixme|hack|remove|test\w*|try|trial"
    r"|smoke|sanity|while|until|later|dev\w*)\b"
)


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
    and of data that is named as held out are silent. The strict profile shows a number under a name of its own,
    searches over hyperparameters on a sample, a slice inside the `fit` of a notebook cell, a year of a time
    series, and a cut that a comment states as meant.

    References
    Sculley et al. 2015, §5 Common smells.
    """

    code = "MLD563"
    name = "debug-subset"
    debt = Debt.PROTOTYPE
    severity = Severity.WARNING
    needs = ANY_TEXT
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
            import numpy as np

            X, y, ids = load("train.csv")
            X_test, test_ids = load("test.csv")
            shown = X_test[:1000]
            base = np.copy(X_test[chosen][:10])
            model.fit(np.vstack([X, base]), y)
            model.fit(np.vstack([X, shown]), y)
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
                    if subset is not None and not _is_deliberate(file, node) and not _is_held_out(file, node):
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
            at = file.at(subset.node)
            inline = training.node in set(file.index.ancestors(subset.node))
            is_shown = inline and (training.searches or at.cell is not None)
            is_meant = subset.named or YEAR.search(subset.amount) or _is_stated(file, at)
            profile = Profile.STRICT if is_meant or is_shown else None
            yield self.found(at, message, (*related, file.at(where, "trains on it")), profile=profile)


def _is_deliberate(file: SourceFile, node: cst.CSTNode) -> bool:
    """Below a condition, in a loop that draws samples, or in a function whose name says that it is a trial."""
    for ancestor in file.index.ancestors(node):
        if isinstance(ancestor, cst.If | cst.IfExp) and not is_main_guard(ancestor, alone=True):
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


def _is_stated(file: SourceFile, where: Location) -> bool:
    """Whether a comment beside or right above says that less data is meant, and not that the cut should go."""
    line = where.span.line
    notes = [
        c.text
        for c in file.comments
        if c.cell == where.cell and (c.line == line or (c.line == line - 1 and c.alone))
    ]
    said = " ".join(notes)
    return bool(STATED.search(said)) and not MEANT_TO_GO.search(said)


def _is_held_out(file: SourceFile, node: cst.CSTNode) -> bool:
    """Whether the data, or what its cut is called, says that it is not for training."""
    inner = node.value if isinstance(node, cst.Subscript) else node
    names = [inner.value] if isinstance(inner, cst.Name) else []
    names += [name.value for name in file.index.within(inner, cst.Name)]
    assigned = next((a for a in file.index.ancestors(node) if isinstance(a, cst.Assign)), None)
    if assigned is not None:
        names += [t.target.value for t in assigned.targets if isinstance(t.target, cst.Name)]
    return any(HELD_OUT.search(name) and "train" not in name.lower() for name in names)


def _is_pretended(target: cst.BaseExpression) -> bool:
    return isinstance(target, cst.Name) and PRETENDED.search(target.value) is not None
