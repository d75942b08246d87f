"""MLD523: comments that hold code which somebody disabled instead of deleting."""

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
    find_disabled,
)


class CommentedOutCode(FileRule):
    """Comments hold code that was disabled instead of deleted.

    Why it is debt
    §5 "Dead experimental codepaths": an experiment that is over stays in the file as comments. Nothing runs,
    tests or renames it, so it stops fitting the code around it; the next reader cannot tell whether the model
    was trained with these lines or without them, and which result belongs to which variant.

    What to do instead
    Delete it: version control remembers. What is still to be chosen belongs in a parameter or a configuration
    file, what explains belongs in prose.

    Known limits
    A single line counts only when it is a call or a computation in the words of machine learning. Silent are
    settings given as literals, documented options, usage examples, doctests, formulas, shape notes, and whatever
    a comment invites the reader to uncomment. Code that uses mostly names which the file does not have is taken
    for pseudocode. Disabled code in bare strings is not looked for.
    """

    code = "MLD523"
    name = "commented-out-code"
    debt = Debt.DEAD_PATH
    severity = Severity.INFO
    needs = ANY_TEXT
    effort_minutes = 5
    examples = (
        Bad("""
            import torch.nn.functional as F

            def forward(self, x):
                x = self.conv(x)
                # x = self.bn(x)  # bad
                # x = F.relu(x)
                return x
            """),
        Bad("""
            import pandas as pd

            df = pd.read_csv("train.csv")

            #def add_ratio(df):  # bad
            #    df["ratio"] = df["a"] / df["b"]
            #
            #    return df
            """),
        Bad("""
            FEATURES = [
                "age",
                # "income",  # bad
                # "postcode",
            ]
            """),
        Bad("""
            def step(model, optimizer, batch):
                loss = model(batch)
                # optimizer.step()  # bad
                return loss
            """),
        Bad(
            files={
                "train.ipynb": """
            # %%
            from sklearn.svm import SVC
            # %%
            # clf = SVC(C=10)  # bad
            # clf.fit(X, y)
            """
            }
        ),
        Good("""
            def autobatch(model, imgsz=640):
                # Usage:
                #     from utils import autobatch
                #     model = load("yolov5s")
                #     print(autobatch(model))
                return model, imgsz
            """),
        Good("""
            # Directory that holds configuration.
            # CONF_SOURCE = "conf"

            # Class that manages the data catalog.
            # from kedro.io import DataCatalog
            # DATA_CATALOG_CLASS = DataCatalog
            """),
        Good("""
            def attention(q, k, v):
                # q, k = (batch, heads, time, dim)
                # see also: the paper, section 3
                # y = softmax(q @ k.T / sqrt(d)) @ v
                return q @ k.transpose(-2, -1) @ v
            """),
        Good("""
            # lr = 3e-4
            # batch_size = 64
            lr = 1e-3
            """),
        Good("""
            model = load()
            # uncomment to see all layers
            # print(model)
            # print(model.layers)
            """),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Report every stretch of disabled code once, at its first line."""
        for found in find_disabled(file):
            lines = "1 line" if found.lines == 1 else f"{found.lines} lines"
            message = f"{lines} of commented-out code (`{found.gist}`): nothing runs or tests it"
            yield self.found(file.line_at(found.first, found.last), message)
