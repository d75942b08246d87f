"""MLD821: programs that draw random numbers and never seed the generator."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt_lint.rule import (
    Bad,
    Debt,
    Fact,
    Finding,
    Good,
    Profile,
    Project,
    ProjectRule,
    Severity,
    SourceFile,
    Unseeded,
    blocks,
    labelled,
    randomness,
    unseeded,
)


class UnseededRandomness(ProjectRule):
    """x

    Why it is debt
    x

    What to do instead
    x

    Known limits
    x
    """

    code = "MLD821"
    name = "unseeded-randomness"
    debt = Debt.RANDOMNESS
    severity = Severity.WARNING
    effort_minutes = 15

    def collect(self, file: SourceFile) -> Iterator[Fact]:
        """Collect draws, seeds and training, and what calls what."""
        yield from blocks(file)
        yield from randomness(file)

    def check(self, project: Project) -> Iterator[Finding]:
        """Report each stream that a program draws from and never seeds, at the first draw."""
        seen = set()
        for item in unseeded(project):
            first = item.draws[0]
            key = (first.where.key, item.stream)
            if key not in seen:
                seen.add(key)
                yield self._finding(item)

    def _finding(self, item: Unseeded) -> Finding:
        first, *rest = item.draws
        related = [labelled(draw.where, "drawn here too") for draw in rest[:20]]
        related += [seeding.where for seeding in item.others[:3]]
        where = "here" if first.where.path == item.program.entry else f"when {item.program.entry} runs"
        return self.found(
            labelled(first.where, ""),
            f"`{first.name}` draws from the {item.stream} generator, which nothing seeds {where} [{first.purpose}]",
            tuple(related),
            profile=None if item.sure else Profile.STRICT,
        )
