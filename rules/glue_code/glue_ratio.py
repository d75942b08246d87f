"""MLD502: modules that mostly carry data from one package to another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from mldebt_lint.rule import (
    ANY_TEXT,
    Bad,
    Debt,
    Fact,
    Finding,
    GlueFact,
    Good,
    Profile,
    Project,
    ProjectRule,
    Severity,
    SourceFile,
    glue_fact,
    glue_share,
    is_test_path,
)


@dataclass(frozen=True, slots=True)
class Options:
    """How much of a module may be glue."""

    max_percent: int = field(
        default=50, metadata={"doc": "the share of glue statements that is accepted", "min": 1}
    )
    min_statements: int = field(default=12, metadata={"doc": "smaller modules are not judged", "min": 1})


class GlueRatio(ProjectRule):
    """Most statements of a module only convert, rename, reshape or hand over between packages.

    Why it is debt
    The paper estimates that a mature system may be five percent learning code and ninety-five percent glue code: it
    freezes the system to the peculiarities of each package, and every upgrade is paid for here (Sculley et al. 2015, §5 Glue
    Code).

    What to do instead
    Wrap each package behind an interface of your own that takes and returns one format, so that the conversion stands in one
    place; or use one package's format throughout.

    Known limits
    Only conversions that the library packs know, and methods that reshape or rename by their usual names, are counted. A module
    that exists to convert (an exporter of checkpoints) is reported, too: it is glue on purpose. The project's total in the
    message is the share in the modules that convert anything.
    """

    code = "MLD502"
    name = "glue-ratio"
    debt = Debt.GLUE_CODE
    severity = Severity.INFO
    needs = ANY_TEXT
    profile = Profile.STRICT
    effort_minutes = 120
    Options = Options
    examples = (
        Bad(
            """
            import numpy as np
            import pandas as pd
            import torch

            def to_batch(frame):
                values = frame.to_numpy()  # bad
                values = values.astype("float32")
                batch = torch.from_numpy(values)
                return batch.unsqueeze(0).to("cuda")

            def to_frame(batch, names):
                values = batch.squeeze(0).cpu().numpy()
                return pd.DataFrame(values, columns=names)
            """,
            options={"min-statements": 6},
        ),
        Bad(
            files={
                "export.py": """
                    import torch

                    def export(weights, state):
                        state["a.weight"] = torch.from_numpy(weights["a"].T)  # bad
                        state["a.bias"] = torch.from_numpy(weights["ab"])
                        state["b.weight"] = torch.tensor(weights["b"].transpose())
                        state["b.bias"] = torch.tensor(weights["bb"].to_numpy())
                        state["scale"] = weights["scale"]
                        return dict(state)
                    """,
            },
            options={"min-statements": 5},
        ),
        Good(
            """
            import pandas as pd
            import torch

            def train(model, optimizer, frame):
                x = torch.from_numpy(frame.to_numpy())
                for _ in range(10):
                    optimizer.zero_grad()
                    loss = model(x).square().mean()
                    loss.backward()
                    optimizer.step()
                print(loss.item())
                return model
            """,
            options={"min-statements": 6},
        ),
        Good(
            """
            import torch

            def to_batch(frame):
                values = torch.from_numpy(frame.to_numpy())
                return values.unsqueeze(0)
            """
        ),
    )

    def collect(self, file: SourceFile) -> Iterator[Fact]:
        """Count the file's statements."""
        assert isinstance(self.options, Options)
        fact = glue_fact(file, self.options.max_percent)
        if fact is not None:
            yield fact

    def check(self, project: Project) -> Iterator[Finding]:
        """Report each module over the bound, at its first glue statement."""
        assert isinstance(self.options, Options)
        share = round(100 * glue_share(project))
        for fact in project.facts(GlueFact):
            if (
                fact.where is None
                or is_test_path(fact.where.path)
                or fact.statements < self.options.min_statements
            ):
                continue
            between = " and ".join([", ".join(fact.formats[:-1]), fact.formats[-1]])
            message = f"{fact.glue} of {fact.statements} statements only carry data between {between}"
            yield self.found(fact.where, f"{message} (all converting modules: {share} %)")
