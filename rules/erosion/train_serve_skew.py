"""MLD208: one preprocessing step with other arguments where the model is trained and where it is asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from mldebt_lint.rule import (
    FLOW_WORDS,
    Bad,
    Debt,
    Fact,
    Finding,
    Good,
    Models,
    Needs,
    PreparationStep,
    Project,
    ProjectRule,
    Severity,
    Skew,
    SourceFile,
    flow_facts,
    is_test_path,
    labelled,
    preparation_steps,
    skews_of_artefacts,
    skews_of_chains,
)


class TrainServeSkew(ProjectRule):
    """A deterministic preprocessing step has different literal arguments in training and in serving or validation.

    Why it is debt
    The model is asked about inputs of another kind than it learnt from. Nothing fails: accuracy is lower in service than
    it was measured, and the cause stands in two lines of two files. §2 "Entanglement" and §7: no input is ever really
    independent, and the world that a model meets is what its preprocessing makes of it.

    What to do instead
    Define the deterministic steps once, and let training add its random ones to them; or save them with the model.

    Known limits
    Steps that draw at random are never compared, and sizes only where nothing is cropped. Files are tied by one literal
    artefact path; chains of one file by names that say `train` and `val` or `test`.

    References
    Sculley et al. 2015, §2 Entanglement; Breck et al. 2017, The ML Test Score, Monitor 3.
    """

    code = "MLD208"
    name = "train-serve-skew"
    debt = Debt.ENTANGLEMENT
    severity = Severity.WARNING
    basis = "flow"
    needs = Needs(words=FLOW_WORDS)
    effort_minutes = 30
    examples = (
        Bad("""
            from torchvision import transforms

            train_transform = transforms.Compose([
                transforms.RandomHorizontalFlip(),
                transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
            ])
            val_transform = transforms.Compose([
                transforms.Normalize([0.5, 0.5, 0.5], [0.5, 0.5, 0.5]),  # bad
            ])
        """),
        Bad(
            files={
                "train.py": """
                    import torch
                    from torchvision import transforms as T

                    prepare = T.Compose([T.Resize((224, 224)), T.ToTensor()])
                    torch.save(fit(prepare), "weights/cats.pt")
                    """,
                "serve.py": """
                    import torch
                    from torchvision import transforms as T

                    model = torch.load("weights/cats.pt")
                    prepare = T.Compose([T.Resize((256, 256)), T.ToTensor()])  # bad
                    """,
            }
        ),
        Good("""
            from torchvision import transforms

            steps = {
                "train": transforms.Compose([transforms.RandomResizedCrop(224), transforms.ToTensor()]),
                "val": transforms.Compose([transforms.Resize(256), transforms.CenterCrop(224), transforms.ToTensor()]),
            }
        """),
        Good("""
            from torchvision import transforms

            train_transform = transforms.Compose([
                transforms.Resize(256),
                transforms.RandomCrop(224),
                transforms.Normalize([0.5], [0.5]),
            ])
            test_transform = transforms.Compose([transforms.Resize(224), transforms.Normalize([0.5], [0.5])])
        """),
    )

    def collect(self, file: SourceFile) -> Iterator[Fact]:
        """Collect what happens to values, and the steps with constant arguments."""
        yield from file.once(flow_facts)
        if not is_test_path(file.path):
            yield from preparation_steps(file)

    def check(self, project: Project) -> Iterator[Finding]:
        """Report steps that differ within a file's chains, and between files that share an artefact."""
        steps: defaultdict[str, list[PreparationStep]] = defaultdict(list)
        for step in project.facts(PreparationStep):
            steps[step.where.path].append(step)
        told = set()
        for skew in (
            *(skew for found in steps.values() for skew in skews_of_chains(found)),
            *skews_of_artefacts(project.once(Models), steps),
        ):
            if skew.asked not in told:
                told.add(skew.asked)
                yield self._report(skew)

    def _report(self, skew: Skew) -> Finding:
        trained = labelled(skew.trained.where, f"in training: {skew.trained.arguments}")
        tie = f" of {skew.store}" if skew.store else ""
        message = f"{skew.asked.short} has other arguments than in the training{tie}"
        return self.found(skew.asked.where, message, (trained,))
