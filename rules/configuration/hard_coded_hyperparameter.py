"""MLD608: literal hyperparameters in a file that is configured."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt_lint.rule import (
    ANY_TEXT,
    Bad,
    Debt,
    FileRule,
    Finding,
    Good,
    Profile,
    Severity,
    SourceFile,
    hard_coded,
    is_test_path,
    mechanism,
)

MAX_NAMED = 3


class HardCodedHyperparameter(FileRule):
    """A model is built or trained with a literal hyperparameter, past the configuration that the file has.

    Why it is debt
    Whoever reads the configuration of a run believes that it is the whole of it. A learning rate or a number of trees
    that stands at the call is in no log and no sweep, and an experiment on it is an edit of the code: §6
    "Configuration debt" asks that it be easy to see how two configurations differ.

    What to do instead
    Add the value to the configuration with the literal as its default, and pass it on.

    Known limits
    Only calls of known estimators, optimizers, trainers and data loaders, and of models of the same file, are looked
    at. 0, 1 and -1, seeds, tolerances, numbers of classes, and settings of speed and output are left out, and so is a
    value that a name stands for. Files without parsed options, a loaded configuration, an object such as `args` or
    `cfg`, or an imported module of settings are silent.

    References
    Sculley et al. 2015, §6 Configuration Debt.
    """

    code = "MLD608"
    name = "hard-coded-hyperparameter"
    debt = Debt.CONFIGURATION
    severity = Severity.INFO
    needs = ANY_TEXT
    profile = Profile.STRICT
    effort_minutes = 10
    examples = (
        Bad(
            """
            import argparse
            from torch.optim import Adam as Optimizer

            parser = argparse.ArgumentParser()
            parser.add_argument("--epochs", type=int, default=9)
            args = parser.parse_args()
            optimizer = Optimizer(model.parameters(), lr=3e-4)  # bad
            for _ in range(args.epochs):
                step(optimizer)
            """
        ),
        Bad(
            """
            import yaml
            from sklearn.ensemble import RandomForestClassifier

            with open("train.yaml") as file:
                config = yaml.safe_load(file)
            model = RandomForestClassifier(n_estimators=300, max_depth=config["max_depth"])  # bad
            """
        ),
        Bad(
            """
            from torch import nn
            from torch.utils.data import DataLoader

            class Tagger(nn.Module):
                pass

            def run(cfg, rows):
                loader = DataLoader(rows, batch_size=64)  # bad
                model = Tagger(hidden_size=256, layers=cfg.layers)  # bad
                return model, loader, cfg.seed
            """
        ),
        Good(
            """
            from sklearn.ensemble import RandomForestClassifier

            model = RandomForestClassifier(n_estimators=300, max_depth=8)
            """
        ),
        Good(
            """
            import argparse
            from torch.optim import Adam
            from torch.utils.data import DataLoader

            parser = argparse.ArgumentParser()
            parser.add_argument("--lr", type=float, default=3e-4)
            args = parser.parse_args()
            optimizer = Adam(model.parameters(), lr=args.lr, eps=1e-6)
            one_by_one = DataLoader(rows, batch_size=1, num_workers=4)
            """
        ),
        Good(
            """
            import json
            from sklearn.svm import SVC

            rows = json.load(open("rows.json"))
            model = SVC(C=10).fit(rows["x"], rows["y"])
            """
        ),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Report each call once, with all that it fixes."""
        if is_test_path(file.path):
            return
        how: str | None = None
        for item in hard_coded(file):
            how = how or mechanism(file)
            if how is None:
                return
            shown = ", ".join(f"`{text}`" for text in item.fixed[:MAX_NAMED])
            more = " …" if len(item.fixed) > MAX_NAMED else ""
            verb = "is" if len(item.fixed) == 1 else "are"
            message = (
                f"{shown}{more} {verb} fixed at the call, past {how}: changing it means editing the code"
            )
            yield self.found(file.at(item.first), message)
