"""Prints the table of readings: for each rule, how many findings were read, and how many were right or wrong.

Usage: python benchmarks/accuracy/table.py [READINGS]

READINGS holds one CSV per rule with the columns rule, repo, path, cell, line, verdict (right, wrong or unsure), reason.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from pathlib import Path


def main() -> None:
    """Print the table as Markdown."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "readings"
    print(
        "| rule | read | repositories | right | wrong | unsure | right of read |\n|---|---:|---:|---:|---:|---:|---:|"
    )
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        verdicts = Counter(row["verdict"] for row in rows)
        repositories = len({row["repo"] for row in rows})
        share = f"{100 * verdicts['right'] / len(rows):.0f} %" if rows else "–"
        figures = (len(rows), repositories, verdicts["right"], verdicts["wrong"], verdicts["unsure"], share)
        print(f"| {path.stem} | " + " | ".join(map(str, figures)) + " |")


if __name__ == "__main__":
    main()
