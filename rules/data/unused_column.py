"""MLD304: columns that are asked for and that nothing reads."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt_lint.rule import (
    Bad,
    Debt,
    FileRule,
    Finding,
    Good,
    Needs,
    Severity,
    SourceFile,
    is_test_path,
    unused_columns,
)

MOST_NAMED = 4


class UnusedColumn(FileRule):
    """A column is asked for by name and nothing reads it.

    Why it is debt
    The column was a feature once, or was taken along in case. Whoever owns the source cannot change or drop it
    without breaking a program that has no use for it: the paper's legacy feature, an underutilized data dependency
    (§3).

    What to do instead
    Leave it out of `usecols`, of the SELECT list, of the list of columns.

    Known limits
    Only lists that are written out, and frames of which every use takes single columns by name: one that is
    returned, passed on, shown or fitted whole is silent. A column counts as read where its name occurs anywhere
    else in the file, in whatever string or attribute.

    References
    Sculley et al. 2015, §3 Underutilized data dependencies.
    """

    code = "MLD304"
    name = "unused-column"
    debt = Debt.UNDERUSED_DATA
    severity = Severity.WARNING
    needs = Needs(words=frozenset({"usecols", "select", "[[", "columns="}))
    effort_minutes = 5
    examples = (
        Bad(
            """
            import pandas as pd

            df = pd.read_csv("users.csv", usecols=["age", "income", "city", "y"])  # bad
            df["wealth"] = df["income"] * 12
            model.fit(df[["age", "wealth"]], df["y"])
            """
        ),
        Bad(
            """
            from pandas import read_sql

            QUERY = "SELECT u.id, u.age, country AS land, joined FROM users u"

            def ages(con):
                users = read_sql(QUERY, con)  # bad
                grown = users[users["age"] > 17].copy()
                return grown.groupby("land")["age"].mean()
            """
        ),
        Bad(
            files={
                "a.ipynb": """
                # %%
                import pandas as pd
                raw = pd.read_parquet("users.parquet")
                # %%
                part = raw[["age", "height", "y"]]  # bad
                # %%
                model.fit(part.age.to_frame(), part["y"])
                """
            }
        ),
        Good(
            """
            import pandas as pd

            df = pd.read_csv("users.csv", usecols=["age", "income", "city", "y"])
            model.fit(df.drop(columns="y"), df["y"])
            other = pd.read_csv("other.csv", usecols=["age", "size"])
            print(other)
            """
        ),
        Good(
            """
            import pandas as pd

            df = pd.read_csv("users.csv", usecols=["age", "income", "city"])
            grown = df.query("age > 17 and city == 'Lyon'")
            income = grown["income"].mean()

            def load():
                some = pd.read_csv("users.csv", usecols=["name", "zip"])
                return some
            """
        ),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Report each list of columns of which some are not read."""
        if is_test_path(file.path):
            return
        for asked, columns in unused_columns(file):
            named = ", ".join(f"`{name}`" for name in columns[:MOST_NAMED])
            more = f" and {len(columns) - MOST_NAMED} more" if len(columns) > MOST_NAMED else ""
            verb = "is" if len(columns) == 1 else "are"
            message = f"{named}{more} {verb} asked for and never read"
            places = dict(asked.columns)
            related = tuple(
                file.at(places[name], "asked for here")
                for name in columns
                if file.index.statement(places[name]) is not file.index.statement(asked.call)
            )
            yield self.found(file.at(asked.call), message, related[:MOST_NAMED])
