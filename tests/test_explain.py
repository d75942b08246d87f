"""How a rule is explained and how the rules are listed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import NamedTuple

import pytest

from mldebt_lint.errors import UserError
from mldebt_lint.model import Confidence, Debt, Profile, Severity
from mldebt_lint.reporters import Style
from mldebt_lint.reporters.explain import (
    RulePage,
    render_rule,
    render_rules,
    rule_markdown,
    rules_markdown,
)

PLAIN = Style(color=False, width=100, hyperlinks=False, base="")


class Option(NamedTuple):
    """An option of a rule."""

    name: str
    type: str
    default: object
    doc: str = ""


PAGE = RulePage(
    code="MLD502",
    name="glue-ratio",
    debt=Debt.GLUE_CODE,
    paper_section="5 ML-system anti-patterns",
    severity=Severity.INFO,
    confidence=Confidence.MEDIUM,
    profile=Profile.STRICT,
    since="0.1.0",
    effort_minutes=60,
    summary="A module that mostly converts,\nrenames and hands over.",
    why="It freezes a system to *one* package.",
    instead="Wrap the package behind an interface.",
    limits="Counts statements, not work.",
    references=("Sculley et al. 2015", "https://example.org/"),
    bad=("x = np.array(frame)  # bad\n",),
    good=("x = frame\n",),
    options=(Option("share", "a number", 0.5, "The bound."), Option("packages", "strings", ("a", "b"))),
    status="off: needs --profile strict",
)
BARE = replace(PAGE, references="", bad=(), good=(), options=(), limits="", paper_section="", status="")

MARKDOWN = """\
<!-- generated — run `make docs` -->

# glue-ratio (MLD502)

A module that mostly converts,
renames and hands over.

| Debt | Severity | Confidence | Profile | Effort | Since |
|---|---|---|---|---|---|
| `glue-code` | info | medium | `strict` | 60 min | 0.1.0 |

## Why it is debt

It freezes a system to *one* package.

## What it reports

```python
x = np.array(frame)  # bad
```

## What it lets pass

```python
x = frame
```

## What to do instead

Wrap the package behind an interface.

## Known limits

Counts statements, not work.

## Options

- `share` (a number, default `0.5`): The bound.
- `packages` (strings, default `["a", "b"]`)

```toml
[tool.mldebt-lint.rules.glue-ratio]
share = 0.5
packages = ["a", "b"]
```

## How to suppress

On any line of the reported statement, or alone on the line above it:

```python
# mldebt: ignore[MLD502] reason
```

For a whole file or notebook:

```python
# mldebt: file-ignore[MLD502] reason
```

For the project:

```toml
[tool.mldebt-lint]
ignore = ["glue-ratio"]
```

## References

