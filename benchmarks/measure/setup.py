"""What every section is given: the corpus, the tools, how often, how much, and where to work."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from measure.corpus import Corpus, Source, lay_out
from measure.model import Section
from measure.tools import Toolbox


@dataclass(frozen=True, slots=True)
class Setup:
    """What the command line asks of a section; `lines` and `files` replace the section's own sizes."""

    corpus: Corpus
    tools: Toolbox
    work: Path
    runs: int = 5
    lines: int | None = None
    files: int | None = None

    def project(self, section: str, sources: list[Source]) -> Path:
        """Lay out a cut of the corpus as a project of its own."""
        print(f"-- {section}: {self.corpus.describe(sources)}", file=sys.stderr, flush=True)
        return lay_out(sources, self.work / f"{section}-{len(sources)}")

    def section(self, name: str, sources: list[Source]) -> Section:
        """Return an empty section on a cut of the corpus."""
        return Section(name, self.corpus.describe(sources))
