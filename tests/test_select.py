"""Which rules run, and for whom they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from mldebt_lint.config import Config, Decision, Flags, check_selectors, load_config, resolve
from mldebt_lint.errors import UserError
from mldebt_lint.model import Debt, Profile, Severity


@dataclass(frozen=True)
class Rule:
    """What selection knows of a rule."""

    code: str
    name: str
    debt: Debt
    profile: Profile = Profile.DEFAULT


RULES = (
    Rule("MLD000", "syntax-error", Debt.TOOL),
    Rule("MLD501", "glue-round-trip", Debt.GLUE_CODE),
    Rule("MLD502", "glue-ratio", Debt.GLUE_CODE, Profile.STRICT),
    Rule("MLD523", "commented-out-code", Debt.DEAD_PATH),
    Rule("MLD821", "unseeded-randomness", Debt.RANDOMNESS),
    Rule("MLD822", "unseeded-split", Debt.RANDOMNESS, Profile.STRICT),
    Rule("MLD824", "nondeterministic-backend", Debt.REPRODUCIBILITY, Profile.AUDIT),
    Rule("ACME1", "acme-draw", Debt.RANDOMNESS),
)
ROOT = Path("/project")


def configured(text: str, tmp_path: Path) -> Config:
    (tmp_path / "mldebt-lint.toml").write_text(text, encoding="utf-8")
    return load_config(tmp_path)


def decide(flags: Flags | None = None, **settings: object) -> Mapping[str, Decision]:
    return resolve(RULES, Config(root=ROOT, **settings).with_flags(flags or Flags()))  # type: ignore[arg-type]  # names of fields


def shown(flags: Flags | None = None, **settings: object) -> list[str]:
    return [code for code, decision in decide(flags, **settings).items() if decision.shown]


def test_by_default_the_rules_of_the_default_profile_are_shown() -> None:
    assert shown() == ["MLD000", "MLD501", "MLD523", "MLD821", "ACME1"]


def test_a_wider_profile_includes_the_narrower_ones() -> None:
    assert shown(profile=Profile.STRICT) == [
        "MLD000",
        "MLD501",
        "MLD502",
        "MLD523",
        "MLD821",
        "MLD822",
        "ACME1",
    ]


def test_a_rule_outside_the_profile_runs_to_be_counted() -> None:
    assert decide()["MLD824"] == Decision(
        enabled=True,
        shown_from=Profile.AUDIT,
        reason="on by default, shown with profile audit",
        reach=Profile.DEFAULT,
        hidden_until=Profile.AUDIT,
    )


def test_a_rule_that_is_not_selected_does_not_run() -> None:
    decision = decide(select=("MLD5",))["MLD824"]
    assert (decision.enabled, decision.hidden_until, decision.shown) == (False, None, False)


@pytest.mark.parametrize(
    "selector", ["MLD824", "MLD82", "MLD8", "nondeterministic-backend", "cat:reproducibility"]
)
def test_an_explicit_selection_shows_a_rule_whatever_its_profile(selector: str) -> None:
    assert decide(extend_select=(selector,))["MLD824"].shown
    assert decide(select=(selector,))["MLD824"].shown
    assert decide(Flags(select=(selector,)))["MLD824"].shown
    assert decide(Flags(extend_select=(selector,)))["MLD824"].shown


@pytest.mark.parametrize("selector", ["ALL", "MLD"])
def test_selecting_everything_leaves_the_choice_to_the_profile(selector: str) -> None:
    decision = decide(select=(selector,))["MLD824"]
    assert (decision.enabled, decision.hidden_until) == (True, Profile.AUDIT)


def test_a_broad_flag_does_not_undo_an_explicit_selection_in_the_configuration() -> None:
    assert decide(Flags(extend_select=("ALL",)), extend_select=("MLD824",))["MLD824"].shown


def test_an_explicit_rule_shows_findings_up_to_its_own_profile() -> None:
    decision = decide(select=("MLD822",))["MLD822"]
    assert [decision.shows(profile) for profile in Profile] == [True, True, False]


def test_a_rule_of_the_profile_shows_findings_up_to_the_profile() -> None:
    decision = decide(profile=Profile.STRICT)["MLD501"]
    assert [decision.shows(profile) for profile in Profile] == [True, True, False]


def test_a_rule_that_is_off_shows_no_finding() -> None:
    assert not decide(ignore=("MLD501",))["MLD501"].shows(Profile.DEFAULT)


@pytest.mark.parametrize(
    ("select", "ignore", "is_on"),
    [
        ("MLD", "MLD8", False),
        ("MLD821", "MLD8", True),
        ("unseeded-randomness", "MLD8", True),
        ("MLD82", "MLD8", True),
        ("MLD8", "MLD82", False),
        ("MLD8", "MLD8", False),
        ("MLD821", "unseeded-randomness", False),
        ("MLD", "ALL", True),
        ("ALL", "MLD", False),
        ("cat:unseeded-randomness", "MLD", True),
        ("cat:unseeded-randomness", "MLD8", False),
        ("MLD8", "cat:unseeded-randomness", True),
        ("MLD8", "MLD501", True),
    ],
)
def test_the_longest_selector_wins_and_ignore_wins_a_tie(select: str, ignore: str, is_on: bool) -> None:
    assert decide(select=(select,), ignore=(ignore,))["MLD821"].enabled is is_on
    assert decide(Flags(select=(select,), ignore=(ignore,)))["MLD821"].enabled is is_on


def test_extend_select_adds_to_the_default() -> None:
    assert shown(extend_select=("MLD822",)) == ["MLD000", "MLD501", "MLD523", "MLD821", "MLD822", "ACME1"]


def test_extend_select_adds_to_a_selection() -> None:
    assert shown(select=("MLD501",), extend_select=("MLD822",)) == ["MLD000", "MLD501", "MLD822"]


def test_an_empty_selection_selects_nothing() -> None:
    assert shown(select=()) == ["MLD000"]


def test_a_category_selects_its_rules() -> None:
    assert shown(select=("cat:glue-code",)) == ["MLD000", "MLD501", "MLD502"]


def test_a_family_of_ones_own_is_selected_by_its_letters() -> None:
    assert shown(select=("ACME",)) == ["MLD000", "ACME1"]


def test_selecting_ones_own_family_is_explicit() -> None:
    rules = (Rule("ACME1", "acme-draw", Debt.RANDOMNESS, Profile.AUDIT),)
    assert resolve(rules, Config(root=ROOT, select=("ACME",)))["ACME1"].shown


def test_select_on_the_command_line_replaces_that_of_the_configuration() -> None:
    assert shown(Flags(select=("MLD523",)), select=("MLD501",), extend_select=("MLD822",)) == [
        "MLD000",
        "MLD523",
    ]


def test_extend_select_on_the_command_line_adds_to_the_configuration() -> None:
    assert shown(Flags(extend_select=("MLD523",)), select=("MLD501",)) == ["MLD000", "MLD501", "MLD523"]


def test_ignore_on_the_command_line_adds_to_the_configuration() -> None:
    assert shown(Flags(ignore=("MLD501",)), ignore=("MLD523",)) == ["MLD000", "MLD821", "ACME1"]


def test_a_broad_ignore_on_the_command_line_silences_what_the_configuration_selects_by_code() -> None:
    assert not decide(Flags(ignore=("MLD8",)), select=("MLD821",))["MLD821"].enabled


def test_a_broad_select_on_the_command_line_respects_an_exact_ignore_of_the_configuration() -> None:
    assert not decide(Flags(select=("MLD5",)), ignore=("MLD523",))["MLD523"].enabled


def test_select_by_code_on_the_command_line_beats_an_ignore_of_the_configuration() -> None:
    assert decide(Flags(select=("MLD523",)), ignore=("MLD523",))["MLD523"].enabled


def test_selectors_on_the_command_line_may_be_given_with_commas() -> None:
    assert shown(Flags(select=("MLD501, MLD523", "ACME1"), ignore=("MLD000,",))) == [
        "MLD501",
        "MLD523",
        "ACME1",
    ]


def test_a_syntax_error_is_shown_unless_it_is_ignored() -> None:
    assert "MLD000" in shown(Flags(select=("MLD821",)))
    assert "MLD000" not in shown(Flags(select=("MLD821",), ignore=("syntax-error",)))


@pytest.mark.parametrize(
    ("flags", "settings", "reason"),
    [
        (Flags(), {}, "on by default"),
        (Flags(select=("MLD82",)), {}, "selected by 'MLD82' (--select)"),
        (Flags(ignore=("MLD",)), {}, "ignored by 'MLD' (--ignore)"),
        (Flags(select=("MLD5",)), {}, "not in --select"),
        (Flags(), {"select": ("MLD5",)}, "not in select"),
        (Flags(extend_select=("ALL",)), {}, "selected by 'ALL' (--extend-select)"),
    ],
)
def test_the_reason_says_what_decided(flags: Flags, settings: dict[str, object], reason: str) -> None:
    assert decide(flags, **settings)["MLD821"].reason == reason


def test_the_reason_names_the_line_of_the_configuration(tmp_path: Path) -> None:
    config = configured('select = ["MLD821"]\nignore = [\n  "MLD5",\n  "MLD8",\n]\n', tmp_path)
    decisions = resolve(RULES, config)
    assert decisions["MLD822"].reason == "ignored by 'MLD8' (mldebt-lint.toml:4)"
    assert decisions["ACME1"].reason == "not in select (mldebt-lint.toml:1)"


def test_the_most_exact_severity_override_wins() -> None:
    overrides = {"MLD821": Severity.INFO, "MLD8": Severity.ERROR, "ALL": Severity.WARNING}
    decisions = decide(severity=overrides)
    assert decisions["MLD821"].severity is Severity.INFO
    assert decisions["MLD822"].severity is Severity.ERROR
    assert decisions["ACME1"].severity is Severity.WARNING


def test_without_an_override_a_rule_keeps_its_own_severity() -> None:
    assert decide(severity={"MLD8": Severity.ERROR})["MLD501"].severity is None


@pytest.mark.parametrize(
    ("selector", "message"),
    [
        ("MLD822x", "--select: 'MLD822x' names no rule (did you mean 'MLD822'?)"),
        ("mld8", "--select: 'mld8' names no rule (did you mean 'MLD8'?)"),
        ("MLD829", "--select: 'MLD829' names no rule (did you mean 'MLD82'?)"),
        ("mld821", "--select: 'mld821' names no rule (did you mean 'MLD821'?)"),
        ("unseeded_split", "--select: 'unseeded_split' names no rule (did you mean 'unseeded-split'?)"),
        ("unseeded-splt", "--select: 'unseeded-splt' names no rule (did you mean 'unseeded-split'?)"),
        ("glue-code", "--select: 'glue-code' names no rule (did you mean 'cat:glue-code'?)"),
        ("cat:glue", "--select: 'cat:glue' names no rule (did you mean 'cat:glue-code'?)"),
        ("all", "--select: 'all' names no rule (did you mean 'ALL'?)"),
        ("ML", "--select: 'ML' names no rule (did you mean 'MLD'?)"),
        ("MLD9", "--select: 'MLD9' names no rule"),
        ("MLD8212", "--select: 'MLD8212' names no rule (did you mean 'MLD821'?)"),
    ],
)
def test_an_unknown_selector_is_an_error_with_a_suggestion(selector: str, message: str) -> None:
    with pytest.raises(UserError) as raised:
        decide(Flags(select=(selector,)))
    assert str(raised.value) == message


def test_a_category_without_rules_is_known() -> None:
    assert not decide(ignore=("cat:feedback-loop",))["MLD000"].reason.startswith("ignored")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('ignore = [\n  "MLD5",\n  "MLD77",\n]', "mldebt-lint.toml:3: 'MLD77' names no rule"),
        ('[per-file-ignores]\n"a.py" = ["MLD77"]', "mldebt-lint.toml:2: 'MLD77' names no rule"),
        ('severity.MLD77 = "error"', "mldebt-lint.toml:1: 'MLD77' names no rule"),
        (
            "[rules.glue-ration]\n",
            "mldebt-lint.toml:1: unknown rule 'glue-ration' (did you mean 'glue-ratio'?)",
        ),
    ],
)
def test_an_unknown_name_in_the_configuration_is_shown_with_its_line(
    text: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(UserError) as raised:
        check_selectors(RULES, configured(text, tmp_path))
    assert str(raised.value).startswith(message)


def test_a_lenient_run_accepts_unknown_names_of_the_configuration(tmp_path: Path) -> None:
    config = configured('ignore = ["OWN1"]\n[rules.own-rule]\n', tmp_path)
    assert resolve(RULES, config, lenient=True)["MLD821"].enabled


def test_a_lenient_run_still_rejects_unknown_names_of_the_command_line() -> None:
    config = Config(root=ROOT).with_flags(Flags(ignore=("OWN1",)))
    with pytest.raises(UserError, match="--ignore: 'OWN1' names no rule"):
        resolve(RULES, config, lenient=True)


def test_a_rule_may_be_configured_by_its_code(tmp_path: Path) -> None:
    check_selectors(RULES, configured("[rules.MLD502]\n", tmp_path))
