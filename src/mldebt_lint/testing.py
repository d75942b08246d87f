"""Runs the examples of rules: the same text is a rule's documentation and its test."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mldebt_lint.config import Flags, load_config
from mldebt_lint.engine import run
from mldebt_lint.model import Debt, Finding, Profile, Report
from mldebt_lint.registry import Registry
from mldebt_lint.request import Request
from mldebt_lint.rule import Bad, Example, Rule

CELL_MARK = re.compile(
    r"# %%(?: \[(?P<kind>markdown)\])?(?: In\[(?P<count>\d+)\])?(?: tags=(?P<tags>\S+))?\s*"
)
BAD_MARK = re.compile(r"#\s*bad\b")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an example's run reported and what it should have: places as `path:line` or `path:cell 2:line`."""

    reported: tuple[str, ...]
    expected: tuple[str, ...]
    report: Report

    @property
    def agrees(self) -> bool:
        """Whether exactly the expected lines were reported, and nothing went wrong."""
        return self.reported == self.expected and not self.report.problems


def run_example(rule: type[Rule], example: Example, registry: Registry, folder: Path) -> Outcome:
    """Write an example's files to an empty folder, run this one rule over them and return the outcome."""
    write_example(example, folder)
    overrides = [f"rules.{rule.name}.{key} = {json.dumps(value)}" for key, value in example.options.items()]
    config = load_config(folder, isolated=True, overrides=["presets.tests = []", *overrides])
    config = config.with_flags(Flags(select=(rule.code,), ignore=_others(rule), profile=Profile.AUDIT))
    report = run(Request(config, registry, (folder,)))
    reported = tuple(sorted({_place(f) for f in report.findings if f.code == rule.code}))
    return Outcome(reported, tuple(sorted(expected_places(example))), report)


def _others(rule: type[Rule]) -> tuple[str, ...]:
    return () if rule.debt is Debt.TOOL else ("MLD000",)


def _place(finding: Finding) -> str:
    where = finding.where
    cell = f"cell {where.cell}:" if where.cell is not None else ""
    return f"{where.path}:{cell}{where.span.line}"


def expected_places(example: Example) -> Iterator[str]:
    """Yield the places that an example marks; a Good example must mark none."""
    if not isinstance(example, Bad):
        return
    yield from example.at
    for path, text in example.sources.items():
        if path.endswith(".ipynb"):
            for number, cell in enumerate(_cells(text), start=1):
                lines = cell["source"].split("\n")
                yield from (
                    f"{path}:cell {number}:{n}" for n, line in enumerate(lines, 1) if BAD_MARK.search(line)
                )
        else:
            yield from (f"{path}:{n}" for n, line in enumerate(text.split("\n"), 1) if BAD_MARK.search(line))


def write_example(example: Example, folder: Path) -> None:
    """Write an example's files below a folder, notebooks as real ones."""
    for path, text in example.sources.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(notebook_from_text(text) if path.endswith(".ipynb") else text, encoding="utf-8")


def notebook_from_text(text: str) -> str:
    """Return a notebook's JSON for Python text in which `# %%` lines begin cells.

    `# %% [markdown]` begins a markdown cell, `# %% In[3]` gives a code cell its execution count and
    `# %% tags=parameters` its tags.
    """
    cells = [_cell_json(cell) for cell in _cells(text)]
    kernel = {"kernelspec": {"language": "python", "name": "python3", "display_name": "Python 3"}}
    return json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}, indent=1)


def _cells(text: str) -> list[dict[str, str]]:
    cells: list[dict[str, str]] = []
    for line in text.rstrip("\n").split("\n"):
        mark = CELL_MARK.fullmatch(line)
        if mark:
            cells.append({key: value or "" for key, value in mark.groupdict().items()})
        elif not cells:
            cells.append({"kind": "", "count": "", "tags": "", "source": line})
        else:
            before = cells[-1].get("source")
            cells[-1]["source"] = line if before is None else f"{before}\n{line}"
    return [{"source": "", **cell} for cell in cells]


def _cell_json(cell: dict[str, str]) -> dict[str, object]:
    source = cell["source"].strip("\n").splitlines(keepends=True)
    metadata = {"tags": cell["tags"].split(",")} if cell["tags"] else {}
    if cell["kind"] == "markdown":
        return {"cell_type": "markdown", "metadata": metadata, "source": source}
    count = int(cell["count"]) if cell["count"] else None
    return {
        "cell_type": "code",
        "metadata": metadata,
        "execution_count": count,
        "outputs": [],
        "source": source,
    }
