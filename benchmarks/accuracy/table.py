"""Prints the table of readings: for each rule and profile, how many findings were read, and how many were right or wrong.

Usage: python benchmarks/accuracy/table.py [READINGS]

READINGS holds one CSV per rule with the columns rule, repo, path, cell, line, profile, verdict (right, wrong or
unsure) and reason. What is unsure does not count as right.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from pathlib import Path

PROFILES = ("default", "strict", "audit")
HEAD = ("rule", "profile", "read", "repositories", "right", "wrong", "unsure", "right of read")


def rows(path: Path) -> list[str]:
    """Return the rows of one rule's readings, a profile each."""
    with path.open(encoding="utf-8", newline="") as stream:
        readings = list(csv.DictReader(stream))
    found = []
    for profile in PROFILES:
        read = [row for row in readings if row["profile"] == profile]
        if read:
            verdicts = Counter(row["verdict"] for row in read)
            repositories = len({row["repo"] for row in read})
            counts = (len(read), repositories, verdicts["right"], verdicts["wrong"], verdicts["unsure"])
            share = f"{100 * verdicts['right'] / len(read):.0f} %"
            found.append("| " + " | ".join(map(str, (path.stem, profile, *counts, share))) + " |")
    return found


def main() -> None:
    """Print the table as Markdown."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "readings"
    print("| " + " | ".join(HEAD) + " |\n|---|---" + "|---:" * 6 + "|")
    print("\n".join(row for path in sorted(folder.glob("*.csv")) for row in rows(path)))


if __name__ == "__main__":
    main()
