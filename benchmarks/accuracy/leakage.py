"""Precision and recall of the leakage rules over scripts and notebooks whose preprocessing order somebody judged.

Usage: python benchmarks/accuracy/leakage.py TREES...

leakage.csv, beside this file, has one row for each judged file: repo, path, verdict (`leak` or `clean`), cell and line
of the leak (1-based, empty for clean ones) and the reason. Each of TREES holds one folder per repository, `owner+name`;
what is in none of them is left out. A file counts as reported when one of MLD811 to MLD814 reports it by default.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

TABLE = Path(__file__).with_name("leakage.csv")
CODES = ("MLD811", "MLD812", "MLD813", "MLD814")
SLACK = 3


def report(file: Path, tree: Path) -> list[dict[str, object]]:
    """Return the leakage findings in one file."""
    command = [sys.executable, "-m", "mldebt_lint", str(file.relative_to(tree)), "--isolated"]
    done = subprocess.run([*command, "--output-format", "json"], cwd=tree, capture_output=True, check=False)
    if not done.stdout:
        raise SystemExit(f"{file}: crashed\n{done.stderr.decode()}")
    return [finding for finding in json.loads(done.stdout)["findings"] if finding["code"] in CODES]


def is_at(finding: dict[str, object], row: dict[str, str]) -> bool:
    """Whether a finding stands where the judgement says, some lines more or less."""
    cell = int(row["cell"]) if row["cell"] else None
    line, place = int(row["line"]), finding["location"]
    return finding["cell"] == cell and abs(place["row"] - line) <= SLACK  # type: ignore[index]


def judged(trees: list[Path]) -> Iterator[tuple[dict[str, str], str]]:
    """Yield each judgement whose file is there, with `hit`, `elsewhere` or `silent`."""
    with TABLE.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            homes = [tree / row["repo"].replace("/", "+") for tree in trees]
            home = next((home for home in homes if (home / row["path"]).is_file()), None)
            if home is None:
                continue
            findings = report(home / row["path"], home)
            hit = row["line"] and any(is_at(finding, row) for finding in findings)
            yield row, "hit" if hit else "elsewhere" if findings else "silent"


def main() -> None:
    """Print what came out otherwise than it was judged, and the figures."""
    counts: Counter[str] = Counter()
    for row, how in judged([Path(name) for name in sys.argv[1:]]):
        is_leak, is_told = row["verdict"] == "leak", how != "silent"
        kind = ("true" if is_leak == is_told else "false") + (" positive" if is_told else " negative")
        counts[kind] += 1
        counts["at the line"] += how == "hit"
        if is_leak != is_told or how == "elsewhere":
            print(f"{kind} ({how}): {row['repo']}/{row['path']}:{row['cell']}:{row['line']} {row['reason']}")
    right = counts["true positive"]
    told, leaks = right + counts["false positive"], right + counts["false negative"]
    print(f"{sum(counts.values()) - counts['at the line']} files, {leaks} leak: {dict(counts)}")
    if told and leaks:
        print(f"precision {right / told:.0%}, recall {right / leaks:.0%}")


if __name__ == "__main__":
    main()
