"""Times one full run against the floor, bare `libcst.native.parse_module`, over the same files in one process.

Usage: python benchmarks/cost.py TREE... [--lines 100000] [--runs 3] [--timings]

Copies Python files of the trees into a temporary project until it has that many lines, then alternates between
parsing every file and a full run of the engine with the rules of profile `strict`, and prints the median of the
ratios. Seconds are those of the processor: what else the machine does matters little.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import process_time

import libcst.native

from mldebt_lint.config import Flags, load_config
from mldebt_lint.engine import run
from mldebt_lint.model import Profile, Report
from mldebt_lint.registry import Registry, Sources, build_registry
from mldebt_lint.request import Request


def parseable(trees: list[Path]) -> Iterator[tuple[str, str]]:
    """Yield the name and text of every Python file that parses."""
    for tree in trees:
        for path in sorted(tree.rglob("*.py")):
            try:
                text = path.read_text("utf-8")
                libcst.native.parse_module(text)
            except (OSError, UnicodeDecodeError, libcst.ParserSyntaxError):
                continue
            yield path.relative_to(tree.parent).as_posix(), text


def fill(folder: Path, trees: list[Path], lines: int) -> int:
    """Copy files into a folder until it has that many lines; return how many it has."""
    total = 0
    for name, text in parseable(trees):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
        total += text.count("\n")
        if total >= lines:
            break
    return total


def floor(folder: Path) -> float:
    """Return the seconds that parsing every file takes."""
    gc.collect()
    started = process_time()
    for path in (path for path in sorted(folder.rglob("*.py")) if path.is_file()):
        libcst.native.parse_module(path.read_text("utf-8"))
    return process_time() - started


def full(folder: Path, registry: Registry) -> tuple[float, Report]:
    """Return the seconds and the report of a full run with the rules of profile `strict`."""
    config = load_config(folder, isolated=True).with_flags(Flags(profile=Profile.STRICT))
    gc.collect()
    started = process_time()
    report = run(Request(config, registry, (folder,), timings=True))
    return process_time() - started, report


def main() -> None:
    """Print the seconds and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trees", type=Path, nargs="+")
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--timings", action="store_true")
    arguments = parser.parse_args()
    registry = build_registry(Sources(Path()))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = fill(folder, arguments.trees, arguments.lines)
        pairs = []
        for _ in range(arguments.runs):
            parse = floor(folder)
            seconds, report = full(folder, registry)
            pairs.append((parse, seconds))
            print(f"parse {parse:.2f} s, full run {seconds:.2f} s, ratio {seconds / parse:.2f}", flush=True)
    print(
        f"{report.files} files, {lines} lines, {len(report.findings)} findings, {len(report.problems)} problems"
    )
    print(f"median ratio {statistics.median(seconds / parse for parse, seconds in pairs):.2f}")
    if arguments.timings:
        for step, spent in sorted(report.timings.items(), key=lambda item: -item[1]):
            print(f"{spent:8.2f} s  {step}")


if __name__ == "__main__":
    main()
