"""The tools that are run side by side: where they are, in which version, and how each is called."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from measure.runs import Command

PINNED = ("fixit==2.2.1", "torchfix==0.7.0", "flake8==7.5.0", "pylint==4.1.4", "ruff==0.17.5")
OURS = "mldebt-lint"
# pylint's exit code is a sum: 1 is a file it could not read to the end, 32 a mistake of the command line.
PYLINT_FINE = frozenset(code for code in range(32) if not code & 1)


@dataclass(frozen=True, slots=True)
class Tool:
    """A neighbour: its executable, its arguments, a word its version must have.

    `at_least` is how many times as long as ours it must take.
    """

    name: str
    executable: str
    words: str
    marker: str = ""
    fine: frozenset[int] = frozenset({0, 1})
    at_least: float | None = None


# Fixit and ruff are told by the system alone how many cores they have.
NEIGHBOURS = (
    Tool("Fixit", "fixit", "lint .", at_least=10),
    Tool("TorchFix", "torchfix", "--select=ALL -j {cores} ."),
    Tool(
        "flake8 with TorchFix",
        "flake8",
        "--isolated --select=TOR -j {cores} .",
        marker="TorchFix",
        at_least=10,
    ),
    Tool(
        "pylint, errors and warnings",
        "pylint",
        "--disable=all --enable=E,W -j {cores} --recursive=y .",
        fine=PYLINT_FINE,
        at_least=5,
    ),
    Tool("ruff", "ruff", "check --isolated --no-cache --output-format concise ."),
)


class Toolbox:
    """Finds executables in the given folders, beside this Python, and on the path, in that order."""

    def __init__(self, folders: Sequence[Path]) -> None:
        here = Path(sys.executable).parent
        self._path = os.pathsep.join(map(str, [*folders, here, os.environ.get("PATH", "")]))

    def find(self, executable: str, marker: str = "") -> str | None:
        """Return the first executable of that name whose version has the marker."""
        for folder in self._path.split(os.pathsep):
            found = shutil.which(executable, path=folder)
            if found is not None and marker in version(found):
                return str(Path(found).absolute())
        return None

    def neighbours(self, tree: Path, cores: int, remarks: list[str]) -> list[Command]:
        """Return a command for each neighbour that is installed; a remark for each that is not."""
        commands = []
        for tool in NEIGHBOURS:
            found = self.find(tool.executable, tool.marker)
            if found is None:
                remarks.append(f"{tool.name} is not installed and is left out")
            else:
                words = (found, *tool.words.format(cores=cores).split())
                commands.append(Command(tool.name, words, tree, cores, tool.fine))
        return commands

    def versions(self) -> list[str]:
        """Return the tools with their versions, ours first."""
        lines = [version(ours())]
        for tool in NEIGHBOURS:
            found = self.find(tool.executable, tool.marker)
            if found is not None:
                lines.append(f"{tool.name}: {version(found)}")
        return lines


def lint(tree: Path, what: str, *options: str, cores: int = 0) -> Command:
    """Return our command over a tree, with all rules of profile strict."""
    words = ("check", "--isolated", "--profile", "strict", "--no-progress", *options, ".")
    return Command(what, (ours(), *words), tree, cores)


def ours() -> str:
    """Return our own executable, the one beside this Python: that is what is measured in this process, too."""
    found = Path(sys.executable).absolute().with_name(OURS)
    if not found.is_file():
        raise SystemExit(f"{OURS} is not installed for {sys.executable}")
    return str(found)


def version(executable: str) -> str:
    """Return the first line of what an executable says of its version."""
    done = subprocess.run([executable, "--version"], capture_output=True, text=True, check=False)
    return (done.stdout.splitlines() or [""])[0]


def install(folder: Path) -> None:
    """Make a virtual environment with the neighbours, in the versions they are compared in."""
    venv.create(folder, with_pip=True)
    subprocess.run([folder / "bin" / "pip", "install", "--quiet", *PINNED], check=True)
    print(f"installed; now give --tools {folder / 'bin'}")
