"""MLD601: one constant with two values in modules that share a model, an artefact or a data set."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt_lint.rule import (
    ANY_TEXT,
    Bad,
    Conflict,
    Debt,
    Fact,
    Finding,
    Good,
    Profile,
    Project,
    ProjectRule,
    Severity,
    SourceFile,
    conflicts,
    labelled,
    model_facts,
    setting_facts,
)

MAX_SHOWN = 36


class ConflictingHyperparameter(ProjectRule):
    """Two modules that share a model or its data give one constant different values.

    Why it is debt
    What a model was trained with and what it is used with are one fact, written down twice. An image size, a maximum
    length, an order of labels or the seed of a split that disagrees raises no error: the model only gets worse, or
    is tested on rows that it was trained on. §6 "Configuration debt" counts such copies among the costly mistakes.

    What to do instead
    Define the constant once and import it, or save it with the artefact and read it from there.

    Known limits
    Modules are tied by a literal path, by an imported path constant, or by a class that both of them import;
    without such a tie a different value is somebody's intention. A module that gives a constant several values and
    configuration files are left out. Options, fields of dataclasses, and defaults that a module's own calls keep
    count where the modules share a model's file; labels count where the lists share one. What shares only data or a
    class counts where one script trains and another, beside it, does not: two that train, and notebooks, may be
    experiments. Those are shown by `strict` where they share a model's file, else by `audit`.

    References
    Sculley et al. 2015, §6 Configuration Debt.
    """

    code = "MLD601"
    name = "conflicting-hyperparameter"
    debt = Debt.CONFIGURATION
    severity = Severity.WARNING
    basis = "settings"
    needs = ANY_TEXT
    effort_minutes = 20
    examples = (
        Bad(
            files={
                "train.py": """
                import torch

                IMG_SIZE = 224
                torch.save(fit(IMG_SIZE), "cats.pt")
                """,
                "serve.py": """
                import torch

                IMAGE_SIZE = (256, 256)  # bad
                model = torch.load("cats.pt")
                """,
            }
        ),
        Bad(
            files={
                "net.py": """
                from torch import nn

                class Tagger(nn.Module):
                    pass
                """,
                "fit.py": """
                from net import Tagger

                def fit(batches):
                    model = Tagger(max_len=128)
                    for batch in batches:
                        model(batch).backward()
                """,
                "tag.py": """
                import net

                max_length = 256  # bad
                print(net.Tagger().eval())
                """,
            }
        ),
        Bad(
            files={
                "train.py": """
                import pandas as pd
                from sklearn.ensemble import RandomForestClassifier
                from sklearn.model_selection import train_test_split

                rows = pd.read_csv("data/churn.csv")
                train, test = train_test_split(rows, random_state=13)
                RandomForestClassifier(random_state=1).fit(train, train.pop("left"))
                """,
                "report.py": """
                import pandas as pd
                from sklearn.model_selection import train_test_split

                SEED = 31
                _, test = train_test_split(pd.read_csv("data/churn.csv"), random_state=SEED)  # bad
                """,
            }
        ),
        Good(
            files={
                "train.py": 'import torch\n\nIMG_SIZE = 224\ntorch.save(fit(IMG_SIZE), "cats.pt")\n',
                "serve.py": 'import torch\n\nIMG_SIZE = 256\nmodel = torch.load("dogs.pt")\n',
            }
        ),
        Good(
            files={
                "train.py": 'import torch\n\nIMG_SIZE = 224\ntorch.save(fit(IMG_SIZE), "cats.pt")\n',
                "serve.py": 'import torch\n\nIMG_SIZE = (224, 224)\nmodel = torch.load("cats.pt")\n',
                "preview.py": 'THUMBNAIL_SIZE = 64\nmodel = open("cats.pt", "rb")\n',
            }
        ),
        Good(
            files={
                "train.py": 'import torch\n\nBATCH_SIZE = 64\nEPOCHS = 9\ntorch.save(fit(BATCH_SIZE), "cats.pt")\n',
                "evaluate.py": 'import torch\n\nBATCH_SIZE = 256\nEPOCHS = 1\nmodel = torch.load("cats.pt")\n',
            }
        ),
    )

    def collect(self, file: SourceFile) -> Iterator[Fact]:
        """Collect what the file fixes, which models it defines, and whether it trains."""
        yield from file.once(setting_facts)
        yield from file.once(model_facts)

    def check(self, project: Project) -> Iterator[Finding]:
        """Report each disagreement at the later module, with the earlier one and what ties them related."""
        for item in conflicts(project):
            related = [labelled(item.first.where, f"here it is {_shown(item.first.value)}")]
            related += [labelled(other.where, f"here it is {_shown(other.value)}") for other in item.others]
            related += [labelled(place, f"shares {item.tie.name}") for place in item.tie.shown]
            guess = Profile.STRICT if item.tie.kind == "artefact" else Profile.AUDIT
            profile = None if item.sure else guess
            yield self.found(item.second.where, _message(item), tuple(related), profile=profile)


def _message(item: Conflict) -> str:
    values = f"{_shown(item.second.value)} here but {_shown(item.first.value)} in {item.first.where.path}"
    return f"{item.meaning} {values}, though both use the {item.tie.kind} {item.tie.name}"


def _shown(value: str) -> str:
    return value if len(value) <= MAX_SHOWN else f"{value[: MAX_SHOWN - 1]}…"
