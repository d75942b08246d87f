"""MLD823: numpy draws in data-loader workers that all start from one state."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mldebt_lint.rule import (
    ANY_TEXT,
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
    holds_back,
    is_item_method,
    labelled,
    names_in_items,
    unseeded_streams,
)

FIXED_IN = (1, 9)
# What conda and pip call it.
PACKAGES = ("torch", "pytorch")
OTHERS = 5


@dataclass(frozen=True, slots=True)
class WorkerLoader(Fact):
    """A data loader with workers and no `worker_init_fn`; `dataset` is the class it reads, empty if not known."""

    dataset: str
    where: Location


@dataclass(frozen=True, slots=True)
class ItemDraw(Fact):
    """A draw from numpy's global generator in a dataset's `__getitem__`, or in what that method uses.

    `owner` is the class it stands in, empty for functions of the module; `heirs` derive from it in the same file.
    `helper` is the function it stands in where only item methods of other files may use it.
    """

    name: str
    helper: str
    owner: str
    heirs: frozenset[str]
    where: Location


@dataclass(frozen=True, slots=True)
class ItemNames(Fact):
    """The names that the item methods of a file use."""

    path: str
    names: frozenset[str]


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
    functions are seen where an item method of the same file, or of one that imports it, names them. There is one finding for each dataset, at
    its first draw.

    References
    PyTorch documentation of `torch.utils.data`, "Randomness in multi-process data loading".
    """

    code = "MLD823"
    name = "unseeded-worker"
    debt = Debt.RANDOMNESS
    severity = Severity.INFO
    basis = "randomness"
    needs = ANY_TEXT
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
                "docker/requirements.txt": "torch~=1.8.0\n",
                "crop.py": """
                    from numpy.random import randint

                    def crop(row):
                        start = randint(0, 9)  # bad
                        return row[start : start + randint(1, 9)]
                    """,
                "data.py": """
                    from crop import crop

                    class Crops:
                        def __getitem__(self, index):
                            return crop(self.rows[index])
                    """,
                "train.py": """
                    import torch
                    from data import Crops

                    def loader(workers=8):
                        return torch.utils.data.DataLoader(Crops(), num_workers=workers, shuffle=True)

                    print(len(loader()))
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

                    print(len(DataLoader(Crops(), num_workers=4)))
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
        """Yield loaders whose workers are not seeded, and draws of numpy in `__getitem__` or functions."""
        if names := file.once(names_in_items):
            yield ItemNames(file.path, names)
        for call in file.calls:
            api = file.api(call)
            if api is None:
                continue
            if api.role is Role.DATA_LOADER and self._has_bare_workers(file, call):
                yield WorkerLoader(_dataset(file, call), file.at(call, "read by these workers"))
            elif "numpy" in api.draws and "numpy" in unseeded_streams(file, call, api):
                yield from self._item_draw(file, call)

    def _item_draw(self, file: SourceFile, call: cst.Call) -> Iterator[ItemDraw]:
        """Yield a draw that a worker runs: in a dataset's item method, or in a function that such a method uses."""
        function = file.index.function(call)
        if function is None:
            return
        owner = file.index.enclosing(call, cst.ClassDef)
        name = owner.name.value if isinstance(owner, cst.ClassDef) else ""
        is_own = is_item_method(file, function) or function.name.value in file.once(names_in_items)
        if is_own or not name:
            helper = "" if is_own else function.name.value
            where = file.at(call, "drawn here, too")
            yield ItemDraw(file.text(call.func), helper, name, _heirs(file, name), where)

    def _has_bare_workers(self, file: SourceFile, call: cst.Call) -> bool:
        arguments = file.arguments(call)
        workers = file.constant(_default(file, arguments.get("num_workers")))
        return isinstance(workers, int) and workers > 0 and arguments.lacks("worker_init_fn")

    def check(self, project: Project) -> Iterator[Finding]:
        """Report each dataset that a program's workers read, where torch is held below the version that seeds them."""
        seen: set[tuple[str, str]] = set()
        used = {fact.path: fact.names for fact in project.facts(ItemNames)}
        for loader in project.facts(WorkerLoader):
            if not holds_back(project, loader.where.path, PACKAGES, FIXED_IN):
                continue
            closure = project.closure(loader.where.path)
            for path in sorted(closure):
                names = _names_over(project, path, used, closure)
                own = (draw for draw in project.facts_of(path, ItemDraw) if {draw.helper} <= names)
                for owner, draws in _by_owner(own).items():
                    if (path, owner) not in seen and _reads(loader, draws[0]):
                        seen.add((path, owner))
                        yield self._finding(draws, loader)

    def _finding(self, draws: list[ItemDraw], loader: WorkerLoader) -> Finding:
        first, *others = draws
        message = f"every worker draws the same {first.name}: torch below 1.9 does not seed numpy in workers"
        more = [draw.where for draw in others[:OTHERS]]
        return self.found(labelled(first.where, ""), message, (loader.where, *more))


def _default(file: SourceFile, value: cst.BaseExpression | None) -> cst.BaseExpression | None:
    """Return a parameter's default for the parameter, else the expression itself."""
    found = file.names.bindings(value.value, value)[1] if isinstance(value, cst.Name) else []
    if len(found) == 1 and isinstance(found[0].node, cst.Param):
        return found[0].node.default
    return value


def _names_over(
    project: Project, path: str, used: dict[str, frozenset[str]], closure: frozenset[str]
) -> frozenset[str]:
    """Return what item methods use in the files of a program that import `path`; empty for its own draws."""
    over = [used.get(other, frozenset()) for other in project.importers.get(path, ()) if other in closure]
    return frozenset({""}).union(*over)


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


def _by_owner(draws: Iterable[ItemDraw]) -> dict[str, list[ItemDraw]]:
    found: defaultdict[str, list[ItemDraw]] = defaultdict(list)
    for draw in draws:
        found[draw.owner].append(draw)
    return found
