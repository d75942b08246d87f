"""The pages of the built-in rules, from the file that `make docs` writes: to list rules, none is loaded."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mldebt_lint.config import OptionDoc
from mldebt_lint.model import Confidence, Debt, Profile, Severity
from mldebt_lint.reporters.rule_page import RulePage
from mldebt_lint.sources import rules_folder

NAME = "catalogue.json"
TUPLES = ("bad", "good")
ENUMS = {"debt": Debt, "severity": Severity, "confidence": Confidence, "profile": Profile}


def catalogue_file() -> Path:
    """Return the file of the catalogue."""
    return rules_folder() / NAME


def catalogue_text(pages: Sequence[RulePage]) -> str:
    """Return the text of the catalogue: the pages as JSON, one a line."""
    lines = ",\n".join(json.dumps(asdict(page), ensure_ascii=False) for page in pages)
    return f"[\n{lines}\n]\n"


def read_catalogue() -> list[RulePage]:
    """Return the pages of the built-in rules, by code."""
    return [_page(item) for item in json.loads(catalogue_file().read_text(encoding="utf-8"))]


def _page(item: dict[str, Any]) -> RulePage:
    item |= {name: kind(item[name]) for name, kind in ENUMS.items()}
    item |= {name: tuple(item[name]) for name in TUPLES}
    item["options"] = tuple(OptionDoc(*option) for option in item["options"])
    return RulePage(**item)
