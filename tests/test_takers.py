"""Which applications have enough of the files in which a group of settings stands."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mldebt_lint.analysis.settings.applications import Application
from mldebt_lint.analysis.settings.facts import CopiedConstant
from mldebt_lint.analysis.settings.takers import Takers
from mldebt_lint.model import Location, Span

PATHS = tuple("abcdef")
APPS = st.lists(st.lists(st.sampled_from(PATHS), min_size=1, unique=True), max_size=6)


@given(apps=APPS, paths=st.lists(st.sampled_from(PATHS), max_size=8), files=st.integers(2, 4))
def test_takers_are_the_applications_with_at_least_so_many_files(
    apps: list[list[str]], paths: list[str], files: int
) -> None:
    known = [Application(app[0], frozenset(app[:1]), tuple(app)) for app in apps]
    group = [CopiedConstant("N", "1", Location(path, Span(1, 1, 1, 2))) for path in paths]
    expected = [
        (app, [path for path in app.files for _ in range(paths.count(path))])
        for app in known
        if len(set(paths) & set(app.files)) >= files
    ]
    found = [
        (app, [item.where.path for item in items])
        for app, items in Takers(known, set(PATHS)).of(group, files)
    ]
    assert found == expected
