"""MLD823: numpy draws in data-loader workers that all start from one state."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mldebt_lint.rule import (
    Bad,
    Debt,
    Fact,
    Finding,
    Good,
    Location,
    Project,
    ProjectRule,
    Role,
    Severity,
    SourceFile,
    cst,
    labelled,
    requirement_bounds,
    requirements_over,
    unseeded_streams,
)

FIXED_IN = (1, 9)
# What conda and pip call it.
PACKAGES = ("torch", "pytorch")
OTHERS = 5
BY_INDEX = frozenset({"__getitem__", "__getitems__"})
ITEM_METHODS = BY_INDEX | {"__iter__", "__next__"}
UPPER = re.compile(r"(==|<=|<|~=)\s*v?(\d+)(?:\.(\d+))?")


@dataclass(frozen=True, slots=True)
class WorkerLoader(Fact):
    """A data loader with workers and no `worker_init_fn`; `dataset` is the class it reads, empty if not known."""

    dataset: str
    where: Location


@dataclass(frozen=True, slots=True)
class ItemDraw(Fact):
    """A draw from numpy's global generator in a dataset's `__getitem__`, or in what that method uses.

    `owner` is the class it stands in, empty for functions of the module; `heirs` derive from it in the same file.
    """

    name: str
    owner: str
    heirs: frozenset[str]
    where: Location


def is_item_method(file: SourceFile, function: cst.FunctionDef) -> bool:
    """Whether a worker calls a method: `__getitem__`, or what goes through a dataset; samplers stay outside."""
    if function.name.value not in ITEM_METHODS:
        return False
    owner = file.index.enclosing(function, cst.ClassDef, cst.FunctionDef)
    bases = owner.bases if isinstance(owner, cst.ClassDef) else ()
    shown = " ".join(file.text(base.value) for base in bases)
    return "Dataset" in shown or (function.name.value in BY_INDEX and "Sampler" not in shown)


def names_in_items(file: SourceFile) -> frozenset[str]:
    """Return every name and attribute that the item methods of a file's classes use."""
    bodies = [f.body for f in file.index.of(cst.FunctionDef) if is_item_method(file, f)]
    names = {name.value for body in bodies for name in file.index.within(body, cst.Name)}
    return frozenset(
        names | {a.attr.value for body in bodies for a in file.index.within(body, cst.Attribute)}
    )


