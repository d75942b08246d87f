"""Measures how fast mldebt-lint is: against bare parsing, against other linters, warm, and as projects grow.

Usage: python benchmarks/speed.py SECTION... [options]; `--help` lists them, benchmarks/README.md explains them.

Run it with the Python that mldebt-lint is installed for. Everything else comes from the package index; what is not
installed is left out, and said.
"""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path

from measure import tables
from measure.check import check
from measure.cold import floor, neighbours, processes
from measure.corpus import PACKAGES, Corpus, package_trees, repository_trees
from measure.growth import growth, memory
from measure.model import Section
from measure.plot import draw
from measure.runs import CrashError, available_cores
from measure.setup import Setup
from measure.tools import Toolbox, install
from measure.warm import start, warm

HERE = Path(__file__).parent
SUMMARY = (__doc__ or "").splitlines()[0]
SECTIONS: dict[str, Callable[[Setup], Section]] = {
    "floor": floor,
    "processes": processes,
    "neighbours": neighbours,
    "warm": warm,
    "start": start,
    "growth": growth,
    "memory": memory,
}


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=SUMMARY, usage="%(prog)s SECTION... [options]")
    known = (*SECTIONS, "all", "check", "install")
    parser.add_argument("sections", nargs="+", choices=known, metavar="SECTION", help=", ".join(known))
    parser.add_argument(
        "--packages", nargs="+", default=PACKAGES, help=f"wheels to measure on [{' '.join(PACKAGES)}]"
    )
    parser.add_argument("--trees", nargs="+", type=Path, help="folders to measure on instead of packages")
    parser.add_argument(
        "--corpus",
        type=Path,
        default=Path(tempfile.gettempdir()) / "mldebt-lint-corpus",
        help="where packages are kept [%(default)s]",
    )
    parser.add_argument(
        "--tools", nargs="+", type=Path, default=[], help="folders of executables to look in first"
    )
    parser.add_argument("--runs", type=int, default=5, help="how often everything is run [5]")
    parser.add_argument("--lines", type=int, help="the size of the corpus instead of the section's own")
    parser.add_argument("--files", type=int, help="the size of the large and of the empty project")
    parser.add_argument(
        "--timings", action="store_true", help="show where the time of the full run went (floor)"
    )
    parser.add_argument(
        "--results", type=Path, help="a JSON file to keep the figures in; README.md beside it, too"
    )
    return parser.parse_args()


def main() -> None:
    """Run the sections that are asked for and print, or keep, what they find."""
    arguments = parse_arguments()
    if "install" in arguments.sections:
        install(arguments.tools[0] if arguments.tools else HERE.parent / ".venv-bench")
        return
    names = [name for name in SECTIONS if {name, "all"} & set(arguments.sections)]
    with tempfile.TemporaryDirectory() as folder:
        setup = make_setup(arguments, Path(folder))
        try:
            if "check" in arguments.sections:
                sys.exit(checked(check(setup)))
            for name in names:
                section = partial(floor, timings=arguments.timings) if name == "floor" else SECTIONS[name]
                publish(section(setup), arguments.results)
        except CrashError as crash:
            raise SystemExit(str(crash)) from crash


def make_setup(arguments: argparse.Namespace, work: Path) -> Setup:
    """Bring together what the sections need; `check` and `start` need no corpus."""
    trees = []
    if set(arguments.sections) - {"check", "start"}:
        folders = arguments.trees
        trees = repository_trees(folders) if folders else package_trees(arguments.packages, arguments.corpus)
    tools = Toolbox([folder.resolve() for folder in arguments.tools])
    return Setup(Corpus(trees), tools, work, arguments.runs, arguments.lines, arguments.files)


def publish(section: Section, results: Path | None) -> None:
    """Print a section; keep it and redraw the page when there is a results file."""
    if results is not None and section.name == "growth" and draw(section, results.with_name("growth.svg")):
        section.picture = "growth.svg"
    print(f"{tables.render({section.name: (machine(), section)})}", flush=True)
    if results is None:
        return
    stored = tables.load(results) | {section.name: (machine(), section)}
    stored = {name: stored[name] for name in SECTIONS if name in stored}
    tables.save(results, stored)
    page = results.with_name("README.md")
    if page.is_file():
        page.write_text(tables.replaced(page.read_text("utf-8"), tables.render(stored)), "utf-8")


def checked(section: Section) -> int:
    """Print the bounds of the check and return the exit code: one line for each that is broken."""
    print(tables.render({section.name: (machine(), section)}))
    for remark in section.remarks:
        print(f"broken: {remark}")
    broken = [bound for bound in section.bounds if not bound.holds]
    for bound in broken:
        print(f"slower: {bound.what} is {bound.value:.2f} {bound.unit}, the bound is {tables.asked(bound)}")
    return 1 if broken or section.remarks else 0


def machine() -> dict[str, str]:
    """Return the class of this machine, and nothing that tells whose it is."""
    return {
        "cores": f"{available_cores()} cores",
        "architecture": f"{platform.system()} {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "libcst": f"libcst {version('libcst')}",
    }


if __name__ == "__main__":
    main()
