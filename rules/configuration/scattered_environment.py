"""MLD610: environment variables read all over a program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, field

from mldebt_lint.rule import (
    Bad,
    Debt,
    Fact,
    Finding,
    Good,
    Location,
    Needs,
    Profile,
    Program,
    Project,
    ProjectRule,
    Role,
    Severity,
    SourceFile,
    cst,
    is_test_path,
)


@dataclass(frozen=True, slots=True)
class EnvironmentRead(Fact):
    """The first place where a file reads the environment, and the variables that it reads by a known name."""

    names: tuple[str, ...]
    where: Location


@dataclass(frozen=True, slots=True)
class Options:
    """How many modules of one program may read the environment."""

    max_modules: int = field(
        default=5,
        metadata={"doc": "how many modules of one program may read environment variables", "min": 1},
    )


def example(modules: int) -> dict[str, str]:
    """Return a program in which this many modules, its entry point among them, read the environment."""
    names = [f"part{number}" for number in range(1, modules)]
    files = {f"{name}.py": f'import os\n\nKEY = os.environ["{name.upper()}"]\n' for name in names}
    imports = "".join(f"import {name}\n" for name in names)
    mark = "  # bad" if modules > Options().max_modules else ""
    files["train.py"] = (
        f'{imports}import os\n\nif __name__ == "__main__":\n    print(os.getenv("RUN")){mark}\n'
    )
    return files


class ScatteredEnvironment(ProjectRule):
    """Environment variables are read in many modules of one program.

    Why it is debt
    The environment is configuration without a list: nobody can say which variables a run depends on, which of them
    have defaults, and which are spelt differently in two places (Sculley et al. 2015, §6 Configuration Debt).

    What to do instead
    Read the environment in one module, into one typed object, and pass that on.

    Known limits
    Modules of tests do not count. Variables that are only set, for a child process or a library, do not count.
    """

    code = "MLD610"
    name = "scattered-environment"
    debt = Debt.CONFIGURATION
    severity = Severity.INFO
    needs = Needs(roles=frozenset({Role.ENVIRONMENT}))
    profile = Profile.STRICT
    effort_minutes = 60
    Options = Options
    examples = (
        Bad(files=example(6)),
        Bad(
            files={
                "train.py": "from os import environ\nimport data\nimport net\n\ndata.load(environ.get('ROOT'))  # bad\n",
                "data.py": "import os as system\n\ndef load(root):\n    return system.getenv('CACHE', root)\n",
                "net.py": "import os\n\nWIDTH = int(os.environ['WIDTH'])\n",
            },
            options={"max-modules": 2},
        ),
        Good(files=example(5)),
        Good(
            files={
                "train.py": "import os\nimport data\nimport net\n\ndata.load(os.environ.get('ROOT'))\n",
                "data.py": "import os\n\ndef load(root):\n    os.environ['OMP_NUM_THREADS'] = '1'\n",
                "net.py": "import os\n\nos.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '2')\n",
            },
            options={"max-modules": 1},
        ),
    )

    def collect(self, file: SourceFile) -> Iterator[Fact]:
        """Yield the file's first read of the environment."""
        reads = sorted(self._reads(file), key=lambda read: file.index.rank(read[0]))
        if reads:
            names = tuple(dict.fromkeys(name for _, name in reads if name))
            yield EnvironmentRead(names, file.at(reads[0][0], "reads the environment, too"))

    def _reads(self, file: SourceFile) -> Iterator[tuple[cst.CSTNode, str]]:
        for call in file.calls:
            api = file.api(call)
            if api is not None and api.role is Role.ENVIRONMENT and "write" not in api.traits:
                yield call, self._name(file, call.args[0].value if call.args else None)
        for subscript in file.index.of(cst.Subscript):
            if not self._is_environment(file, subscript.value) or self._is_written(file, subscript):
                continue
            key = subscript.slice[0].slice
            yield subscript, self._name(file, key.value if isinstance(key, cst.Index) else None)

    def _is_environment(self, file: SourceFile, expression: cst.BaseExpression) -> bool:
        if not isinstance(expression, cst.Name | cst.Attribute):
            return False
        name = file.qualified(expression)
        api = file.library.find(name) if name else None
        return api is not None and api.role is Role.ENVIRONMENT and "setting" in api.traits

    def _is_written(self, file: SourceFile, subscript: cst.Subscript) -> bool:
        parent = file.index.parent(subscript)
        return isinstance(parent, cst.AssignTarget | cst.AugAssign | cst.Del)

    def _name(self, file: SourceFile, expression: cst.BaseExpression | None) -> str:
        value = file.constant(expression) if expression is not None else ""
        return value if isinstance(value, str) else ""

    def check(self, project: Project) -> Iterator[Finding]:
        """Report each program whose modules exceed the limit; of programs that share most of them, the largest."""
        assert isinstance(self.options, Options)
        paths = (fact.where.path for fact in project.facts(EnvironmentRead))
        reading = project.file_set(path for path in paths if not is_test_path(path))
        programs = [*project.programs, *self._uncalled(project)]
        found = [(program.entry, reading & program.files) for program in programs]
        reported: Set[str] = project.file_set(())
        for entry, modules in sorted(found, key=lambda item: -len(item[1])):
            if len(modules) <= self.options.max_modules or 2 * len(modules & reported) > len(modules):
                continue
            reported |= modules
            reads = self._reads_of(project, sorted(modules, key=lambda path: (path != entry, path)))
            names = {name for read in reads for name in read.names}
            message = f"environment variables ({len(names)} of them) are read in {len(modules)} modules of one program"
            yield self.found(reads[0].where, message, tuple(read.where for read in reads[1:]))

    def _uncalled(self, project: Project) -> Iterator[Program]:
        """Yield the modules that nothing imports, as programs: their modules share one environment, too."""
        for path, importers in project.importers.items():
            if (
                not importers
                and project.imports[path]
                and not is_test_path(path)
                and not path.endswith(".ipynb")
            ):
                yield Program(path, project.closure(path))

    def _reads_of(self, project: Project, paths: Iterable[str]) -> list[EnvironmentRead]:
        return [fact for path in paths for fact in project.facts_of(path, EnvironmentRead)]
