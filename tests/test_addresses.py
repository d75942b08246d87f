"""Whether what stands behind an address, a query or a name can change."""

from __future__ import annotations

import pytest

from mldebt_lint.analysis.unstable.addresses import address
from mldebt_lint.analysis.unstable.hub_ids import is_hub_id
from mldebt_lint.analysis.unstable.queries import why_query_moves

HOLE = "\0"
BARE = frozenset({"bert-base-uncased"})


@pytest.mark.parametrize(
    "text",
    [
        "https://raw.githubusercontent.com/acme/data/main/train.csv",
        "https://raw.githubusercontent.com/acme/data/refs/heads/dev/train.csv",
        "https://github.com/acme/data/raw/master/train.csv",
        "https://huggingface.co/datasets/acme/data/resolve/main/train.csv",
        "https://acme.org/train.zip",
        "https://api.acme.org/v2/train.csv",
        "s3://acme/clicks/latest/part.parquet",
        f"https://raw.githubusercontent.com/acme/data/main/{HOLE}",
    ],
)
def test_an_address_that_nothing_fixes_can_change(text: str) -> None:
    assert address(text, HOLE).reason


@pytest.mark.parametrize(
    "text",
    [
        "https://raw.githubusercontent.com/acme/data/3f2a9c1/train.csv",
        "https://github.com/acme/data/raw/v1.2/train.csv",
        "https://acme.org/trips/yellow_2023-01.parquet",
        "https://acme.org/train2017.zip",
        "https://acme.org/data/v3/train.csv",
        "https://zenodo.org/record/7155725/files/train.csv",
        "https://acme.org/detr-r50-e632da11.zip",
        "s3://acme/clicks/part.parquet",
        "http://localhost:8000/train.csv",
        "data/latest/train.csv",
        f"https://acme.org/{HOLE}",
    ],
)
def test_an_address_that_is_fixed_or_near_or_not_known_is_none(text: str) -> None:
    assert address(text, HOLE).reason == ""


@pytest.mark.parametrize(
    ("text", "suffix"),
    [("x/a.tar.gz", "tar"), ("x/a.csv.gz?raw=true", "csv"), ("x/glove.6B.zip", "zip"), ("x/a", "")],
)
def test_the_kind_of_a_file_is_told_by_its_name(text: str, suffix: str) -> None:
    assert address(text, HOLE).suffix == suffix


@pytest.mark.parametrize("name", ["acme/model", "bert-base-uncased", "google/flan-t5-base"])
def test_owner_and_name_are_an_id_of_a_hub_and_known_names_alone(name: str) -> None:
    assert is_hub_id(name, BARE)


@pytest.mark.parametrize(
    "name",
    ["./model", "models/best", "my-model", "a/b/c", "out/model.pt", "/data/model", "your-name/model", ""],
)
def test_folders_files_and_placeholders_are_no_ids(name: str) -> None:
    assert not is_hub_id(name, BARE)


@pytest.mark.parametrize(
    "query",
    ["SELECT * FROM users", "select u.* from users u\nwhere country = 'FR'", "SELECT * FROM t LIMIT 100000"],
)
def test_all_columns_without_a_date_give_other_rows_tomorrow(query: str) -> None:
    assert why_query_moves(query, HOLE)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT id FROM users",
        "SELECT COUNT(*) FROM users",
        "SELECT * FROM users WHERE created_at < '2024-01-01'",
        "SELECT * FROM users FOR SYSTEM_TIME AS OF '2024-01-01'",
        "SELECT * FROM users_20240101",
        "SELECT * FROM users WHERE id = %s",
        f"SELECT * FROM {HOLE}",
        "SELECT * FROM users LIMIT 10",
    ],
)
def test_a_date_a_snapshot_or_what_is_not_known_is_silent(query: str) -> None:
    assert why_query_moves(query, HOLE) is None
