"""The command line: words in, exit code out."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

import click

from mldebt_lint import __version__
from mldebt_lint.errors import UserError

LEVELS = ("info", "warning", "error")
PROFILES = ("default", "strict", "audit")
GROUP_WORDS = ("--help", "-h", "--version", "-V")
INTERRUPTED = 130


class DefaultCommand(click.Group):
    """A group in which everything that is no command's name belongs to `check`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in GROUP_WORDS):
            args = ["check", *args]
        return super().parse_args(ctx, args)


@click.group(cls=DefaultCommand, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="mldebt-lint")
def cli() -> None:
    """Find the hidden technical debt of machine-learning code.

    `mldebt-lint src/` is short for `mldebt-lint check src/`. A path called like a command is reached as ./name.
    """


class Jobs(click.ParamType[int]):
    """A number of processes, 0 for `auto`."""

    name = "jobs"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number. Fails for anything but `auto` and positive numbers."""
        if value in ("auto", 0):
            return 0
        if not str(value).isdecimal() or int(value) < 1:
            self.fail(f"'{value}' is neither 'auto' nor a positive number", param, ctx)
        return int(value)


def options(*decorators: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Apply several option decorators in the order written."""

    def apply(command: Any) -> Any:
        for decorator in reversed(decorators):
            command = decorator(command)
        return command

    return apply


def many(name: str, help_text: str, metavar: str = "RULES") -> Callable[[Any], Any]:
    """An option that may be given several times."""
    return click.option(name, multiple=True, metavar=metavar, help=help_text)


SELECTION = options(
    many("--select", "Only these rules: code, prefix, name, cat:<debt> or ALL; comma-separated."),
    many("--extend-select", "These rules too."),
    many("--ignore", "Not these rules."),
    click.option(
        "--profile", type=click.Choice(PROFILES), help="How much to show: default, strict or audit."
    ),
    click.option(
        "--min-severity", type=click.Choice(LEVELS), help="Show only findings at or above this level."
    ),
    click.option(
        "--fail-on", type=click.Choice(LEVELS), help="Exit with 1 at or above this level [warning]."
    ),
    click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found."),
)
INPUT = options(
    many("--config", "A configuration file, or one setting as 'key = value'.", "FILE|PAIR"),
    click.option("--isolated", is_flag=True, help="Read no configuration file."),
    many("--extend-exclude", "Leave these files and folders out, too.", "PATTERN"),
    click.option("--force-exclude", is_flag=True, help="Leave excluded files out even when they are named."),
    click.option(
        "--stdin-filename", default="stdin.py", metavar="FILE", help="The name of what comes in by '-'."
    ),
    click.option(
        "--trust-project", is_flag=True, help="Run the Python rules of the project's own local-rules."
    ),
)
RUNNING = options(
    click.option(
        "-j",
        "--jobs",
        type=Jobs(),
        default="auto",
        metavar="auto|N",
        help="How many processes may work [auto: one for each processor, fewer for little work].",
    ),
    click.option("--no-cache", is_flag=True, help="Neither use nor write a cache."),
    click.option(
        "--cache-dir", metavar="DIR", help="Where the cache is [.mldebt_lint_cache in the project]."
    ),
    click.option("--progress/--no-progress", default=True, help="Show how far a long run is, at a terminal."),
)
OUTPUT = options(
    many("--output-format", "full, concise or json, optionally with :PATH; repeatable.", "FORMAT[:PATH]"),
    click.option("--statistics", is_flag=True, help="Show the number of findings per rule instead."),
    click.option("--show-files", is_flag=True, help="Show the files that would be linted, and stop."),
    click.option(
        "--show-settings", is_flag=True, help="Show every setting and where it comes from, and stop."
    ),
    click.option("--timings", is_flag=True, help="Show where the time went, on standard error."),
    click.option("--color", type=click.Choice(("auto", "always", "never")), default="auto"),
    click.option("-q", "--quiet", is_flag=True, help="Findings and problems only."),
    click.option("-v", "--verbose", is_flag=True, help="Tell what is read, on standard error."),
)


@cli.command()
@click.argument("paths", nargs=-1, metavar="[PATHS|-]")
@SELECTION
@INPUT
@RUNNING
@OUTPUT
def check(paths: tuple[str, ...], **given: Any) -> None:
    """Lint files, notebooks and folders (the current folder by default)."""
    from mldebt_lint.commands.check import Options
    from mldebt_lint.commands.check import check as run_check
    from mldebt_lint.config import Flags
    from mldebt_lint.model import Profile, Severity

    flags = Flags(
        select=given["select"] or None,
        extend_select=given["extend_select"],
        ignore=given["ignore"],
        extend_exclude=given["extend_exclude"],
        profile=Profile[given["profile"].upper()] if given["profile"] else None,
        min_severity=Severity[given["min_severity"].upper()] if given["min_severity"] else None,
        fail_on=Severity[given["fail_on"].upper()] if given["fail_on"] else None,
        output_format=given["output_format"],
    )
    words = {key: value for key, value in given.items() if key in Options.__dataclass_fields__}
    sys.exit(run_check(Options(paths=paths, flags=flags, **words)))


FORMAT = click.option("--output-format", type=click.Choice(("text", "markdown", "json")), default="text")
COLOR = click.option("--color", type=click.Choice(("auto", "always", "never")), default="auto")


@cli.command()
@click.argument("name", metavar="NAME|CODE")
@FORMAT
@COLOR
def rule(name: str, output_format: str, color: str) -> None:
    """Explain one rule: what, why it is debt, examples, options, how to suppress it."""
    from pathlib import Path

    from mldebt_lint.commands.explain import explain_rule
    from mldebt_lint.commands.terminal import make_style
    from mldebt_lint.reporters.explain import render_rule

    sys.stdout.write(render_rule(explain_rule(name, Path()), make_style(color), output_format))


@cli.command()
@FORMAT
@COLOR
def rules(output_format: str, color: str) -> None:
    """List all rules with what is enabled here, and why."""
    from pathlib import Path

    from mldebt_lint.commands.explain import list_rules
    from mldebt_lint.commands.terminal import make_style
    from mldebt_lint.reporters.explain import render_rules

    sys.stdout.write(render_rules(list_rules(Path()), make_style(color), output_format))


@cli.command("explain-value")
@click.argument("place", metavar="FILE:LINE[:COL]")
def explain_value(place: str) -> None:
    """Tell what the analysis knows about the expressions at a place, and why."""
    from mldebt_lint.commands.explain_value import explain_value as explain

    for line in explain(place):
        click.echo(line)


@cli.command()
@click.argument("paths", nargs=-1, metavar="[PATHS]")
@click.option("--cache-dir", metavar="DIR", help="Delete this cache instead.")
def clean(paths: tuple[str, ...], cache_dir: str | None) -> None:
    """Delete the cache of the project (of the current folder by default)."""
    from mldebt_lint.commands.clean import clean_caches

    for line in clean_caches(paths or (".",), cache_dir):
        click.echo(line)


def main() -> None:
    """Run the command line; a user's mistake is one line on standard error and exit code 2."""
    try:
        result = cli.main(standalone_mode=False)
        sys.exit(result if isinstance(result, int) else 0)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(INTERRUPTED)
    except UserError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(2)
    except BrokenPipeError:
        # The reader went away (`| head`): the rest is unwanted, and Python must not complain at shutdown.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
