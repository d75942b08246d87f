"""Which files mention a name of a version, or say a word."""

from __future__ import annotations

from collections import defaultdict

from mldebt_lint.analysis.dead_path.variants import Variant
from mldebt_lint.analysis.facts import Vocabulary
from mldebt_lint.analysis.project import Project


def mentions(project: Project) -> dict[str, set[str]]:
    """Return for each name of a variant or sibling the files that mention it: read, say or import it."""
    variants = project.facts(Variant)
    wanted = {v.name for v in variants} | {s.name for v in variants for s in v.siblings}
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path, module in project.modules.items() if wanted else ():
        known = project.vocabulary(path)
        imported = {last for _, dot, last in (i.target.rpartition(".") for i in module.imports) if dot}
        for name in (wanted & known.references) | (wanted & known.words) | (wanted & imported):
            found[name].add(path)
    return dict(found)


def said(project: Project) -> frozenset[str]:
    """Return every word that some file says in a string."""
    return frozenset().union(*(known.words for known in project.facts(Vocabulary)))
