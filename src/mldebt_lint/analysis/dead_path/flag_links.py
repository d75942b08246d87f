"""Joins the flags of all files: which stay constant, and which one an imported name means."""

from __future__ import annotations

import re
from collections import Counter

from mldebt_lint.analysis.dead_path.flag_facts import IMPORTED, FlagChanges, FlagFact, FlagUse, flag_key
from mldebt_lint.analysis.project import Project

MOST_HOPS = 5
PROSE = (".md", ".rst", ".txt")
GIVEN = re.compile(r"(?<![-\w])([^\W\d]\w*)`?\s*=(?!=)")


def constant_flags(project: Project) -> dict[str, FlagFact]:
    """Return the flags that nothing in the project changes and no README tells the reader to set.

    Of a script and its notebook twin, the script's.
    """
    changed: set[str] = set()
    stored: Counter[str] = Counter()
    opaque: set[str | None] = set()
    twins = {path for path in project.modules if f"{path.removesuffix('.ipynb')}.py" in project.modules}
    reflected: set[str] = set()
    for path in project.modules:
        for change in project.facts_of(path, FlagChanges):
            changed |= change.names
            stored.update(change.own)
            opaque.update(project.resolve(target, path) for target in change.opaque)
            reflected.update({path, *project.imports[path]} if change.reflects else ())
    reflected |= _heirs(project)

    def is_constant(flag: FlagFact) -> bool:
        name, path = flag.name.rpartition(".")[2], flag.where.path
        if flag.is_local or path in twins:
            return path not in twins
        if flag.is_attribute and (stored[name] > 1 or path in reflected):
            return False
        return name not in changed and path not in opaque

    told = {
        name for text in project.companions if text.path.endswith(PROSE) for name in GIVEN.findall(text.text)
    }
    return {
        flag.key: flag
        for flag in project.facts(FlagFact)
        if is_constant(flag) and (flag.is_local or flag.name not in told)
    }


def _heirs(project: Project) -> set[str]:
    """Return the files whose classes may derive from one that sets any attribute of `self`."""
    found = {
        path
        for path in project.modules
        if any(change.reflects_self for change in project.facts_of(path, FlagChanges))
    }
    todo = list(found)
    while todo:
        base = todo.pop()
        for path in project.importers.get(base, frozenset()) - found:
            if base in project.targets[path]:
                found.add(path)
                todo.append(path)
    return found


def find_flag(project: Project, use: FlagUse, key: str, flags: dict[str, FlagFact]) -> FlagFact | None:
    """Return the flag of a key, or that an import leads to, through packages that pass it on."""
    importer = use.where.path
    for _ in range(MOST_HOPS):
        if not key.startswith(IMPORTED):
            return flags.get(key)
        target = key.removeprefix(IMPORTED)
        path, (owner, _, name) = project.resolve(target, importer), target.rpartition(".")
        if path is None:
            return None
        found = flags.get(flag_key(path, name)) or flags.get(
            flag_key(path, f"{owner.rpartition('.')[2]}.{name}")
        )
        if found is not None:
            return found
        passed = [item.target for item in project.modules[path].imports if item.target.endswith(f".{name}")]
        if not passed:
            return None
        key, importer = f"{IMPORTED}{passed[0]}", path
    return None
