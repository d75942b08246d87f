"""Scores JSON reports against labelled lines: instances found, look-alikes left silent.

Usage: python benchmarks/accuracy/score.py LABELS.csv REPORTS

LABELS has the columns repo, path, cell (0-based, empty for files), line, debt and verdict (instance or not);
REPORTS is what corpus.py wrote. A finding matches a label when repository, path, cell and debt agree and the line
is in the reported construct, three lines more or less. A place that is only related to a finding counts apart.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

SLACK = 3
KINDS = (
    *("unseeded-randomness", "dead-experimental-path", "scattered-config", "unread-argparse-flag"),
    *("plain-data-float", "glue-code", "prototype-smell", "out-of-order-notebook"),
)


def covers(place: dict[str, object], label: dict[str, str]) -> bool:
    """Whether a finding's or related place covers a label's line."""
    cell = int(label["cell"]) + 1 if label["cell"] else None
    if place["filename"] != label["path"] or place["cell"] != cell:
        return False
    return place["location"]["row"] - SLACK <= int(label["line"]) <= place["end_location"]["row"] + SLACK


def match(findings: list[dict[str, object]], label: dict[str, str]) -> str:
    """Return `found`, `related` or an empty string."""
    same = [finding for finding in findings if finding["debt"] == label["debt"]]
    if any(covers(finding, label) for finding in same):
        return "found"
    return "related" if any(covers(place, label) for f in same for place in f["related"]) else ""


def judged(labels: Path, reports: Path) -> Iterator[tuple[dict[str, str], str]]:
    """Yield every label of the known kinds with how it was matched."""
    loaded: dict[str, list[dict[str, object]]] = {}
    with labels.open(encoding="utf-8", newline="") as stream:
        for label in csv.DictReader(stream):
            if label["debt"] not in KINDS:
                continue
            name = label["repo"].replace("/", "+")
            if name not in loaded:
                loaded[name] = json.loads((reports / f"{name}.json").read_text("utf-8"))["findings"]
            yield label, match(loaded[name], label)


def main() -> None:
    """Print one line for each label that came out otherwise than it should, and the table."""
    rows: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for label, how in judged(Path(sys.argv[1]), Path(sys.argv[2])):
        row, is_instance = rows[label["debt"]], label["verdict"] == "instance"
        good = (how == "found") if is_instance else (how == "")
        row[0 if is_instance else 2] += good
        row[1 if is_instance else 3] += 1
        if not good or how == "related":
            shown = "MISSED" if is_instance and not good else "WRONG" if not good else "ok"
            place = f"{label['repo']}/{label['path']}:{label['cell']}:{label['line']}"
            print(f"{shown} ({how or 'silent'}) {label['debt']} {place}: {label['reason']}")
    total = [sum(column) for column in zip(*rows.values(), strict=True)]
    print("\n| debt | instances found | look-alikes silent |\n|---|---:|---:|")
    for debt, row in [*sorted(rows.items()), ("**all**", total)]:
        print(f"| {debt} | {row[0]} of {row[1]} | {row[2]} of {row[3]} |")


if __name__ == "__main__":
    main()
