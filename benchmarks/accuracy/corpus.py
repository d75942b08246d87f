"""Runs mldebt-lint over a folder of repositories and tells files, findings per rule, problems and seconds.

Usage: python benchmarks/accuracy/corpus.py TREES REPORTS [--profile strict]

TREES holds one folder per repository, `owner+name`. One JSON report per repository is written to REPORTS; a table
goes to standard output.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from time import perf_counter


def lint(tree: Path, profile: str) -> tuple[dict[str, object], int, float]:
    """Lint one repository; return its JSON report, the exit code and the seconds it took."""
    command = [sys.executable, "-m", "mldebt_lint", ".", "--isolated", "--profile", profile]
    started = perf_counter()
    done = subprocess.run([*command, "--output-format", "json"], cwd=tree, capture_output=True, check=False)
    seconds = perf_counter() - started
    if done.returncode not in (0, 1, 2) or not done.stdout:
        raise SystemExit(f"{tree.name}: crashed\n{done.stderr.decode()}")
    return json.loads(done.stdout), done.returncode, seconds


def main() -> None:
    """Run over all trees and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trees", type=Path)
    parser.add_argument("reports", type=Path)
    parser.add_argument("--profile", default="default", choices=("default", "strict", "audit"))
    arguments = parser.parse_args()
    arguments.reports.mkdir(parents=True, exist_ok=True)
    total: Counter[str] = Counter()
    files = problems = 0
    seconds = 0.0
    print("| repository | files | findings | problems | exit | seconds |\n|---|---:|---:|---:|---:|---:|")
    for tree in sorted(path for path in arguments.trees.iterdir() if path.is_dir() and path.name[0] != "."):
        report, code, took = lint(tree, arguments.profile)
        (arguments.reports / f"{tree.name}.json").write_text(json.dumps(report), encoding="utf-8")
        summary = report["summary"]
        total.update(finding["code"] for finding in report["findings"])
        files, problems, seconds = files + summary["files"], problems + len(report["errors"]), seconds + took
        row = (tree.name.replace("+", "/"), summary["files"], len(report["findings"]), len(report["errors"]))
        print("| " + " | ".join(map(str, row)) + f" | {code} | {took:.1f} |", flush=True)
    print(f"| **all** | {files} | {sum(total.values())} | {problems} | | {seconds:.1f} |\n")
    print("| rule | findings |\n|---|---:|")
    print("\n".join(f"| {code} | {number} |" for code, number in sorted(total.items())))


if __name__ == "__main__":
    main()
