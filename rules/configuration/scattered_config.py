"""MLD607: configuration that stands in many places of one program."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from mldebt_lint.rule import (
    ANY_TEXT,
    Bad,
    Debt,
    Executed,
    Fact,
    Finding,
    Good,
    Profile,
    Project,
    ProjectRule,
    Scatter,
    Severity,
    SourceFile,
    Sureness,
    labelled,
    scattered,
    setting_facts,
)

MAX_SHOWN = 40
MAX_RELATED = 40
PROFILES = {Sureness.SURE: None, Sureness.LIKELY: Profile.STRICT, Sureness.POSSIBLE: Profile.AUDIT}


@dataclass(frozen=True)
class ScatteredConfigOptions:
    """The options of scattered-config."""

    modules: int = field(
        default=3, metadata={"doc": "in how many modules of one program a setting must stand", "min": 2}
    )


class ScatteredConfig(ProjectRule):
    """One setting is fixed in several modules of a program, or by code that is executed over them.

    Why it is debt
    To change a batch size, an image size or the place of the data, somebody has to find every copy; the one that is
    forgotten makes the parts of one system disagree, silently. §6 "Configuration debt": it should be easy to specify
    a configuration as a small change from a previous one, and hard to make errors by hand. A file that is executed
    over the module's own constants has no schema, no types, and no tool can read it.

    What to do instead
    Bind the setting once (a dataclass, a YAML file, a settings module) and pass it or import it. Read files of
    settings as data.

    Known limits
    A program is what an entry point uses by imports, or stages (prepare, train, evaluate, serve) that share modules
    or that a pipeline file runs. Files that are alternatives of each other (`models/a.py`, `models/b.py`) count as
    one module. Command-line options and the fields of dataclasses are configuration and never count. 0, 1 and -1
    are no settings; values that differ between the stages only, such as the batch size of training and validation,
    are meant to. Defaults of parameters count with other places; on their own they are shown by `strict`.

    References
    Sculley et al. 2015, §6 Configuration Debt.
    """

    code = "MLD607"
    name = "scattered-config"
    debt = Debt.CONFIGURATION
    severity = Severity.WARNING
    basis = "settings"
    needs = ANY_TEXT
    effort_minutes = 30
    Options = ScatteredConfigOptions
    options: ScatteredConfigOptions
    examples = (
        Bad(
            files={
                "train.py": """
                from data import loader
                from model import Net

                IMG_SIZE = 224  # bad
                Net().fit(loader("train"))
                """,
                "data.py": """
                from PIL import Image

                IMAGE_SIZE = (224, 224)

                def loader(split):
                    return [Image.open(split).resize(IMAGE_SIZE)]
                """,
                "model.py": """
                img_size = 256

                class Net:
                    def fit(self, rows):
                        return img_size
                """,
            }
        ),
        Bad(
            files={
                "app/main.py": """
                from app import training
                from app.scoring import score

                if __name__ == "__main__":
                    score(training.run())
                """,
                "app/__init__.py": "",
                "app/training.py": """
                from torch.utils.data import DataLoader
                from app.features import build

                def run():
                    return DataLoader(build(), max_len=128, batch_size=32)  # bad
                """,
                "app/features.py": """
                class Builder:
                    def __init__(self):
                        self.max_len = 128

                def build():
                    return Builder()
                """,
                "app/scoring.py": """
                CONFIG = {"max_length": 256, "batch_size": 64}

                def score(model):
                    return model(CONFIG)
                """,
            }
        ),
        Bad(
            files={
                "prepare.py": 'import pandas as pd\n\nframe = pd.read_csv("s3://acme-churn/raw/2023.csv")  # bad\n',
                "train.py": 'import pandas as pd\n\nSOURCE = "s3://acme-churn/raw/2023.csv"\nframe = pd.read_csv(SOURCE)\n',
                "report.py": (
                    'import pandas as pd\n\ndef main(path="s3://acme-churn/raw/2023.csv"):\n    pd.read_csv(path)\n'
                ),
            }
        ),
        Bad(
            files={
                "run.py": "from app.push import push\nfrom app.pull import pull\nfrom app.tree import fit\n\npush(fit(pull()))\n",
                "app/push.py": """
                BUCKET = "acme-models"  # bad
                PARAMS = {"max_depth": 6}

                def push(model):
                    model.set(PARAMS)
                    store(BUCKET, model)
                """,
                "app/pull.py": """
                BUCKET = "acme-models"

                def pull():
                    return client().get_object(Bucket=BUCKET, Key="rows.csv")
                """,
                "app/tree.py": """
                def fit(path):
                    client().download_file("acme-models", "rows.csv", path)
                    return path
                """,
            }
        ),
        Bad(
            """
            learning_rate = 6e-4
            eval_only = False
            exec(open("overrides.py").read())  # bad
            print(learning_rate, eval_only)
            """
        ),
        Good(
            files={
                "train.py": """
                from torch.utils.data import DataLoader
                from validate import validate

                def train(rows):
                    validate(DataLoader(rows, batch_size=32))
                """,
                "validate.py": """
                from torch.utils.data import DataLoader
                from predict import predict

                def validate(rows):
                    predict(DataLoader(rows, batch_size=128))
                """,
                "predict.py": """
                from torch.utils.data import DataLoader

                def predict(rows):
                    return DataLoader(rows, batch_size=16)
                """,
            }
        ),
        Good(
            files={
                "ch01.py": "LEARNING_RATE = 0.1\nprint(LEARNING_RATE)\n",
                "ch02.py": "LEARNING_RATE = 0.1\nprint(LEARNING_RATE)\n",
                "ch03.py": "LEARNING_RATE = 0.1\nprint(LEARNING_RATE)\n",
            }
        ),
        Good(
            files={
                "settings.py": "SEED = 13\n",
                "train.py": "from settings import SEED\nfrom data import split\nsplit(seed=SEED)\n",
                "data.py": "from settings import SEED\n\ndef split(seed=SEED):\n    return seed\n",
                "evaluate.py": "from settings import SEED as RANDOM_SEED\nprint(RANDOM_SEED)\n",
            }
        ),
        Good(
            """
            NAME = "churn"
            LICENSE = "MIT"
            scope = {}
            exec(open("churn/version.py").read(), scope)
            """
        ),
    )

    def collect(self, file: SourceFile) -> Iterator[Fact]:
        """Collect what the file fixes by literals, and what it executes."""
        yield from file.once(setting_facts)

    def check(self, project: Project) -> Iterator[Finding]:
        """Report each setting of a program once, at its first place."""
        for item in scattered(project, self.options.modules):
            first, *others = item.places
            related = tuple(labelled(place, "here too") for place in others[:MAX_RELATED])
            yield self.found(first, _message(item), related, profile=PROFILES[item.sure])
        for run in project.facts(Executed):
            message = f"{run.count} settings (`{run.example}`, …) may be rebound by {run.source}: no schema, no types"
            profile = None if run.sure else Profile.STRICT
            yield self.found(run.where, f"{message}, no tool can read them", profile=profile)


def _message(item: Scatter) -> str:
    count = f"{len(item.places)} modules" + (" of one program" if item.together else "")
    if item.kind in ("hyperparameter", "constant"):
        values = ", ".join(item.values[:4]) + (", …" if len(item.values) > 4 else "")
        shown = values if len(values) <= MAX_SHOWN else f"{values[: MAX_SHOWN - 1]}…"
        return f"`{item.name}` is fixed in {count} ({shown}): a change has to find them all"
    name = item.name if len(item.name) <= MAX_SHOWN else f"{item.name[: MAX_SHOWN - 1]}…"
    return f"the {item.kind} '{name}' is spelt out in {count}: a change has to find them all"
