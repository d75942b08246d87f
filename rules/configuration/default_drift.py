"""MLD602: one parameter with two different defaults."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt_lint.rule import (
    ANY_TEXT,
    Bad,
    Debt,
    Fact,
    Finding,
    Good,
    Profile,
    Project,
    ProjectRule,
    Severity,
    SourceFile,
    drifts,
    labelled,
    option_facts,
    option_sets,
)


class DefaultDrift(ProjectRule):
    """A parameter has one default where it is configured and another in the function that receives it.

    Why it is debt
    Whoever reads the function believes in a value that the program never uses, and whoever calls it from a notebook
    or a test gets another experiment than the command line. §6 "Configuration debt": it should be easy to say in
    what two configurations differ, and a default that is written twice says it twice.

    What to do instead
    Keep the default in one place: drop the function's, or make it the option's.

    Known limits
    Options of argparse, click, typer, dataclasses (where no instance is given the field) and literal keys of YAML and
    JSON files count when they reach a parameter of their own name: by `f(**vars(args))`, `f(lr=args.lr)`,
    `f(cfg["lr"])`. Missing defaults, None and empty ones never drift, nor does what code changes on the way, nor a
    function to which different values are given; 0 and False, which switch a thing off, only in a function that takes
    all options. Lists and tuples are alike, and a list of one value is that value. A function that other modules use,
    too, may have a default of its own, and so may one that does by itself what an option only switches on: profile
    `strict`.
    """

    code = "MLD602"
    name = "default-drift"
    debt = Debt.CONFIGURATION
    severity = Severity.WARNING
    basis = "options"
    needs = ANY_TEXT
    effort_minutes = 10
    examples = (
        Bad("""
            import argparse

            def run(weights="model.pt", imgsz=(640, 640), conf=0.25):  # bad
                detect(weights, imgsz, conf)

            parser = argparse.ArgumentParser()
            parser.add_argument("--weights", default="model.pt")
            parser.add_argument("--imgsz", nargs="+", type=int, default=[640])
            parser.add_argument("--conf", type=float, default=0.4)
            run(**vars(parser.parse_args()))
        """),
        Bad(
            files={
                "conf/train.yaml": "model:\n  hidden: 256\n  dropout: 0.1\n",
                "model.py": "class Net:\n    def __init__(self, hidden=128, dropout=0.1):  # bad\n        self.hidden = hidden\n",
                "train.py": """
                    import yaml
                    from model import Net

                    with open("conf/train.yaml") as file:
                        cfg = yaml.safe_load(file)
                    net = Net(hidden=cfg["model"]["hidden"], dropout=cfg["model"]["dropout"])
                """,
            }
        ),
        Bad("""
            import click

            def fit(epochs, patience=10):  # bad
                for _ in range(epochs):
                    step(patience)

            @click.command()
            @click.option("--epochs", default=5)
            @click.option("--patience", default=3)
            def main(epochs, patience):
                fit(epochs, patience=patience)
        """),
        Bad(
            files={
                "settings.py": """
                    from dataclasses import dataclass

                    @dataclass
                    class FitConfig:
                        rate: float = 3e-4
                        decay: float = 0.01
                """,
                "optim.py": "def optimizer(weights, rate=1e-3, decay=0.01):  # bad\n    return Adam(weights, rate, decay)\n",
                "train.py": """
                    from optim import optimizer
                    from settings import FitConfig

                    config = FitConfig()
                    optimizer(load(), rate=config.rate, decay=config.decay)
                """,
            }
        ),
        Good("""
            from dataclasses import dataclass

            @dataclass
            class FitConfig:
                rate: float = 3e-4

            def optimizer(weights, rate=1e-3):
                return Adam(weights, rate)

            for config in (FitConfig(), FitConfig(rate=1e-3)):
                optimizer(load(), rate=config.rate)
        """),
        Good("""
            import argparse

            def run(lr=0.1, sizes=(32, 64), seed=None):
                train(lr, sizes, seed)

            parser = argparse.ArgumentParser()
            parser.add_argument("--lr", type=float, default="0.1")
            parser.add_argument("--sizes", nargs="+", default=[32, 64])
            parser.add_argument("--seed", type=int, default=7)
            run(**vars(parser.parse_args()))
        """),
        Good("""
            import argparse

            def resize(image, size=224, antialias=False):
                return scale(image, size, antialias)

            parser = argparse.ArgumentParser()
            parser.add_argument("--width", type=int, default=640)
            parser.add_argument("--antialias", type=bool, default=True)
            args = parser.parse_args()
            resize(load(), size=args.width, antialias=args.antialias)
        """),
    )

    def collect(self, file: SourceFile) -> Iterator[Fact]:
        """Collect options, their defaults, and the defaults of the functions they go to."""
        yield from file.once(option_facts)

    def check(self, project: Project) -> Iterator[Finding]:
        """Report parameters whose default differs from that of the option they are given."""
        for drift in drifts(project.once(option_sets)):
            param, source = drift.param, drift.sources[0]
            message = (
                f"{param.param}={param.text} in {drift.function}() differs from {source.shown}, "
                f"which feeds it and is {source.text}"
            )
            related = tuple(
                labelled(item.where, f"{item.shown} is {item.text} by default") for item in drift.sources
            )
            profile = Profile.STRICT if drift.general or drift.switch else None
            yield self.found(param.where, message, related=related, profile=profile)
