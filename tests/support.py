"""Small helpers that several test modules share."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence

from mldebt_lint.analyse import parse
from mldebt_lint.analysis.facts import Fact, ModuleFact
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.library import Library
from mldebt_lint.analysis.project import Project
from mldebt_lint.analysis.store import FactStore, pack_facts
from mldebt_lint.reading.companion import Companion
from mldebt_lint.reading.options import ReadOptions
from mldebt_lint.reading.source import document_from_bytes


def source_file(text: str, library: Library, path: str = "pkg/mod.py") -> SourceFile:
    """Return the parsed file for a piece of dedented Python."""
    raw = textwrap.dedent(text).lstrip("\n").encode()
    return parse(document_from_bytes(raw, path, ReadOptions()), library)


def project_of(
    modules: Iterable[ModuleFact],
    facts: Mapping[str, Sequence[Fact]],
    companions: Sequence[Companion],
    library: Library,
) -> Project:
    """Return a project of these facts, which have been packed and unpacked as in a run."""
    known = {module.path: [module, *facts.get(module.path, ())] for module in modules}
    return Project(FactStore({path: packed(found) for path, found in known.items()}), companions, library)


def packed(facts: Iterable[Fact]) -> dict[str, bytes]:
    """Return facts packed by kind."""
    kinds, refused = pack_facts(facts)
    assert not refused
    return kinds


def unpacked(facts: Iterable[Fact]) -> list[Fact]:
    """Return facts, packed and unpacked, in the order of their kinds."""
    found = list(facts)
    store = FactStore({"a.py": packed(found)})
    kinds = dict.fromkeys(type(fact) for fact in found)
    return [fact for kind in kinds for fact in store.facts_of("a.py", kind)]
