"""MLD609: a parsed option overwritten by a constant."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt_lint.rule import (
    ANY_TEXT,
    Bad,
    Debt,
    Fact,
    Finding,
    Good,
    Project,
    ProjectRule,
    Severity,
    SourceFile,
    labelled,
    option_facts,
    option_sets,
    overwritten,
)


class ConfigMutated(ProjectRule):
    """A parsed option is overwritten by a constant after parsing.

    Why it is debt
    The command line, the log of the options and the shell history say one thing, the run does another. §6
    "Configuration debt" asks that a configuration say how a model was made; a constant that replaces what the user
    gave makes it say something else, and the next reader looks for the cause everywhere but here.

    What to do instead
    Change the option's default, reject the combination with `parser.error(...)`, or give the derived value a name
    of its own.

    Known limits
    Only constants are reported, and only when nothing or another option decides whether they are set: filling in an
    option that was not given, clamping it, and fallbacks to what the machine offers are silent, and so are names
    that no parser declares and programs that parse a list of their own.
    """

    code = "MLD609"
    name = "config-mutated"
    debt = Debt.CONFIGURATION
    severity = Severity.INFO
    basis = "options"
    needs = ANY_TEXT
    effort_minutes = 10
    examples = (
        Bad("""
            import argparse

            parser = argparse.ArgumentParser()
            parser.add_argument("--lr", type=float, default=1e-3)
            args = parser.parse_args()
            args.lr = 1e-4  # bad
            train(args.lr)
        """),
        Bad("""
            import argparse

            def parse_opt():
                parser = argparse.ArgumentParser()
                parser.add_argument("--epochs", type=int, default=10)
                parser.add_argument("--debug", action="store_true")
                return parser.parse_args()

            def main(opt):
                if opt.debug:
                    setattr(opt, "epochs", 1)  # bad
                train(opt.epochs)

            main(parse_opt())
        """),
        Bad("""
            from absl import app, flags

            FLAGS = flags.FLAGS
            flags.DEFINE_float("dropout", 0.1, "rate")

            def main(argv):
                FLAGS.dropout = 0.5  # bad
                train(FLAGS.dropout)

            app.run(main)
        """),
        Good("""
            import argparse

            parser = argparse.ArgumentParser()
            parser.add_argument("--workers", type=int)
            parser.add_argument("--seed", type=int, default=0)
            args = parser.parse_args()
            if args.workers is None:
                args.workers = 4
            args.seed = args.seed + rank()
            args.best = 0.0
            train(args.workers, args.seed, args.best)
        """),
        Good("""
            import argparse

            parser = argparse.ArgumentParser()
            parser.add_argument("--epochs", type=int, default=10)
            args = parser.parse_args([])
            args.epochs = 2
            train(args.epochs)
        """),
    )

    def collect(self, file: SourceFile) -> Iterator[Fact]:
        """Collect the declared options and what sets them."""
        yield from file.once(option_facts)

    def check(self, project: Project) -> Iterator[Finding]:
        """Report every constant that replaces a parsed option."""
        for item in overwritten(project.once(option_sets)):
            when = "" if item.always else " under another option"
            message = (
                f"option {item.option.flag} is overwritten with {item.literal}{when}: what was given is lost"
            )
            yield self.found(item.where, message, related=(labelled(item.option.where, "declared here"),))