- Sculley et al. 2015
- https://example.org/
"""


class TestRule:
    def test_the_markdown_page_is_complete(self) -> None:
        assert rule_markdown(replace(PAGE, paper_section="")) == MARKDOWN

    def test_the_markdown_page_does_not_depend_on_where_it_is_made(self) -> None:
        elsewhere = replace(PAGE, status="enabled")
        assert render_rule(elsewhere, PLAIN, "markdown") == render_rule(PAGE, PLAIN, "markdown")

    def test_the_debt_is_linked_to_its_section_of_the_paper(self) -> None:
        assert "| `glue-code` ([§5 ML-system anti-patterns](https://" in rule_markdown(PAGE)

    def test_sections_with_nothing_to_say_are_left_out(self) -> None:
        titles = [line for line in rule_markdown(BARE).splitlines() if line.startswith("## ")]
        assert titles == ["## Why it is debt", "## What to do instead", "## How to suppress"]

    def test_an_option_without_default_is_a_comment_in_the_example(self) -> None:
        page = rule_markdown(replace(PAGE, options=(Option("path", "a path", None),)))
        assert "- `path` (a path, default none)\n" in page
        assert "[tool.mldebt-lint.rules.glue-ratio]\n# path = …\n" in page

    def test_an_example_that_holds_fences_gets_a_longer_one(self) -> None:
        assert '````python\n"""\n```\n"""\n````' in rule_markdown(replace(PAGE, bad=('"""\n```\n"""\n',)))

    def test_an_example_that_is_fenced_already_stays_as_it_is(self) -> None:
        page = rule_markdown(replace(PAGE, bad=("```yaml\nlr: 1\n```\n",)))
        assert "## What it reports\n\n```yaml\nlr: 1\n```\n\n##" in page

    def test_as_plain_text_a_title_and_facts_stand_over_the_sections(self) -> None:
        text = render_rule(PAGE, PLAIN)
        assert text.startswith(
            "MLD502 glue-ratio\n"
            "A module that mostly converts, renames and hands over.\n"
            "\n"
            "debt:     glue-code\n"
            "paper:    Sculley et al. 2015, §5 ML-system anti-patterns\n"
            "severity: info, medium confidence\n"
            "profile:  strict\n"
            "effort:   60 min\n"
            "since:    0.1.0\n"
            "here:     off: needs --profile strict\n"
            "\n"
            "## Why it is debt\n"
        )
        assert text.endswith("- Sculley et al. 2015\n- https://example.org/\n")

    def test_on_a_terminal_the_markdown_is_rendered(self) -> None:
        text = render_rule(BARE, replace(PLAIN, color=True))
        assert text.startswith("\x1b[1;36mMLD502\x1b[0m \x1b[1mglue-ratio\x1b[0m\n")
        assert "\n\x1b[1mWhy it is debt\x1b[0m\n\nIt freezes a system to \x1b[3mone\x1b[0m package.\n" in text
        assert "\n\n\n" not in text

    @pytest.mark.parametrize("color", [True, False])
    def test_what_drives_a_terminal_is_escaped(self, color: bool) -> None:
        page = replace(BARE, why="a\x1b[2Jb", summary="c\x9bd", name="e\x07f")
        text = render_rule(page, replace(PLAIN, color=color))
        assert [sign in text for sign in ("\x1b[2J", "\x9b", "\x07")] == [False, False, False]
        assert [sign in text for sign in (r"a\x1b[2Jb", r"c\x9bd", r"e\x07f")] == [True, True, True]

    def test_as_json_it_holds_everything(self) -> None:
        assert json.loads(render_rule(PAGE, PLAIN, "json")) == {
            "code": "MLD502",
            "name": "glue-ratio",
            "debt": "glue-code",
            "paper_section": "5 ML-system anti-patterns",
            "severity": "info",
            "confidence": "medium",
            "profile": "strict",
            "since": "0.1.0",
            "effort_minutes": 60,
            "summary": "A module that mostly converts, renames and hands over.",
            "status": "off: needs --profile strict",
            "why": "It freezes a system to *one* package.",
            "instead": "Wrap the package behind an interface.",
            "limits": "Counts statements, not work.",
            "references": ["Sculley et al. 2015", "https://example.org/"],
            "bad": ["x = np.array(frame)  # bad\n"],
            "good": ["x = frame\n"],
            "options": [
                {"name": "share", "type": "a number", "default": 0.5, "doc": "The bound."},
                {"name": "packages", "type": "strings", "default": ["a", "b"], "doc": ""},
            ],
        }

    def test_an_unknown_format_is_a_user_error_with_a_suggestion(self) -> None:
        with pytest.raises(UserError) as error:
            render_rule(PAGE, PLAIN, "jsno")
        assert str(error.value) == "unknown output format 'jsno' (did you mean 'json'?)"


class TestRules:
    OTHER = replace(PAGE, code="MLD1", name="x", status="on", severity=Severity.WARNING, summary="Short.")

    def test_the_list_is_a_table_cut_to_the_width(self) -> None:
        assert render_rules([PAGE, self.OTHER], replace(PLAIN, width=92)) == (
            "CODE    NAME        SEVERITY  PROFILE  HERE                         FINDS\n"
            "MLD502  glue-ratio  info      strict   off: needs --profile strict  A module that mostly co…\n"
            "MLD1    x           warning   strict   on                           Short.\n"
        )

    def test_a_narrow_terminal_shows_no_summaries(self) -> None:
        assert render_rules([self.OTHER], replace(PLAIN, width=50)) == (
            "CODE  NAME  SEVERITY  PROFILE  HERE\nMLD1  x     warning   strict   on\n"
        )

    def test_the_markdown_table_links_to_the_pages(self) -> None:
        page = replace(self.OTHER, summary="This | that.")
        assert rules_markdown([page], "rules/{name}.md") == (
            "| Code | Name | Profile | Severity | Finds |\n"
            "|---|---|---|---|---|\n"
            "| MLD1 | [x](rules/x.md) | strict | warning | This \\| that. |\n"
        )

    def test_as_json_it_says_what_is_on_and_why(self) -> None:
        shown = json.loads(render_rules([PAGE, self.OTHER], PLAIN, "json"))
        assert [(rule["code"], rule["status"]) for rule in shown] == [
            ("MLD502", "off: needs --profile strict"),
            ("MLD1", "on"),
        ]
