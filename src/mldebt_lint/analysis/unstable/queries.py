"""SQL queries that give other rows tomorrow."""

from __future__ import annotations

import re

EVERYTHING = re.compile(r"(?is)\bselect\s+(?:distinct\s+)?(?:\w+\.)?\*\s+from\s+([\w.\"`\[\]\x00:-]+)")
WHERE = re.compile(r"(?is)\bwhere\b(.*)")
TIME = re.compile(
    r"(?i)date|time|_at\b|_on\b|\bday|month|\byear|week|snapshot|version|partition|\bts\b|\bdt\b|\bds\b|\bepoch|\basof\b"
    r"|\b(?:19|20)\d\d\b"
)
AS_OF = re.compile(
    r"(?i)\bas\s+of\b|\bsystem_time\b|\bat\s*\(|\bbefore\s*\(|\bfor\s+version\b|table_date_range|_table_suffix"
)
DATED = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|(?<!\d)(?:19|20)\d\d(?:0[1-9]|1[0-2])|_v\d+\b|snapshot")
LIMIT = re.compile(r"(?i)\blimit\s+(\d+)")
PLACEHOLDER = re.compile(r"[?]|%s|%\(\w+\)s|:\w+|\$\d|\{")
PEEK = 1000


def why_query_moves(text: str, hole: str) -> tuple[str, str] | None:
    """Return what is read and why it can change, where a query takes all columns without saying as of when.

    None for other queries, for tables and conditions that are not known, and for a look at a few rows.
    """
    found = EVERYTHING.search(text)
    limit = LIMIT.search(text)
    if found is None or hole in found.group(1) or (limit and int(limit.group(1)) < PEEK):
        return None
    if AS_OF.search(text) or DATED.search(found.group(1)):
        return None
    where = WHERE.search(text)
    if where is not None and (
        hole in where.group(1) or TIME.search(where.group(1)) or PLACEHOLDER.search(where.group(1))
    ):
        return None
    table = found.group(1).strip('"`[]')
    return table, "`SELECT *` without a date or snapshot gives other rows tomorrow"
