"""MLD824: training on a GPU with algorithms whose results differ from run to run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mldebt_lint.rule import (
    ANY_TEXT,
    Bad,
    Debt,
    Fact,
    Finding,
    Good,
    Location,
    Profile,
    Project,
    ProjectRule,
    Role,
    Severity,
    SourceFile,
    cst,
)

SETTINGS = frozenset({"benchmark", "deterministic"})
GPUS = ("gpu", "cuda")


@dataclass(frozen=True, slots=True)
class Determinism(Fact):
    """What one place says about determinism: `nondeterministic`, `deterministic`, `trains` or `cuda`."""

    kind: str
    where: Location


class NondeterministicAlgorithms(ProjectRule):
    """A program trains on a GPU and leaves non-deterministic CUDA algorithms on.

    Why it is debt
    With `cudnn.benchmark` the library picks the fastest algorithm anew in each run, and several CUDA kernels add in
    any order: two runs with one seed give two models (Sculley et al. 2015, §8 Reproducibility Debt).

    What to do instead
    `torch.use_deterministic_algorithms(True)` and `cudnn.benchmark = False`, at least behind an option for the runs
    that have to be compared; or write down that results may differ, and by how much.

    Known limits
    Many teams accept the difference for the speed, so the rule is only for audits. It reports once per entry point and only in programs
    that build an optimizer and mention CUDA.

    References
    PyTorch documentation, "Reproducibility".
    """

    code = "MLD824"
    name = "nondeterministic-algorithms"
    debt = Debt.RANDOMNESS
    severity = Severity.INFO
    basis = "randomness"
    needs = ANY_TEXT
    profile = Profile.AUDIT
    effort_minutes = 15
    examples = (
        Bad(
            """
            import torch
            from torch.backends import cudnn

            cudnn.benchmark = True  # bad
            model = torch.nn.Linear(2, 2).cuda()
            optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
            optimizer.step()
            """
        ),
        Bad(
            files={
                "train.py": """
                    import torch
                    from nets import Net

                    if __name__ == "__main__":
                        net = Net().to("cuda")
                        torch.optim.Adam(net.parameters()).step()  # bad
                    """,
                "nets.py": "import torch\n\nclass Net(torch.nn.Module):\n    pass\n",
            }
        ),
        Bad(
            """
            import torch
            from lightning.pytorch import LightningModule, Trainer

            class Net(LightningModule):
                def configure_optimizers(self):
                    return torch.optim.SGD(self.parameters(), lr=0.1)

            Trainer(accelerator="gpu", benchmark=True).fit(Net())  # bad
            """
        ),
        Good(
            files={
                "train.py": """
                    import torch
                    from repro import fix

                    if __name__ == "__main__":
                        fix()
                        net = torch.nn.Linear(2, 2).cuda()
                        torch.optim.Adam(net.parameters()).step()
                    """,
                "repro.py": "import torch\n\ndef fix():\n    torch.use_deterministic_algorithms(True)\n",
            }
        ),
        Good(
            """
            import torch

            torch.backends.cudnn.benchmark = False
            torch.backends.cudnn.deterministic = True
            net = torch.nn.Linear(2, 2).to("cuda")
            torch.optim.Adam(net.parameters()).step()
            """
        ),
        Good(
            """
            import torch

            torch.backends.cudnn.benchmark = True
            net = torch.jit.load("model.pt").to("cuda")
            print(net(torch.ones(1, 2)))
            """
        ),
    )

    def collect(self, file: SourceFile) -> Iterator[Fact]:
        """Yield the settings and calls that decide determinism, and whether the file trains or uses CUDA."""
        yield from self._settings(file)
        trains = False
        for call in file.calls:
            api = file.api(call)
            if api is None:
                continue
            if api.role is Role.DETERMINISM:
                if not any(file.constant(arg.value) is False for arg in call.args):
                    yield Determinism("deterministic", file.at(call))
            elif api.role in {Role.TRAINER, Role.SEEDER} and self._asks(file, call):
                yield Determinism("deterministic", file.at(call))
            elif api.role is Role.TRAINER and self._says(file, call, "benchmark", True):
                yield Determinism("nondeterministic", file.at(call))
            if api.role is Role.TRAINER and any(self._says(file, call, "accelerator", on) for on in GPUS):
                yield Determinism("cuda", file.at(call))
            if api.role is Role.OPTIMIZER and not trains:
                trains = True
                yield Determinism("trains", file.at(call, "trains here"))
        if file.calls and any("cuda" in cell.text for cell in file.document.cells):
            yield Determinism("cuda", file.at(file.calls[0]))

    def _settings(self, file: SourceFile) -> Iterator[Fact]:
        for target in file.index.of(cst.AssignTarget):
            left, statement = target.target, file.index.parent(target)
            if not isinstance(left, cst.Attribute) or left.attr.value not in SETTINGS:
                continue
            name = file.qualified(left)
            api = file.library.find(name) if name else None
            if api is not None and api.role is Role.DETERMINISM and isinstance(statement, cst.Assign):
                kind = "nondeterministic" if "nondeterministic" in api.traits else "deterministic"
                if file.constant(statement.value) is True:
                    yield Determinism(kind, file.at(statement, f"{left.attr.value} is set here"))

    def _asks(self, file: SourceFile, call: cst.Call) -> bool:
        value = file.arguments(call).get("deterministic")
        return value is not None and file.constant(value) is not False

    def _says(self, file: SourceFile, call: cst.Call, name: str, wanted: object) -> bool:
        value = file.arguments(call).get(name)
        return value is not None and file.constant(value) == wanted

    def check(self, project: Project) -> Iterator[Finding]:
        """Report each program that trains on CUDA without asking for determinism, each place once."""
        seen: set[Location] = set()
        telling = project.file_set(fact.where.path for fact in project.facts(Determinism))
        for program in project.programs:
            paths = sorted(telling & program.files, key=lambda path: (path != program.entry, path))
            found = self._judge(project, paths)
            if found is not None and found.where not in seen:
                seen.add(found.where)
                yield found

    def _judge(self, project: Project, paths: list[str]) -> Finding | None:
        facts: dict[str, list[Location]] = {}
        for path in paths:
            for fact in project.facts_of(path, Determinism):
                facts.setdefault(fact.kind, []).append(fact.where)
        if "trains" not in facts or "cuda" not in facts or "deterministic" in facts:
            return None
        if "nondeterministic" in facts:
            message = "cudnn.benchmark picks algorithms anew in each run: one seed gives several models"
            return self.found(facts["nondeterministic"][0], message, (facts["trains"][0],))
        message = "trains on CUDA without deterministic algorithms: one seed gives several models"
        return self.found(facts["trains"][0], message)
