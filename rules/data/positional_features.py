"""MLD204: features that are chosen by their position."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mldebt_lint.rule import (
    Bad,
    Debt,
    FileRule,
    Finding,
    Good,
    Needs,
    Origins,
    Profile,
    Read,
    Severity,
    SourceFile,
    Training,
    cst,
    flow,
    is_test_path,
    trainings,
)

BY_POSITION = frozenset({"iloc", "ix"})
TARGET = re.compile(
    r"(?i)^(?:y|y_?(?:train|test)|labels?|targets?|classes|outputs?|ys)(?:$|_|\d)|_(?:y|labels?|targets?)$"
)


class PositionalFeatures(FileRule):
    """The features of a model are chosen by the position of their columns.

    Why it is debt
    Whoever inserts, drops or reorders a column upstream changes what every number after it means, and the model is
    trained on other features without a word: changing anything changes everything (Sculley et al. 2015, §2
    "Entanglement").

    What to do instead
    Name the columns: `df[FEATURES]` with the list in one place, which training and serving share.

    Known limits
    The way from the choice to training is followed within one file. What is assigned to a name of a target is
    taken for one.

    References
    Sculley et al. 2015, §2 Complex models erode boundaries.
    """

    code = "MLD204"
    name = "positional-features"
    debt = Debt.ENTANGLEMENT
    severity = Severity.INFO
    profile = Profile.STRICT
    needs = Needs(words=frozenset({".fit(", ".fit_", "cross_val", "dmatrix", "lgb", "lightgbm", "xgb"}))
    effort_minutes = 20
    examples = (
        Bad(
            """
            import pandas as pd
            from sklearn.linear_model import Ridge

            df = pd.read_csv("houses.csv")
            X = df.iloc[:, 2:9]  # bad
            y = df.iloc[:, -1]
            Ridge().fit(X, y)
            """
        ),
        Bad(
            """
            import numpy as np
            from sklearn.model_selection import train_test_split
            from sklearn.svm import SVC

            def load(path):
                data = np.loadtxt(path, delimiter=",")
                return data[:, :-1], data[:, -1]  # bad

            features, labels = load("pima.csv")
            train, test, y_train, y_test = train_test_split(features, labels)
            SVC().fit(train, y_train)
            """
        ),
        Bad(
            files={
                "train.ipynb": """
                # %%
                import pandas as pd
                from sklearn.linear_model import LinearRegression
                frame = pd.read_csv("ads.csv")
                # %%
                LinearRegression().fit(frame.values[:, [0, 2]], frame["sales"])  # bad
                """
            }
        ),
        Good(
            """
            import pandas as pd
            from sklearn.linear_model import Ridge

            df = pd.read_csv("houses.csv")
            X, y = df[["rooms", "area"]], df.iloc[:, -1]
            Ridge().fit(X, y)
            print(df.iloc[:, 2:9].describe())
            """
        ),
        Good(
            """
            from sklearn.linear_model import Ridge

            X = df.loc[:, "rooms":"area"].values
            Ridge().fit(X[:800, :], y[:800])
            Ridge().fit(images[:, :, 0], y)
            print(model.predict(X)[:, 1])
            """
        ),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Walk back from every training to choices of columns."""
        if is_test_path(file.path) or not any(_is_positional(file, n) for n in file.index.of(cst.Subscript)):
            return
        origins = Origins(file)
        told: set[cst.CSTNode] = set()
        for training in trainings(file):
            if isinstance(training.node, cst.For) or not training.data:
                continue
            for node in origins.walk(training.data[0]):
                if node in told or not _is_positional(file, node) or not _is_table(file, node):
                    continue
                if _is_target(file, node) or _is_computed(file, node):
                    continue
                told.update(file.index.within(file.index.statement(node), cst.Subscript))
                yield self._report(file, node, training)

    def _report(self, file: SourceFile, node: cst.CSTNode, training: Training) -> Finding:
        shown = " ".join(file.text(node).split())
        message = (
            f"features are chosen by position, `{shown[:40]}`: a new column upstream changes what is learnt"
        )
        return self.found(file.at(node), message, (file.at(training.node, "trains on them"),))


def _is_positional(file: SourceFile, node: cst.CSTNode) -> bool:
    """`rows, columns` with columns by number; nothing of tables by label, nor of images."""
    if not isinstance(node, cst.Subscript) or len(node.slice) != 2 or _is_score(node.value):
        return False
    if isinstance(node.value, cst.Attribute) and node.value.attr.value in ("loc", "at"):
        return False
    first, second = node.slice[0].slice, node.slice[1].slice
    if not isinstance(first, cst.Slice):
        return False
    if isinstance(second, cst.Slice):
        bounds = [file.constant(bound) for bound in (second.lower, second.upper) if bound is not None]
        return bool(bounds) and all(isinstance(bound, int) for bound in bounds)
    chosen = file.constant(second.value) if isinstance(second, cst.Index) else None
    if isinstance(chosen, list | tuple):
        return bool(chosen) and all(isinstance(item, int) for item in chosen)
    return isinstance(chosen, int) and not isinstance(chosen, bool)


def _is_table(file: SourceFile, node: cst.CSTNode) -> bool:
    """Whether the columns are those of a table, or of an array that was read from a file."""
    base = node.value if isinstance(node, cst.Subscript) else node
    if isinstance(base, cst.Attribute) and base.attr.value in BY_POSITION:
        return True
    return bool(file.once(flow).value(base).of(Read))


def _is_computed(file: SourceFile, node: cst.CSTNode) -> bool:
    """Whether a column is a number in arithmetic, or the columns are the pixels of an image."""
    parent = file.index.parent(node)
    if isinstance(parent, cst.Attribute) and parent.attr.value == "reshape":
        call = file.index.parent(parent)
        return isinstance(call, cst.Call) and len(call.args) > 2
    return isinstance(parent, cst.BinaryOperation)


def _is_score(node: cst.BaseExpression) -> bool:
    func = node.func if isinstance(node, cst.Call) else None
    return isinstance(func, cst.Attribute) and func.attr.value.startswith("predict")


def _is_target(file: SourceFile, node: cst.CSTNode) -> bool:
    """Whether what is chosen is one column, the last or one that is assigned to the name of a target."""
    second = node.slice[1].slice if isinstance(node, cst.Subscript) else None
    chosen = file.constant(second.value) if isinstance(second, cst.Index) else None
    base = node.value if isinstance(node, cst.Subscript) else node
    if chosen == -1 or (isinstance(base, cst.Name) and TARGET.search(base.value)):
        return True
    assigned = file.index.enclosing(node, cst.Assign)
    targets = [t.target for t in assigned.targets] if isinstance(assigned, cst.Assign) else []
    names = [target.value for target in targets if isinstance(target, cst.Name)]
    return any(TARGET.search(name) for name in names)
