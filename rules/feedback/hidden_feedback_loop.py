"""MLD402: what a model says comes back to it through other models."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt_lint.rule import (
    FLOW_WORDS,
    Bad,
    Debt,
    Fact,
    Finding,
    Good,
    Models,
    Needs,
    Project,
    ProjectRule,
    Severity,
    SourceFile,
    flow_facts,
)


class HiddenFeedbackLoop(ProjectRule):
    """Two or more models are trained on what each other predict.

    Why it is debt
    §4 "Feedback loops": two systems that never call each other influence each other through the world, here through a
    file or a table. Improving one changes what the other learns, and the change comes back: no experiment on either of
    them measures what it seems to measure.

    What to do instead
    Break the circle: train at least one of the models on labels that no model made, and record which model wrote a row.

    Known limits
    Paths, tables and addresses are compared as literals, after folding within one file. A circle through anything but
    the project's own files, tables and queries is not seen.

    References
    Sculley et al. 2015, §4 Feedback Loops.
    """

    code = "MLD402"
    name = "hidden-feedback-loop"
    debt = Debt.FEEDBACK_LOOP
    severity = Severity.ERROR
    basis = "flow"
    needs = Needs(words=FLOW_WORDS)
    effort_minutes = 480
    examples = (
        Bad(
            files={
                "rank.py": """
                    import pandas as pd
                    from lightgbm import LGBMRegressor

                    seen = pd.read_parquet("data/prices.parquet")
                    ranker = LGBMRegressor().fit(seen[["price"]], seen["clicks"])
                    offers = pd.read_csv("data/offers.csv")
                    offers["rank"] = ranker.predict(offers[["price"]])
                    offers.to_parquet("data/ranks.parquet")
                    """,
                "price.py": """
                    import pandas as pd
                    from lightgbm import LGBMRegressor

                    ranks = pd.read_parquet("data/ranks.parquet")
                    pricer = LGBMRegressor().fit(ranks[["rank"]], ranks["margin"])  # bad
                    ranks["price"] = pricer.predict(ranks[["rank"]])
                    ranks.to_parquet("data/prices.parquet")
                    """,
            }
        ),
        Bad("""
            import pandas as pd
            from sklearn.linear_model import Ridge

            history = pd.read_csv("data/demand.csv")
            supply = Ridge().fit(history[["units"]], history["cost"])  # bad
            history["cost"] = supply.predict(history[["units"]])
            history.to_csv("data/supply.csv")

            costs = pd.read_csv("data/supply.csv")
            demand = Ridge().fit(costs[["cost"]], costs["units"])
            costs["units"] = demand.predict(costs[["cost"]])
            costs.to_csv("data/demand.csv")
        """),
        Good(
            files={
                "rank.py": """
                    import pandas as pd
                    from lightgbm import LGBMRegressor

                    seen = pd.read_parquet("data/seen.parquet")
                    ranker = LGBMRegressor().fit(seen[["price"]], seen["clicks"])
                    offers = pd.read_csv("data/offers.csv")
                    offers["rank"] = ranker.predict(offers[["price"]])
                    offers.to_parquet("data/ranks.parquet")
                    """,
                "price.py": """
                    import pandas as pd
                    from lightgbm import LGBMRegressor

                    ranks = pd.read_parquet("data/ranks.parquet")
                    pricer = LGBMRegressor().fit(ranks[["rank"]], ranks["margin"])
                    ranks["price"] = pricer.predict(ranks[["rank"]])
                    ranks.to_parquet("data/prices.parquet")
                    """,
            }
        ),
        Good("""
            import pandas as pd
            from sklearn.linear_model import Ridge

            rows = pd.read_csv("data/demand.csv")
            model = Ridge().fit(rows[["units"]], rows["cost"])
            rows["cost"] = model.predict(rows[["units"]])
            rows.to_csv("data/forecast.csv")
        """),
    )

    def collect(self, file: SourceFile) -> Iterator[Fact]:
        """Collect what happens to values."""
        yield from file.once(flow_facts)

    def check(self, project: Project) -> Iterator[Finding]:
        """Report every circle once, at the training where its first model learns what came back."""
        models = project.once(Models)
        for way in models.circles():
            where = models.flow.where(way[-1].trained.at)
            if where is None:
                continue
            related = []
            for item in way:
                related += [
                    models.flow.where(item.written.at, f"{item.written.store} is written here"),
                    models.flow.where(item.trained.at, "and trained on here"),
                ]
            shown = tuple(place for place in related if place is not None and place != where)
            stores = " and ".join(dict.fromkeys(item.written.store for item in way))
            yield self.found(
                where, f"{len(way)} models are trained on what each other predict, through {stores}", shown
            )
