"""MLD606: code reads an option that no parser declares."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

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
    misspelt,
    option_facts,
    option_sets,
    undeclared,
)


class UndeclaredOption(ProjectRule):
    """Parsed options are read by a name that no parser declares.

    Why it is debt
    The line raises AttributeError as soon as it runs, often hours into a job, because the branch that reads the
    option is rarely taken. It is what remains when options are renamed or copied between scripts. §6 "Configuration
    debt" asks that configuration be as carefully reviewed as code, since a mistake in it costs as much.

    What to do instead
    Declare the option, correct the name, or delete the code that reads it.

    Known limits
    Reads that provide for a missing name (`hasattr`, `getattr` with a default, `except AttributeError`) and names
    that code sets are silent. So are parsers whose options are not all visible: computed names, parsers that
    another package extends, namespaces given to another package or merged with a file's settings. Of flags that the
    whole process shares, which other packages may define, only misspelt ones are reported.
    """

    code = "MLD606"
    name = "undeclared-option"
    debt = Debt.CONFIGURATION
    severity = Severity.ERROR
    basis = "options"
    needs = ANY_TEXT
    effort_minutes = 10
    examples = (
        Bad("""
            import argparse

            parser = argparse.ArgumentParser()
            parser.add_argument("--learning-rate", type=float, default=1e-3)
            args = parser.parse_args()
            train(lr=args.lr)  # bad
        """),
        Bad(
            files={
                "options.py": """
                    import argparse

                    def parse_options():
                        parser = argparse.ArgumentParser()
                        parser.add_argument("--batch-size", type=int, default=32)
                        parser.add_argument("--resume", action="store_true")
                        return parser.parse_args()
                """,
                "train.py": """
                    from options import parse_options

                    def main(opt):
                        loader = load(opt.batch_size)
                        if opt.resume:
                            restore(opt.checkpoint)  # bad

                    main(parse_options())
                """,
            }
        ),
        Bad("""
            import argparse

            parser = argparse.ArgumentParser()
            parser.add_argument("--epochs", type=int, default=3)
            config = vars(parser.parse_args())
            train(config["epochs"], config["seed"])  # bad
        """),
        Good("""
            import argparse

            parser = argparse.ArgumentParser()
            parser.add_argument("--epochs", type=int, default=3)
            args = parser.parse_args()
            args.device = "cuda"
            if hasattr(args, "seed"):
                seed_everything(args.seed)
            train(args.epochs, args.device, getattr(args, "amp", False))
        """),
        Bad("""
            from absl import app, flags

            FLAGS = flags.FLAGS
            flags.DEFINE_float("learning_rate", 0.1, "step size")

            def main(argv):
                train(FLAGS.learning_rte, FLAGS.verbosity)  # bad

            app.run(main)
        """),
        Good("""
            import argparse
            import deepspeed

            parser = argparse.ArgumentParser()
            parser.add_argument("--epochs", type=int, default=3)
            parser = deepspeed.add_config_arguments(parser)
            args = parser.parse_args()
            train(args.epochs, args.deepspeed_config)
        """),
    )

    def collect(self, file: SourceFile) -> Iterator[Fact]:
        """Collect the declared options and where their values go."""
        yield from file.once(option_facts)

    def check(self, project: Project) -> Iterator[Finding]:
        """Report the first read of every name that is declared nowhere."""
        sets = project.once(option_sets)
        for item in misspelt(sets):
            likest = "".join(item.known)
            message = (
                f"option {item.name} is read, but no flag of this name is defined; did you mean {likest}?"
            )
            others = tuple(labelled(where, "read here, too") for where in item.places[1:])
            yield self.found(
                item.places[0], message, related=(labelled(item.parser, "defined here"), *others)
            )
        for missing in undeclared(sets):
            near = get_close_matches(missing.name, sorted(missing.known), n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            message = f"option {missing.name} is read, but no parser declares it{hint}"
            others = tuple(labelled(where, "read here, too") for where in missing.places[1:])
            parser = labelled(missing.parser, "the parser is made here")
            yield self.found(missing.places[0], message, related=(parser, *others))
