"""MLD524: old copies of living functions, classes and files that nothing uses."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from mldebt_lint.rule import (
    ANY_TEXT,
    Bad,
    Confidence,
    Debt,
    Fact,
    FileSketch,
    Finding,
    Good,
    Loads,
    Profile,
    Project,
    ProjectRule,
    Severity,
    Sibling,
    SourceFile,
    Variant,
    is_read_by_name,
    is_test_path,
    labelled,
    mentions,
    said,
    sketch_similarity,
    variant_facts,
    version_of,
    versions_of,
)

NUMBERED = re.compile(r"[vV]?\d+")
PACKAGING = ("setup.py", "setup.cfg", "pyproject.toml")
SCRIPT = """import sys
frame = read(sys.argv[1])
frame = frame.dropna()
rate = 0.1
model = build(rate)
model.fit(frame)
model.save("model.bin")
print(model.score(frame))
"""
MODEL = """
class Net(Base):
    def __init__(self, size):
        super().__init__()
        self.body = Body(size)
        self.head = Head(size)

    def forward(self, x):
        x = self.body(x)
        x = x / 2
        return self.head(x)
"""


@dataclass(frozen=True, slots=True)
class ZombieOptions:
    """Bounds of what counts as a copy."""

    likeness: float = field(
        default=0.8, metadata={"doc": "share of the tree that two versions must have in common"}
    )
    statements: int = field(
        default=8, metadata={"doc": "fewest statements of a version that counts", "min": 1}
    )


class ZombieVariant(ProjectRule):
    """An old version of a living function, class or file is kept beside it, and nothing uses it.

    Why it is debt
    §5 "Dead experimental codepaths": the copy was made to try something and stayed. It looks alive, is found by
    every search, is edited by mistake instead of the living version, and misses every mend that the other gets.

    What to do instead
    Delete it: version control remembers. If it is still a baseline to compare with, select it by a parameter and
    test it.

    Known limits
    Silent are versions that any file imports, calls or names in a string, that a test, CI, README, configuration
    or packaging file mentions, that a decorator registers, that a computed import or name may mean, and numbered public
    versions in a package that is published. Both versions unused is no finding: nothing says which one lives. A
    numbered script beside another that is run by hand, too, is left to the strict profile.
    """

    code = "MLD524"
    name = "zombie-variant"
    debt = Debt.DEAD_PATH
    severity = Severity.WARNING
    basis = "names"
    needs = ANY_TEXT
    confidence = Confidence.MEDIUM
    effort_minutes = 15
    Options = ZombieOptions
    options: ZombieOptions
    examples = (
        Bad("""
            def load(path):
                frame = read(path)
                frame = frame.dropna()
                frame["a"] = frame["a"] / 2
                frame["b"] = frame["b"] / 3
                frame = frame.sort_values("a")
                print(len(frame))
                frame = frame.reset_index()
                return frame

            def load_old(path):  # bad
                frame = read(path)
                frame = frame.dropna()
                frame["a"] = frame["a"] / 4
                frame["b"] = frame["b"] / 3
                frame = frame.sort_values("b")
                print("rows", len(frame))
                frame = frame.reset_index()
                return frame

            load("train.csv")
            """),
        Bad(
            files={
                "train.py": SCRIPT,
                "train_v2.py": SCRIPT.replace("0.1", "0.2").replace("import sys", "import sys  # bad"),
                "README.md": "Run `python train.py`.",
            }
        ),
        Good(
            files={
                "train.py": SCRIPT,
                "train_v2.py": SCRIPT.replace("0.1", "0.2"),
                "README.md": "Run `python train.py`, then `python train_v2.py`.",
            }
        ),
        Good(
            files={
                "model.py": MODEL + MODEL.replace("Net", "NetV2") + MODEL.replace("Net", "Net_bak"),
                "train.py": "from model import Net, NetV2\nNet(1)\nNetV2(2)\n",
                "tests/test_model.py": "import model\n\ndef test_old():\n    assert model.Net_bak(1).head\n",
            }
        ),
        Good(MODEL + MODEL.replace("Net", "NetV2") + "import sys\nglobals()[sys.argv[1]](1)\nNet(2)\n"),
        Good(files={f"run_fold{n}.py": SCRIPT.replace("0.1", f"0.{n}") for n in range(1, 5)}),
        Good("""
            def plot(frame):
                print(frame)

            def plot_final(frame, axis):
                for column in frame:
                    axis.plot(frame[column])
                    axis.set_title(column)
                axis.legend()
                axis.figure.savefig("a.png")
                axis.clear()
                axis.figure.clf()

            plot(1)
            """),
    )

    def collect(self, file: SourceFile) -> Iterator[Fact]:
        """Yield the unused variants of a file, its sketch, and the files and modules that it loads by name."""
        yield from variant_facts(file, self.options.statements)

    def check(self, project: Project) -> Iterator[Finding]:
        """Report every version that is like a living sibling and that nothing in the project refers to."""
        uses = Uses(project)
        for path in project.modules:
            for variant in project.facts_of(path, Variant):
                yield from self._definition(variant, path, uses)
        sketches = {path: sketch for path in project.modules for sketch in project.facts_of(path, FileSketch)}
        beside: defaultdict[tuple[str, str], dict[str, str]] = defaultdict(dict)
        for path in sketches:
            stem, *place = _parts(path)
            beside[place[0], place[1]][stem] = path
        for path in sketches:
            yield from self._file(path, sketches, beside[_parts(path)[1:]], uses)

    def _definition(self, variant: Variant, path: str, uses: Uses) -> Iterator[Finding]:
        alike = [
            s for s in variant.siblings if s.likeness >= self.options.likeness and uses.is_living(s, path)
        ]
        if not alike or uses.of_name(variant.name, path) or uses.is_published(path, variant.name):
            return
        best = max(alike, key=lambda s: (s.likeness, s.name))
        message = f"{variant.name} is {best.likeness:.0%} like {best.name}, and nothing uses it"
        yield self.found(
            variant.where, message, (labelled(best.where, f"{best.name} is the living version"),)
        )

    def _file(
        self, path: str, sketches: dict[str, FileSketch], near: dict[str, str], uses: Uses
    ) -> Iterator[Finding]:
        stem, _, kind = _parts(path)
        if version_of(stem) is None or is_test_path(path):
            return
        alike = {
            near[name]: likeness
            for name in versions_of(stem, near)
            if (likeness := sketch_similarity(sketches[path].lines, sketches[near[name]].lines))
            >= self.options.likeness
            if uses.is_living_file(near[name])
        }
        if not alike or uses.of_file(path) or uses.is_published(path, stem):
            return
        best = max(alike, key=lambda other: (alike[other], other))
        name = best.rpartition("/")[2]
        there = labelled(sketches[best].where, f"{name} is the living version")
        told = not _is_numbered(stem) or any(map(uses.is_run, alike))
        message = f"{stem}.{kind} is {alike[best]:.0%} like {name}, and nothing runs or imports it"
        yield self.found(sketches[path].where, message, (there,), profile=None if told else Profile.STRICT)


class Uses:
    """What a project refers to: names in code, words in strings, and every companion file's text."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._texts = "\n".join(companion.text for companion in project.companions)
        self._words = frozenset(re.findall(r"[^\W\d]\w*", self._texts))
        self._scripts = {name for loads in project.facts(Loads) for name in loads.scripts}
        self._dynamic = {
            (path, p) for path in project.modules for f in project.facts_of(path, Loads) for p in f.prefixes
        }
        self._is_packaged = {
            c.path.rpartition("/")[0] for c in project.companions if c.path.endswith(PACKAGING)
        }

    def of_name(self, name: str, path: str) -> bool:
        """Whether another file, or any text, refers to a name."""
        if name in self._words or is_read_by_name(self._project, path, name):
            return True
        return not self._project.once(mentions).get(name, set()) <= {path}

    def is_living(self, sibling: Sibling, path: str) -> bool:
        """Whether something refers to a version."""
        return sibling.is_used_here or self.of_name(sibling.name, path)

    def is_run(self, path: str) -> bool:
        """Whether something imports or runs this very file: the README beside it, or one that says its folder."""
        if self._project.importers[path] or path in self._project.run_files:
            return True
        folder, _, name = path.rpartition("/")
        here, there = (rf"(?<![\w./-])(?:\./)?{re.escape(name)}\b", rf"\b{re.escape(path)}\b")
        return any(
            re.search(here if companion.path.rpartition("/")[0] == folder else there, companion.text)
            for companion in self._project.companions
        )

    def of_file(self, path: str) -> bool:
        """Whether something imports, runs, loads or mentions a file."""
        stem = _parts(path)[0]
        if self._project.importers[path] or path in self._project.run_files or stem in self._scripts:
            return True
        if stem in self._words or stem in self._project.once(said):
            return True
        return path.endswith(".py") and self._is_loaded(path)

    def is_living_file(self, path: str) -> bool:
        """Whether a file is used, or is a script or notebook that is run by hand."""
        file = self._project.modules[path]
        return file.main_guard or file.is_notebook or file.acts or self.of_file(path)

    def _is_loaded(self, path: str) -> bool:
        """Whether a computed import may mean the file."""
        dotted = path.removesuffix(".py").replace("/", ".")
        for loader, prefix in self._dynamic:
            package = prefix.rpartition(".")[0].lstrip(".")
            if prefix.startswith("."):
                near = loader.rpartition("/")[0].replace("/", ".")
                package = f"{near}.{package}".strip(".")
            if not package or f".{package}." in f".{dotted}.":
                return True
        return False

    def is_published(self, path: str, name: str) -> bool:
        """Whether a numbered version may be the public name of a package that others install."""
        if name.startswith("_") or not _is_numbered(name):
            return False
        here = path.rpartition("/")[0]
        return f"{here}/__init__.py".lstrip("/") in self._project.modules and bool(self._is_packaged)


def _is_numbered(name: str) -> bool:
    """Whether a name's mark is a number, which does not say which of two versions is the old one."""
    found = version_of(name)
    return found is not None and NUMBERED.fullmatch(found[1]) is not None


def _parts(path: str) -> tuple[str, str, str]:
    """Return a path's stem, folder and suffix."""
    folder, _, name = path.rpartition("/")
    stem, _, suffix = name.rpartition(".")
    return stem, folder, suffix
