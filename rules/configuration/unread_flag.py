"""MLD603: options of the command line that nothing reads."""

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
    option_facts,
    option_sets,
    unread,
    unused,
)


class UnreadFlag(ProjectRule):
    """A command-line option is declared and nothing reads its value.

    Why it is debt
    Whoever gives the option believes that it does something: an experiment is run, recorded and compared under a
    setting that had no effect. §6 "Configuration debt" asks that it be easy to see which settings are redundant or
    unused; each dead one makes the next change of the configuration riskier.

    What to do instead
    Delete the option, or read it where it was meant to act.

    Known limits
    Values are followed through variables, calls, returns, attributes and imports, `vars(args)` and `**`. Where they
    reach code that cannot be seen (another package's function, a computed `getattr`, `parse_known_args`, a
    tracker), the rule is silent. Options with an action or callback of their own, hidden and deprecated ones, and
    those that launchers pass (`--local_rank`) are never reported. Of a class that `fire` starts, the public methods
    count when the class has no base. An option that is only printed with all others is unread; when code goes
    through all of them one by one, or takes them as `**kwargs`, that is a finding of profile `strict` only.
    """

    code = "MLD603"
    name = "unread-flag"
    debt = Debt.UNREAD_FLAG
    severity = Severity.WARNING
    basis = "options"
    needs = ANY_TEXT
    effort_minutes = 10
    examples = (
        Bad("""
            import argparse

            parser = argparse.ArgumentParser()
            parser.add_argument("--lr", type=float, default=1e-3)
            parser.add_argument("--weight-decay", type=float, default=0.0)  # bad
            args = parser.parse_args()
            print(args)
            train(lr=args.lr)
        """),
        Bad(
            files={
                "options.py": """
                    import argparse

                    def get_args():
                        parser = argparse.ArgumentParser()
                        parser.add_argument("--epochs", type=int, default=10)
                        parser.add_argument("--warmup", type=int, default=0)  # bad
                        return parser.parse_args()
                """,
                "train.py": """
                    from options import get_args

                    class Trainer:
                        def __init__(self, args):
                            self.args = args

                        def fit(self, warmup=5):
                            return [warmup] * self.args.epochs

                    Trainer(get_args()).fit()
                """,
                "evaluate.py": "def evaluate(config):\n    return config.warmup\n\nevaluate(load())\n",
            }
        ),
        Bad("""
            import click

            @click.command()
            @click.option("--lr", default=1e-3)
            @click.option("--momentum", default=0.9)  # bad
            def train(lr, momentum):
                fit(lr=lr)
        """),
        Good("""
            import argparse

            def train(lr, weight_decay=0.0):
                fit(lr, weight_decay)

            parser = argparse.ArgumentParser()
            parser.add_argument("--lr", type=float, default=1e-3)
            parser.add_argument("--weight-decay", type=float, default=0.0)
            parser.add_argument("--local_rank", type=int, default=0, help="set by the launcher")
            train(**vars(parser.parse_args()))
        """),
        Good("""
            from selenium.webdriver.chrome.options import Options

            options = Options()
            options.add_argument("--headless")
            driver = open_browser(options)
        """),
        Good("""
            import argparse
            import pytorch_lightning as pl

            parser = argparse.ArgumentParser()
            parser.add_argument("--max_epochs", type=int, default=10)
            trainer = pl.Trainer.from_argparse_args(parser.parse_args())
        """),
    )

    def collect(self, file: SourceFile) -> Iterator[Fact]:
        """Collect the declared options and where their values go."""
        yield from file.once(option_facts)

    def check(self, project: Project) -> Iterator[Finding]:
        """Report options that no code which can hold the values reads."""
        sets = project.once(option_sets)
        for option, listed in unread(sets):
            message = f"option {option.flag} is declared but nothing reads it: giving it changes nothing"
            yield self.found(option.where, message, profile=Profile.STRICT if listed else None)
        for parameter in unused(sets):
            message = (
                f"option {parameter.flag} of {parameter.function}() is never read: giving it changes nothing"
            )
            yield self.found(parameter.where, message)
