"""Repositories that a file fetches: what it runs there is not the project's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.glue_code.shell import commands_of, shell_lines, split_commands
from mldebt_lint.analysis.glue_code.templates import HOLE, template

VALUED = frozenset({"-b", "--branch", "--depth", "-o", "--origin", "-c", "--config", "-j", "--jobs"})


@dataclass(frozen=True, slots=True)
class Clones:
    """The folders that a file clones repositories to; `entered` when it also goes into one of them."""

    folders: frozenset[str]
    entered: bool

    def hold(self, path: str) -> bool:
        """Whether a relative path may lie in a cloned repository."""
        return self.entered or HOLE in self.folders or not self.folders.isdisjoint(path.split("/"))


def clones(file: SourceFile) -> Clones:
    """Find `git clone` in a file's commands and notebook lines, and the changes of directory."""
    folders: set[str] = set()
    visited: list[str] = []
    for words in _commands(file):
        if words[:2] == ("git", "clone"):
            folders.add(_folder(words[2:]))
        elif words[0] in ("cd", "pushd") and len(words) > 1:
            visited.append(words[1])
    if not folders:
        return Clones(frozenset(), False)
    visited += [magic.text.strip("\"'") for _, magic in file.magics if magic.name == "cd"]
    for call in file.calls:
        if call.args and file.qualified(call.func) == "os.chdir":
            visited.append(template(file, call.args[0].value) or HOLE)
    entered = any(HOLE in place or not folders.isdisjoint(place.split("/")) for place in visited)
    return Clones(frozenset(folders), entered)


def _commands(file: SourceFile) -> Iterator[tuple[str, ...]]:
    for call in file.calls:
        yield from (command.words for command in commands_of(file, call))
    for _, line in shell_lines(file):
        yield from (command.words for command in split_commands(line))


def _folder(words: Sequence[str]) -> str:
    """Return the folder's name that `git clone` makes: the one given, or the repository's."""
    plain: list[str] = []
    skip = False
    for word in words:
        if not skip and not word.startswith("-"):
            plain.append(word)
        skip = word in VALUED
    last = plain[-1].rstrip("/") if plain else HOLE
    name = last.rpartition("/")[2].removesuffix(".git")
    return HOLE if HOLE in name else name
