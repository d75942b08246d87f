"""Finds the line of every key and list item in a TOML text, which the standard parser does not tell."""

from __future__ import annotations

import re
import tomllib

from mldebt_lint.config.settings import KeyPath

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?!")'
    r"|'''.*?'''(?!')"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\r\n]*")


def key_lines(text: str) -> dict[KeyPath, int]:
    """Return the 1-based line of every key, table and list item of `text`, which must be valid TOML.

    A table that is written in several places stands where it is first named; so does an array of tables.
    """
    scanner = _Scanner(text)
    scanner.document()
    return scanner.lines


class _Scanner:
    """One pass over valid TOML; every method leaves `at` behind what it has read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[KeyPath, int] = {}

    def document(self) -> None:
        table: KeyPath = ()
        self.blank()
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)
            self.blank()

    def header(self) -> KeyPath:
        while self.text[self.at] == "[":
            self.at += 1
        table = self.key(())
        while self.text.startswith("]", self.at):
            self.at += 1
        return table

    def pair(self, table: KeyPath) -> None:
        path = self.key(table)
        self.at += len("=")
        self.value(path)

    def key(self, path: KeyPath) -> KeyPath:
        """Read `a."b c".d` and note the line of each of its parts."""
        while True:
            self.blank()
            if quoted := _STRING.match(self.text, self.at):
                path = (*path, str(tomllib.loads(f"k={quoted[0]}")["k"]))
                self.at = quoted.end()
            elif bare := _BARE_KEY.match(self.text, self.at):
                path = (*path, bare[0])
                self.at = bare.end()
            self.note(path)
            self.blank()
            if not self.text.startswith(".", self.at):
                return path
            self.at += 1

    def value(self, path: KeyPath) -> None:
        self.blank()
        self.note(path)
        if self.text.startswith("[", self.at):
            self.array(path)
        elif self.text.startswith("{", self.at):
            self.inline_table(path)
        elif found := _STRING.match(self.text, self.at) or _SCALAR.match(self.text, self.at):
            self.at = found.end()

    def array(self, path: KeyPath) -> None:
        index = 0
        while self.opened("]"):
            self.value((*path, index))
            index += 1

    def inline_table(self, path: KeyPath) -> None:
        while self.opened("}"):
            self.pair(path)

    def opened(self, closing: str) -> bool:
        """Step over an opening bracket or a comma; say whether an item follows, else step over the end."""
        self.blank()
        if not self.text.startswith(closing, self.at):
            self.at += 1
            self.blank()
        if self.text.startswith(closing, self.at):
            self.at += 1
            return False
        return True

    def blank(self) -> None:
        """Pass over blanks, line ends and comments."""
        if found := _BLANK.match(self.text, self.at):
            self.at = found.end()

    def note(self, path: KeyPath) -> None:
        self.lines.setdefault(path, self.text.count("\n", 0, self.at) + 1)
