"""Loads rules and library packs from folders: the built-in folder with the same code as a user's."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mldebt_lint.analysis.library import Library, build_library, load_pack
from mldebt_lint.errors import UserError
from mldebt_lint.pattern import load_pattern
from mldebt_lint.rule import DirectiveRule, FileRule, ProjectRule, Rule
from mldebt_lint.sources import LIBRARIES, Sources, plugin_folders, rules_folder


@dataclass(frozen=True, slots=True)
class Registry:
    """The rules and the library knowledge of one run: a value that is passed down."""

    rules: tuple[type[Rule], ...]
    library: Library
    notes: tuple[str, ...] = ()

    def find(self, word: str) -> type[Rule] | None:
        """Return the rule with this code or name."""
        return next((rule for rule in self.rules if word.upper() == rule.code or word == rule.name), None)


def build_registry(sources: Sources) -> Registry:
    """Load the built-in rules and packs, then a user's own.

    Raises UserError for a rule or pack that does not load, and for two rules with one code or name.
    """
    builtin = rules_folder()
    rules = list(load_rules(builtin, shown="rules", trusted=True))
    packs = [
        load_pack(path, f"rules/{LIBRARIES}/{path.name}")
        for path in sorted((builtin / LIBRARIES).glob("*.yaml"))
    ]
    packs += [load_pack(path, _shown(path, sources.root)) for path in sources.packs]
    notes: list[str] = []
    for folder in plugin_folders(sources.plugins):
        rules += load_rules(folder, shown=folder.name, trusted=True)
    for folder in sources.local_rules:
        trusted, shown = sources.trust_project, _shown(folder, sources.root)
        rules += load_rules(folder, shown=shown, trusted=trusted)
        skipped = [] if trusted else _python_rules(folder)
        if skipped:
            notes.append(f"{shown}: {len(skipped)} Python rule file(s) not loaded; --trust-project runs them")
    _reject_twins(rules)
    return Registry(tuple(sorted(rules, key=lambda rule: rule.code)), build_library(packs), tuple(notes))


def load_rules(folder: Path, shown: str, trusted: bool) -> Iterator[type[Rule]]:
    """Yield the rules of a folder: every `.yaml` outside `libraries`, and every `.py` if it is trusted.

    Raises UserError for a missing folder or a rule file that does not load.
    """
    if not folder.is_dir():
        raise UserError(f"the rules folder '{shown}' does not exist")
    for path in sorted(folder.rglob("*.yaml")):
        if path.parent.name != LIBRARIES:
            yield load_pattern(path, f"{shown}/{path.relative_to(folder).as_posix()}")
    for path in _python_rules(folder) if trusted else ():
        yield from _rules_of_module(path, f"{shown}/{path.relative_to(folder).as_posix()}")


def _python_rules(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py") if not path.name.startswith("_"))


def _rules_of_module(path: Path, shown: str) -> Iterator[type[Rule]]:
    name = f"_mldebt_rules_{hashlib.sha256(str(path).encode()).hexdigest()[:12]}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up by name
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise UserError(f"the rule does not load: {type(error).__name__}: {error}", place=shown) from error
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, Rule) and value.__module__ == name:
            _require_metadata(value, shown)
            yield value


def _require_metadata(rule: type[Rule], shown: str) -> None:
    for field in ("code", "name", "debt", "severity"):
        if not hasattr(rule, field):
            raise UserError(f"the rule {rule.__name__} declares no '{field}'", place=shown)
    if not issubclass(rule, FileRule | ProjectRule | DirectiveRule):
        raise UserError(
            f"the rule {rule.__name__} is neither a FileRule nor a ProjectRule nor a DirectiveRule",
            place=shown,
        )


def _reject_twins(rules: Sequence[type[Rule]]) -> None:
    seen: dict[str, type[Rule]] = {}
    for rule in rules:
        for key in (rule.code, rule.name):
            if key in seen and seen[key] is not rule:
                raise UserError(f"two rules are called '{key}': {seen[key].__name__} and {rule.__name__}")
            seen[key] = rule


def _shown(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
