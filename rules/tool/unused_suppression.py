"""MLD001: suppression comments that silence nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mldebt_lint.rule import Bad, Debt, Directive, DirectiveRule, Finding, Good, Severity


class UnusedSuppression(DirectiveRule):
    """A suppression comment names a rule that reports nothing there.

    Why it is debt
    A stale exception hides the next real finding at that place, and tells readers of a debt that is paid.

    What to do instead
    Delete the comment, or the word in its brackets.

    Known limits
    Only rules that ran on the file are judged: a comment for a rule that is ignored or of a wider profile that
    was not run is left alone.
    """

    code = "MLD001"
    name = "unused-suppression"
    debt = Debt.TOOL
    severity = Severity.WARNING
    effort_minutes = 1
    examples = (
        Bad("import sys\n\nprint(sys.path)  # mldebt: ignore[MLD000] # bad\n"),
        Bad("# mldebt: file-ignore[syntax-error] # bad\nx = 1\n"),
        Good("x = 1  # noqa: E501\n"),
        Good('TEXT = "# mldebt: ignore[MLD001]"\n'),
    )

    def check(self, directives: Sequence[Directive], codes: Mapping[str, str]) -> Iterator[Finding]:
        """Report every word of a directive that silenced nothing."""
        for directive in directives:
            for word in directive.unused:
                yield self.found(directive.where, f"nothing to suppress: {word} reports nothing here")