class UnseededWorker(ProjectRule):
    """A dataset draws from numpy's global generator in data-loader workers that all start from the same state.

    Why it is debt
    Before torch 1.9 every worker process inherited the same numpy state: the workers draw the same augmentations, and
    each epoch repeats them (Sculley et al. 2015, §8 Reproducibility Debt).

    What to do instead
    Require torch 1.9 or later, which seeds numpy in the workers; or pass a `worker_init_fn` that does; or draw from
    torch's generator.

    Known limits
    The rule speaks only where the requirements in or above the folder of the loader hold torch below 1.9. Draws in
    functions that the item methods call are seen in the same file only. There is one finding for each dataset, at
    its first draw.

    References
    PyTorch documentation of `torch.utils.data`, "Randomness in multi-process data loading".
    """

    code = "MLD823"
    name = "unseeded-worker"
    debt = Debt.RANDOMNESS
    severity = Severity.INFO
    effort_minutes = 10
    examples = (
        Bad(
            files={
                "requirements.txt": "torch==1.7.1\nnumpy\n",
                "data.py": """
                    import numpy as np
                    from torch.utils.data import DataLoader, Dataset

                    class Crops(Dataset):
                        def __getitem__(self, index):
                            return self.rows[index] * np.random.uniform(0.9, 1.1)  # bad

                    for batch in DataLoader(Crops(), num_workers=4):
                        print(batch)
                    """,
            }
        ),
        Bad(
            files={
                "docker/requirements.txt": "torch<=1.8\n",
                "data.py": """
                    from numpy.random import randint

                    class Crops:
                        def __getitem__(self, index):
                            start = randint(0, 9)  # bad
                            return self.rows[start : start + randint(1, 9)]
                    """,
                "train.py": """
                    import torch
                    from data import Crops

                    workers = 8
                    loader = torch.utils.data.DataLoader(Crops(), num_workers=workers, shuffle=True)
                    print(len(loader))
                    """,
            }
        ),
        Good(
            files={
                "other/requirements.txt": "torch==1.7.1\n",
                "other/train.py": "import torch\n",
                "data.py": """
                    import numpy as np
                    from torch.utils.data import DataLoader

                    class Crops:
                        def __getitem__(self, index):
                            return self.rows[index] * np.random.uniform(0.9, 1.1)

                    print(len(DataLoader(Crops(), num_workers=4)))
                    """,
            }
        ),
        Good(
            files={
                "requirements.txt": "torch==1.7.1\n",
                "order.py": """
                    import numpy as np
                    from torch.utils.data import DataLoader, Sampler

                    class Weighted(Sampler):
                        def __iter__(self):
                            return iter(np.random.choice(9, 100))  # drawn outside of the workers

                    print(len(DataLoader(list("abcdefghi"), sampler=Weighted(), num_workers=4)))
                    """,
            }
        ),
        Good(
            files={
                "requirements.txt": "torch>=1.9\n",
                "data.py": """
                    import numpy as np
                    from torch.utils.data import DataLoader

                    class Crops:
                        def __getitem__(self, index):
                            return self.rows[index] * np.random.uniform(0.9, 1.1)

                    for batch in DataLoader(Crops(), num_workers=4):
                        print(batch)
                    """,
            }
        ),
        Good(
            files={
                "requirements.txt": "torch==1.7.1\n",
                "data.py": """
                    import numpy as np
                    from torch.utils.data import DataLoader

                    class Crops:
                        def __getitem__(self, index):
                            return self.rows[index] * np.random.uniform(0.9, 1.1)

                    class Plain:
                        def __getitem__(self, index):
                            return self.rows[index]

                    plain = Plain()
                    print(len(DataLoader(plain, num_workers=4)))
                    loader = DataLoader(Crops(), num_workers=4, worker_init_fn=lambda i: np.random.seed(i))
                    print(len(loader), len(DataLoader(Crops())))
                    """,
            }
        ),
    )

    def collect(self, file: SourceFile) -> Iterator[Fact]:
        """Yield loaders whose workers are not seeded, and draws of numpy in `__getitem__`."""
        for call in file.calls:
            api = file.api(call)
            if api is None:
                continue
            if api.role is Role.DATA_LOADER and self._has_bare_workers(file, call):
                yield WorkerLoader(_dataset(file, call), file.at(call, "read by these workers"))
            elif "numpy" in api.draws and self._is_per_item(file, call):
                if "numpy" in unseeded_streams(file, call, api):
                    owner = file.index.enclosing(call, cst.ClassDef)
                    name = owner.name.value if isinstance(owner, cst.ClassDef) else ""
                    where = file.at(call, "drawn here, too")
                    yield ItemDraw(file.text(call.func), name, _heirs(file, name), where)

    def _is_per_item(self, file: SourceFile, call: cst.Call) -> bool:
        """Whether a worker runs the call: in a dataset's item method, or in a function that such a method uses."""
        function = file.index.function(call)
        if function is None:
            return False
        return is_item_method(file, function) or function.name.value in file.once(names_in_items)

    def _has_bare_workers(self, file: SourceFile, call: cst.Call) -> bool:
        arguments = file.arguments(call)
        workers = file.constant(arguments.get("num_workers"))
        return isinstance(workers, int) and workers > 0 and arguments.lacks("worker_init_fn")

    def check(self, project: Project) -> Iterator[Finding]:
        """Report each dataset that a program's workers read, where torch is held below the version that seeds them."""
        seen: set[tuple[str, str]] = set()
        for loader in project.facts(WorkerLoader):
            if not _holds_torch_back(project, loader.where.path):
                continue
            for path in sorted(project.closure(loader.where.path)):
                for owner, draws in _by_owner(project.facts_of(path, ItemDraw)).items():
                    if (path, owner) not in seen and _reads(loader, draws[0]):
                        seen.add((path, owner))
                        yield self._finding(draws, loader)

    def _finding(self, draws: list[ItemDraw], loader: WorkerLoader) -> Finding:
        first, *others = draws
        message = f"every worker draws the same {first.name}: torch below 1.9 does not seed numpy in workers"
        more = [draw.where for draw in others[:OTHERS]]
        return self.found(labelled(first.where, ""), message, (loader.where, *more))


def _dataset(file: SourceFile, loader: cst.Call) -> str:
    value = file.arguments(loader, ("dataset",)).get("dataset")
    built = file.definition(value) if value is not None else None
    built = built or value
    if not isinstance(built, cst.Call):
        return ""
    name = file.text(built.func).rpartition(".")[2]
    return name if name[:1].isupper() and file.api(built) is None else ""


def _heirs(file: SourceFile, owner: str) -> frozenset[str]:
    nodes = file.index.of(cst.ClassDef) if owner else ()
    return frozenset(n.name.value for n in nodes if owner in {file.text(base.value) for base in n.bases})


def _reads(loader: WorkerLoader, draw: ItemDraw) -> bool:
    return not (loader.dataset and draw.owner) or loader.dataset in draw.heirs | {draw.owner}


def _holds_torch_back(project: Project, path: str) -> bool:
    """Whether the requirements that a file is under hold torch below the version that seeds its workers."""
    bounds = requirement_bounds(requirements_over(project, path, naming="torch"))
    return any(is_below(bounds.get(package, "")) for package in PACKAGES)


def _by_owner(draws: Iterable[ItemDraw]) -> dict[str, list[ItemDraw]]:
    found: defaultdict[str, list[ItemDraw]] = defaultdict(list)
    for draw in draws:
        found[draw.owner].append(draw)
    return found


def is_below(specifier: str) -> bool:
    """Whether a requirement allows no torch from 1.9 on."""
    for operator, major, minor in UPPER.findall(specifier):
        bound = (int(major), int(minor or 0))
        if bound < FIXED_IN or (operator == "<" and bound == FIXED_IN):
            return str(operator) != "~="  # ~=1.7 allows 1.13
    return False
