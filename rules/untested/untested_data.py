"""MLD801: data reaches a fit, and nothing on the way asks whether it is what it should be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mldebt_lint.rule import (
    Bad,
    Debt,
    Fact,
    Finding,
    Good,
    Location,
    Needs,
    Profile,
    Project,
    ProjectRule,
    Severity,
    SourceFile,
    flow,
    hands_on,
    is_test_path,
    untested_fits,
)

WORDS = frozenset({"read", "load", "fetch", "scan", "open"})


@dataclass(frozen=True, slots=True)
class UntestedFit(Fact):
    """The first fit of a file on data that it reads and never checks."""

    read: Location
    fit: Location


class UntestedData(ProjectRule):
    """A training script fits a model on data from outside that nothing on the way checks.

    Why it is debt
    Data replaces code in a learning system, so data wants tests as code does: a column that turns empty, a unit that
    changes, a file that is cut short all train a model, without an error (Sculley et al. 2015, §8 Data Testing Debt).

    What to do instead
    Assert what must hold between the read and the fit: columns, types, ranges, the share of missing values, the number
    of rows; or validate a schema. A test of the function that loads the data counts, too.

    Known limits
    Read and fit must stand in one file. Any `assert` or `raise` about the data, a call whose name says that it checks,
    and types given at the read count as a check; filling, dropping and asserts about arguments do not. Data that comes
    with a library is not looked at, nor is what went through another file's functions.
    """

    code = "MLD801"
    name = "untested-data"
    debt = Debt.DATA_VALIDATION
    severity = Severity.INFO
    profile = Profile.STRICT
    needs = Needs(words=frozenset({".fit(", ".fit_", "lgb", "xgb"}), beside=WORDS)
    effort_minutes = 60
    examples = (
        Bad(
            """
            import pandas as pd
            from sklearn.linear_model import LogisticRegression

            def train(path):
                assert path.endswith(".csv")
                df = pd.read_csv(path).fillna(0)  # bad
                return LogisticRegression().fit(df[["age", "income"]], df["churn"])
            """
        ),
        Bad(
            files={
                "src/train.py": """
                import pandas as pd
                from sklearn.ensemble import RandomForestRegressor

                class Training:
                    def load(self):
                        self.rides = pd.read_parquet("rides.parquet")  # bad

                    def run(self):
                        model = RandomForestRegressor(random_state=0)
                        model.fit(self.rides[["km", "hour"]], self.rides["fare"])
                """,
                "tests/test_other.py": """
                import other
                """,
            }
        ),
        Good(
            """
            import pandas as pd
            from sklearn.linear_model import LogisticRegression

            df = pd.read_csv("churn.csv")
            if df["age"].isna().any():
                raise ValueError("ages are missing")
            LogisticRegression().fit(df[["age", "income"]], df["churn"])
            rides = pd.read_csv("rides.csv")
            validate_schema(rides)
            LogisticRegression().fit(rides[["km"]], rides["late"])
            """
        ),
        Good(
            files={
                "train.py": """
                import pandas as pd
                from sklearn.linear_model import LogisticRegression

                def load():
                    return pd.read_csv("churn.csv")

                def main():
                    df = load()
                    LogisticRegression().fit(df[["age"]], df["churn"])
                """,
                "tests/test_data.py": """
                from train import load

                def test_ages():
                    assert (load()["age"] > 0).all()
                """,
            }
        ),
        Good(
            """
            import pandas as pd
            from sklearn.datasets import load_iris
            from sklearn.linear_model import LogisticRegression

            X, y = load_iris(return_X_y=True)
            LogisticRegression().fit(X, y)
            df = pd.read_csv("churn.csv", dtype={"age": "int8"})
            LogisticRegression().fit(df[["age"]], df["churn"])
            """
        ),
    )

    def collect(self, file: SourceFile) -> Iterator[Fact]:
        """Collect the first fit on unchecked data of each file."""
        if is_test_path(file.path) or not file.mentions(("fit", "train")):
            return
        known = file.once(flow)
        for fit, read in untested_fits(file, known):
            if not hands_on(fit):
                yield UntestedFit(
                    file.at(known.node(read.at)), file.at(known.node(fit.at), "learns from it unchecked")
                )
                return

    def check(self, project: Project) -> Iterator[Finding]:
        """Report the files that no test imports."""
        importers = project.importers
        for fact in project.facts(UntestedFit):
            if any(is_test_path(path) for path in importers.get(fact.read.path, ())):
                continue
            yield self.found(
                fact.read, "this data reaches training, and nothing on the way checks it", (fact.fit,)
            )
