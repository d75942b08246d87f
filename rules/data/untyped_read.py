"""MLD309: text that is read without types and reaches training."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt_lint.rule import (
    Bad,
    Debt,
    FileRule,
    Finding,
    Good,
    Happens,
    Needs,
    Profile,
    Role,
    Severity,
    SourceFile,
    cst,
    flow,
    is_test_path,
)

TYPED = ("dtype", "converters", "schema", "dtypes", "schema_overrides")
CHECKS = (".astype(", "to_numeric(", ".cast(", "convert_dtypes", "schema", ".validate(", ".dtypes ==")


class UntypedRead(FileRule):
    """A text table is read without types, and a model is fitted on it.

    Why it is debt
    The types of the columns are guessed from the rows that happen to be there: one `n/a` and a number is text, one
    long id and it is a float. The consumer of the data says nothing about what it expects, so a change upstream
    arrives as other features instead of as an error (§3 Data dependencies).

    What to do instead
    Pass `dtype=`, check a schema after reading, or keep the data in a format that has types (Parquet, Feather).

    Known limits
    The read and the fit must be in one file. A cast or a check of a schema anywhere in the file counts.

    References
    Sculley et al. 2015, §3 Data dependencies cost more than code dependencies.
    """

    code = "MLD309"
    name = "untyped-read"
    debt = Debt.DATA_VALIDATION
    severity = Severity.INFO
    profile = Profile.STRICT
    needs = Needs(words=frozenset({"read_csv", "read_table", "read_excel"}))
    effort_minutes = 10
    examples = (
        Bad(
            """
            import pandas as pd
            from sklearn.linear_model import Ridge

            df = pd.read_csv("flats.csv")  # bad
            Ridge().fit(df[["area", "rooms"]], df["price"])
            """
        ),
        Bad(
            """
            from pandas import read_excel as read
            from sklearn.ensemble import RandomForestClassifier

            def load(path):
                return read(path).dropna()  # bad

            def main():
                df = load("users.xlsx")
                RandomForestClassifier(random_state=0).fit(df.drop(columns="y"), df["y"])
            """
        ),
        Good(
            """
            import pandas as pd
            from sklearn.linear_model import Ridge

            df = pd.read_csv("flats.csv", dtype={"area": float, "rooms": int, "price": float})
            Ridge().fit(df[["area", "rooms"]], df["price"])
            """
        ),
        Good(
            """
            import pandas as pd
            from sklearn.linear_model import Ridge

            df = pd.read_parquet("flats.parquet")
            Ridge().fit(df[["area", "rooms"]], df["price"])
            print(pd.read_csv("shown.csv"))
            """
        ),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Report each read of untyped text that went into a fit."""
        if is_test_path(file.path) or file.mentions(CHECKS):
            return
        untyped = {
            file.index.rank(call): call
            for call, api in file.known_calls
            if api.role is Role.DATA_SOURCE
            and "untyped" in api.traits
            and file.arguments(call, api.params).lacks(*TYPED)
        }
        told: set[int] = set()
        known = file.once(flow) if untyped else None
        for event in known.of(Happens.FIT) if known is not None else ():
            for mark in (*event.value("X").marks, *event.value("y").marks):
                at = getattr(mark, "at", -1)
                if at in untyped and at not in told and known is not None:
                    told.add(at)
                    yield self._finding(file, untyped[at], known.node(event.at))

    def _finding(self, file: SourceFile, read: cst.Call, fit: cst.CSTNode) -> Finding:
        message = "read without `dtype`: the types of what the model is fitted on are guessed from the rows"
        return self.found(file.at(read), message, (file.at(fit, "fitted on it"),))
