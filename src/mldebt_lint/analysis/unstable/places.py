"""Parts of a project in which what is fetched matters less."""

from __future__ import annotations

import re

from mldebt_lint.analysis.paths import is_test_path

SHOWING = re.compile(
    r"(?i)(?:^|/)(?:[\w-]*examples?|[\w-]*tutorials?|demos?|samples?|docs?|documentation|quickstarts?)/"
)
BUILDING = frozenset({"setup.py", "conf.py", "noxfile.py", "fabfile.py"})


def is_fetching_place(path: str) -> bool:
    """Whether what a file fetches is the project's business: not in tests and what builds it."""
    return not is_test_path(path) and path.rpartition("/")[2] not in BUILDING


def is_showing(path: str) -> bool:
    """Whether a file stands in a folder that shows how something is used: examples, tutorials, documentation."""
    return SHOWING.search(path) is not None
