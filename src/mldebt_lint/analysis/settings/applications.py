"""Which modules make up one application: what an entry point really uses, and the stages that belong together.

An import of one name from a package joins the module that defines it, not everything that the package's `__init__`
re-exports: two users of a library are not one program.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass

from mldebt_lint.analysis.facts import ModuleFact
from mldebt_lint.analysis.paths import folder, is_test_path
from mldebt_lint.analysis.project import Project
from mldebt_lint.analysis.settings.exports import Exports
from mldebt_lint.analysis.settings.names import stage_of
from mldebt_lint.reading.companion import Companion, CompanionKind, commands, run_targets

ORDER = ("prepare", "pretrain", "train", "finetune", "validate", "predict", "")
TRAINING = frozenset({"pretrain", "train", "finetune"})
RUNNERS = frozenset({CompanionKind.PIPELINE, CompanionKind.MAKEFILE, CompanionKind.SHELL})
MAX_STAGES = 12


@dataclass(frozen=True, slots=True)
class Application:
    """Modules that run together; `entries` start them, `files` are in the order of the program."""

    entry: str
    entries: frozenset[str]
    files: tuple[str, ...]


def applications(project: Project) -> tuple[Application, ...]:
    """Return every application of the project, the largest first."""
    return Applications(project).all()


class Applications:
    """Finds the applications of one project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._exports = project.once(Exports)
        self._uses: dict[str, tuple[str, ...]] = {}
        self._reached: dict[str, tuple[str, ...]] = {}

    def all(self) -> tuple[Application, ...]:
        """Return all applications, the largest first."""
        found: dict[int, Application] = {}
        for entry in self._entries():
            self._add(found, Application(entry, frozenset((entry,)), self.reach(entry)))
        for stages in self._families():
            entry, *_ = sorted(stages, key=lambda path: (path_stage(path) not in TRAINING, path))
            files = dict.fromkeys(path for stage in stages for path in self.reach(stage))
            self._add(found, Application(entry, frozenset(stages), tuple(files)))
        return tuple(sorted(found.values(), key=lambda app: (-len(app.files), app.entry)))

    def _add(self, found: dict[int, Application], app: Application) -> None:
        if len(app.files) > 1:
            found.setdefault(self._project.file_set(app.files).mask, app)

    def _entries(self) -> Iterator[str]:
        """Entry points, and modules that nobody imports."""
        programs = {program.entry for program in self._project.programs}
        for path in self._project.modules:
            is_root = not self._project.importers[path] and not path.endswith("__init__.py")
            if not is_test_path(path) and (is_root or path in programs):
                yield path

    # -- what a module uses -----------------------------------------------------------------------------

    def reach(self, entry: str) -> tuple[str, ...]:
        """Return `entry` and what it uses, nearest first, in the order of the imports."""
        if entry not in self._reached:
            seen, todo = {entry: None}, deque([entry])
            while todo:
                fresh = [used for used in self.uses(todo.popleft()) if used not in seen]
                seen.update(dict.fromkeys(fresh))
                todo += fresh
            self._reached[entry] = tuple(seen)
        return self._reached[entry]

    def uses(self, path: str) -> tuple[str, ...]:
        """Return the modules whose names a module imports, re-exports followed to where they are defined."""
        if path not in self._uses:
            module = self._project.modules[path]
            found: dict[str, None] = {}
            for item in module.imports:
                found.update(dict.fromkeys(self.meant(item.target, module)))
            found.pop(path, None)
            self._uses[path] = tuple(used for used in found if not is_test_path(used))
        return self._uses[path]

    def meant(self, dotted: str, module: ModuleFact) -> Iterator[str]:
        """Yield the modules of the project that an imported name means, re-exports followed."""
        path = self._project.resolve(dotted, module.path)
        if path is None or not _is_near(path, dotted, module.path):
            return
        if not path.endswith("__init__.py"):
            yield path
            return
        package = folder(path).rpartition("/")[2]
        parts = dotted.split(".")
        rest = parts[len(parts) - parts[::-1].index(package) :] if package in parts else []
        if rest:
            yield from self._exports.givers(path, rest[0])
        else:
            yield from self._exports.of_names(path, self._project.vocabulary(module.path).references)

    # -- stages that belong together --------------------------------------------------------------------

    def _families(self) -> Iterator[tuple[str, ...]]:
        """Yield entry points that are the stages of one application: one trains, the others do something else."""
        by_folder: defaultdict[str, list[str]] = defaultdict(list)
        for entry in self._entries():
            if path_stage(entry) and not entry.endswith(".ipynb"):
                by_folder[folder(entry)].append(entry)
        for entries in by_folder.values():
            if self._share_a_module(entries):
                yield from _stages(entries)
        for companion in self._project.companions:
            if companion.kind in RUNNERS:
                entries = list(dict.fromkeys(self._run_by(companion)))
                declared = companion.kind is CompanionKind.PIPELINE and len(entries) <= MAX_STAGES
                yield from [_ordered(entries)] if declared and len(entries) > 1 else _stages(entries)

    def _share_a_module(self, entries: list[str]) -> bool:
        """Whether each of several entry points uses a module that another one uses as well."""
        used = [set(self.reach(entry)[1:]) - set(entries) for entry in entries]
        return len(entries) > 1 and all(
            any(mine & other for other in used[:number] + used[number + 1 :])
            for number, mine in enumerate(used)
        )

    def _run_by(self, companion: Companion) -> Iterator[str]:
        for line in commands(companion):
            for target in run_targets(line):
                for base in dict.fromkeys((folder(companion.path), "")):
                    path = f"{base}/{target}".strip("/").removeprefix("./")
                    if path in self._project.modules:
                        yield path
                        break


def _is_near(path: str, dotted: str, importer: str) -> bool:
    """Whether the folder that the import starts from may be on the importer's path, and not merely the only one
    that has a module of this name.
    """
    top = dotted.partition(".")[0]
    parts = folder(path).split("/")
    base = "/".join(parts[: parts.index(top)]) if top in parts else folder(path)
    above = {base, folder(base)}
    here = folder(importer)
    while here not in above:
        if not here:
            return False
        here = folder(here)
    return True


def path_stage(path: str) -> str:
    """Return the stage that a file's name, or else its folder's, speaks of."""
    return stage_of(path.rpartition("/")[2].rpartition(".")[0]) or stage_of(folder(path).rpartition("/")[2])


def _stages(entries: list[str]) -> Iterator[tuple[str, ...]]:
    """Several entry points that train are alternatives, not stages of one application."""
    stages = [path_stage(entry) for entry in entries]
    trainers = [stage for stage in stages if stage in TRAINING]
    if len(set(stages) - {""}) > 1 and len(trainers) == len(set(trainers)) and len(entries) <= MAX_STAGES:
        yield _ordered(entries)


def _ordered(entries: list[str]) -> tuple[str, ...]:
    return tuple(sorted(entries, key=lambda path: (ORDER.index(path_stage(path)), path)))
