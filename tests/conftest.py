"""What all tests share: the registry of the built-in rules, loaded once."""

from __future__ import annotations

from pathlib import Path

import pytest

from mldebt_lint.registry import Registry, build_registry
from mldebt_lint.sources import Sources


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """The built-in rules and packs."""
    return build_registry(Sources(root=Path(tmp_path_factory.mktemp("root"))))
