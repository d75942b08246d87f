"""Where rules and packs come from, told without loading any: folders, and a digest of all that is in them."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from mldebt_lint import __version__
from mldebt_lint.errors import UserError

LIBRARIES = "libraries"
_CODE = (".py", ".yaml")


@dataclass(frozen=True, slots=True)
class Sources:
    """Where rules and packs come from beside the built-in folder. What lies below `root` is the analysed tree."""

    root: Path
    packs: tuple[Path, ...] = ()
    local_rules: tuple[Path, ...] = ()
    plugins: tuple[str, ...] = ()
    trust_project: bool = False


def rules_folder() -> Path:
    """Return the folder of the built-in rules: inside the installed package, or beside `src` in a checkout."""
    here = Path(__file__).resolve().parent
    for candidate in (here / "_rules", here.parent.parent / "rules"):
        if (candidate / LIBRARIES).is_dir():
            return candidate
    raise UserError("the built-in rules are missing from this installation", hint="reinstall mldebt-lint")


def plugin_folders(names: Sequence[str]) -> Iterator[Path]:
    """Yield the rule folders of the installed plugins that configuration names."""
    if not names:
        return
    from importlib.metadata import entry_points

    installed = {point.name: point for point in entry_points(group="mldebt_lint.plugins")}
    for name in names:
        if name not in installed:
            raise UserError(
                f"the plugin '{name}' is not installed", hint="pip install it, or remove it from 'plugins'"
            )
        module = importlib.util.find_spec(installed[name].value.partition(":")[0])
        locations = list(module.submodule_search_locations or ()) if module is not None else []
        if not locations:
            raise UserError(f"the plugin '{name}' is no package with a folder of rules")
        yield Path(locations[0])


def digest(sources: Sources) -> str:
    """Return a digest of everything that decides what is found in a file, but for the settings.

    That is this package, libcst and Python, and the text of every rule and pack. Raises UserError for a plugin that
    is not installed.
    """
    found = blake2b(digest_size=16)
    parser = importlib.util.find_spec("libcst")
    origin = Path(parser.origin).parent / "_version.py" if parser is not None and parser.origin else Path()
    for word in (__version__, sys.version, sys.platform, _text(origin), sources.trust_project):
        found.update(f"{word}\0".encode())
    folders = (Path(__file__).resolve().parent, rules_folder(), *plugin_folders(sources.plugins))
    for folder in (*folders, *sources.local_rules):
        # A rule's class is known by its file, so the place of the folder counts, too.
        for path in (str(folder), *_below(str(folder))):
            found.update(f"{path}\0{_text(Path(path))}\0".encode("utf-8", "surrogateescape"))
    for pack in sources.packs:
        found.update(f"{pack}\0{_text(pack)}\0".encode("utf-8", "surrogateescape"))
    return found.hexdigest()


def _below(folder: str) -> Iterator[str]:
    """Yield the code below a folder in a fixed order."""
    for here, folders, names in os.walk(folder):
        folders.sort()
        yield from (os.path.join(here, name) for name in sorted(names) if name.endswith(_CODE))


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("latin-1")
    except OSError:
        return ""
