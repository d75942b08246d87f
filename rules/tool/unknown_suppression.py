"""MLD003: suppression comments that name no rule, or an unknown one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mldebt_lint.rule import Bad, Debt, Directive, DirectiveRule, Finding, Good, Severity


class UnknownSuppression(DirectiveRule):
    """A suppression comment names a rule that does not exist, or none at all.

    Why it is debt
    The comment silences nothing: its author believes in an exception that is not there. There is no blanket
    form, because it would also hide every rule that is written later.

    What to do instead
    Name the rule by its code or its name: `# mldebt: ignore[MLD821] reason`.

    Known limits
    In `# noqa` comments only codes that begin with MLD are looked at; the others belong to other tools.
    """

    code = "MLD003"
    name = "unknown-rule-in-suppression"
    debt = Debt.TOOL
    severity = Severity.WARNING
    effort_minutes = 1
    examples = (
        Bad("x = 1  # mldebt: ignore[MLD99999] # bad\n"),
        Bad("# mldebt: ignore # bad\nx = 1\n"),
        Good("x = 1  # noqa\n"),
        Good("x = 1  # mldebt: ignore[MLD003] the rule's own name is known\n"),
    )

    def check(self, directives: Sequence[Directive], codes: Mapping[str, str]) -> Iterator[Finding]:
        """Report directives without brackets and words that are no rule."""
        for directive in directives:
            if not directive.rules:
                yield self.found(directive.where, "the comment names no rule: write ignore[CODE]")
            for word in directive.rules:
                if word.upper() not in codes and word not in codes:
                    yield self.found(directive.where, f"unknown rule '{word}' in a suppression")
