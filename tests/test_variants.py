"""Names that say they are a version of another."""

from __future__ import annotations

import pytest

from mldebt_lint.analysis.dead_path.variants import version_of, versions_of

MARKED = {
    "train_old": ("train", "old"),
    "train_v2": ("train", "v2"),
    "train2": ("train", "2"),
    "train_2": ("train", "2"),
    "old_train": ("train", "old"),
    "ModelV2": ("Model", "V2"),
    "ModelOld": ("Model", "Old"),
    "data_bak": ("data", "bak"),
    "data_copy1": ("data", "copy1"),
}


@pytest.mark.parametrize(("name", "expected"), MARKED.items())
def test_a_mark_is_told_from_its_base(name: str, expected: tuple[str, str]) -> None:
    assert version_of(name) == expected


@pytest.mark.parametrize(
    "name", ["train", "fold", "threshold", "copy", "_tmp", "resnet50", "sample_128", "v2", "OLD"]
)
def test_other_names_are_no_versions(name: str) -> None:
    assert version_of(name) is None


def test_a_marked_name_is_a_version_of_its_base_and_of_other_versions() -> None:
    assert versions_of("train_v2", ["train", "train_v1", "train_v2", "test_v1"]) == ["train", "train_v1"]


def test_a_number_needs_the_name_without_it() -> None:
    assert versions_of("conv2", ["conv1", "conv2"]) == []


def test_a_long_series_of_numbers_is_no_version() -> None:
    assert versions_of("fold2", ["fold", "fold2", "fold3", "fold4"]) == []
