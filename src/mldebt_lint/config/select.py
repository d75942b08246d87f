"""Decides which rules run and which of their findings are shown, from the selectors and the profile."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from mldebt_lint.config.settings import Config
from mldebt_lint.errors import UserError, did_you_mean
from mldebt_lint.model import Debt, Profile, Severity

FAMILY = "MLD"
SYNTAX_ERROR = "MLD000"
_PREFIX = re.compile(r"([A-Z]+)([0-9]*)")


class RuleInfo(Protocol):
    """What selection needs to know of a rule."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def debt(self) -> Debt: ...
    @property
    def profile(self) -> Profile: ...


class Rank(NamedTuple):
    """How exactly a selector names a rule; the greater the more exact."""

    kind: int
    digits: int = 0


ALL = Rank(0)
LETTERS = Rank(1)
CATEGORY = Rank(2)
PREFIX = 3
EXACT = Rank(4)


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a rule runs, and for whom its findings are shown.

    `enabled` rules run. `shown_from` is the least profile in which the rule is shown. `reach` is the widest
    profile whose findings of this rule are shown. Where that is less than the rule's own profile,
    `hidden_until` names the profile that would show it: the rule runs only to be counted. `severity` is the
    configured one, None for the rule's own. `reason` says in a few words what decided, and where that is.
    """

    enabled: bool
    shown_from: Profile
    reason: str
    reach: Profile = Profile.DEFAULT
    hidden_until: Profile | None = None
    severity: Severity | None = None

    @property
    def shown(self) -> bool:
        """Whether the rule runs to be seen and not only to be counted."""
        return self.enabled and self.hidden_until is None

    def shows(self, profile: Profile) -> bool:
        """Say whether a finding of this rule that is meant for `profile` is shown."""
        return self.enabled and profile <= self.reach


@dataclass(frozen=True, slots=True)
class _Vote:
    """One selector that names the rule at hand."""

    rank: Rank
    selects: bool
    selector: str
    place: str

    @property
    def is_explicit(self) -> bool:
        return self.selects and self.rank > ALL and self.selector != FAMILY

    def __str__(self) -> str:
        verb = "selected" if self.selects else "ignored"
        return _with_place(f"{verb} by '{self.selector}'", self.place)


def resolve(rules: Sequence[RuleInfo], config: Config, *, lenient: bool = False) -> dict[str, Decision]:
    """Return the decision for every rule by its code.

    A selector is `ALL`, the letters of a family (`MLD`), a category (`cat:glue-code`), a prefix of a code
    (`MLD8`), a code (`MLD821`) or a name (`unseeded-randomness`): in this order each is more exact than the
    one before, and among prefixes the longer one. For each rule:

    1. The most exact selector that names it decides; where `select` or `extend-select` and `ignore` are
       equally exact, `ignore` does.
    2. The command line speaks first. `--select` replaces `select` and `extend-select` of the configuration,
       `--extend-select` and `--ignore` add to them, and what they name is decided by them alone:
       `--ignore MLD8` silences a rule that the configuration selects by its code. Only an `ignore` of the
       configuration that is more exact stands against a selection: with `ignore = ["MLD523"]`,
       `--select MLD5` leaves MLD523 off, `--select MLD523` turns it on.
    3. A rule that nothing names is on, unless there is a `select`.
    4. A rule that is on by a selector other than `ALL` and `MLD` is shown whatever its profile. Every other
       rule is shown in its own profile and wider ones; in narrower ones it runs to be counted.
    5. A syntax error (MLD000) hides all else in a file: it is on whatever is selected, until it is ignored.

    Raises `UserError` for a selector that names nothing, saying where it was written. With `lenient`, for a
    run that leaves rules of the project itself unloaded, only for the selectors of the command line.
    """
    check_selectors(rules, config, lenient=lenient)
    return {rule.code: _decide(rule, config) for rule in rules}


def check_selectors(rules: Sequence[RuleInfo], config: Config, *, lenient: bool = False) -> None:
    """Raise `UserError` for the first selector or rule name of the settings that names no rule."""
    for selector, place in _flag_selectors(config):
        if not is_known(selector, rules):
            raise _unknown(selector, place, rules)
    if lenient:
        return
    for selector, place in _written_selectors(config):
        if not is_known(selector, rules):
            raise _unknown(selector, place, rules)
    names = {name for rule in rules for name in (rule.name, rule.code)}
    for name in config.rule_options:
        if name not in names:
            place = config.place("rules", name)
            raise UserError(f"unknown rule '{name}'", place=place, hint=_suggest(name, names))


def rank(selector: str, rule: RuleInfo) -> Rank | None:
    """Return how exactly the selector names the rule, or None if it does not."""
    if selector == "ALL":
        return ALL
    if selector in (rule.code, rule.name):
        return EXACT
    if selector.startswith("cat:"):
        return CATEGORY if selector == f"cat:{rule.debt.value}" else None
    given, family = _PREFIX.fullmatch(selector), _PREFIX.match(rule.code)
    if not given or not family or given[1] != family[1] or not rule.code.startswith(selector):
        return None
    return Rank(PREFIX, len(given[2])) if given[2] else LETTERS


def is_known(selector: str, rules: Iterable[RuleInfo]) -> bool:
    """Say whether a selector is `ALL`, one of the categories, or names at least one rule."""
    if selector == "ALL" or selector in _categories():
        return True
    return any(rank(selector, rule) is not None for rule in rules)


def selected_codes(selectors: Iterable[str], rules: Iterable[RuleInfo]) -> frozenset[str]:
    """Return the codes of the rules that at least one of the selectors names."""
    given = tuple(selectors)
    return frozenset(rule.code for rule in rules if any(rank(text, rule) is not None for text in given))


def _decide(rule: RuleInfo, config: Config) -> Decision:
    is_on, is_explicit, reason = _verdict(rule, config)
    severity = _severity(rule, config.severity)
    if is_explicit:
        return Decision(True, Profile.DEFAULT, reason, max(config.profile, rule.profile), None, severity)
    hidden_until = rule.profile if is_on and rule.profile > config.profile else None
    if hidden_until is not None:
        reason = f"{reason}, shown with profile {hidden_until.name.lower()}"
    return Decision(is_on, rule.profile, reason, config.profile, hidden_until, severity)


def _verdict(rule: RuleInfo, config: Config) -> tuple[bool, bool, str]:
    """Return whether the rule is on, whether a selector picked it out, and the reason."""
    flag = _strongest(_flag_votes(rule, config))
    written = _strongest(_written_votes(rule, config))
    vote = flag or written
    if flag and flag.selects and written and not written.selects and written.rank > flag.rank:
        vote = written
    if vote is not None:
        is_explicit = vote.selects and any(other.is_explicit for other in (flag, written) if other)
        return vote.selects, is_explicit, str(vote)
    if rule.code == SYNTAX_ERROR:
        return True, False, "always on"
    if config.flags.select is not None:
        return False, False, "not in --select"
    if config.select is not None:
        return False, False, _with_place("not in select", config.place("select"))
    return True, False, "on by default"


def _strongest(votes: Iterable[_Vote]) -> _Vote | None:
    return max(votes, key=lambda vote: (vote.rank, not vote.selects), default=None)


def _flag_votes(rule: RuleInfo, config: Config) -> Iterator[_Vote]:
    flags = config.flags
    for key, selectors in (("--select", flags.select or ()), ("--extend-select", flags.extend_select)):
        yield from _votes(rule, True, ((selector, key) for selector in selectors))
    yield from _votes(rule, False, ((selector, "--ignore") for selector in flags.ignore))


def _written_votes(rule: RuleInfo, config: Config) -> Iterator[_Vote]:
    if config.flags.select is None:
        yield from _votes(rule, True, _placed(config, "select", config.select or ()))
        yield from _votes(rule, True, _placed(config, "extend-select", config.extend_select))
    yield from _votes(rule, False, _placed(config, "ignore", config.ignore))


def _votes(rule: RuleInfo, selects: bool, selectors: Iterable[tuple[str, str]]) -> Iterator[_Vote]:
    for selector, place in selectors:
        if (found := rank(selector, rule)) is not None:
            yield _Vote(found, selects, selector, place)


def _placed(config: Config, key: str, selectors: Iterable[str]) -> Iterator[tuple[str, str]]:
    for index, selector in enumerate(selectors):
        yield selector, config.place(key, index)


def _flag_selectors(config: Config) -> Iterator[tuple[str, str]]:
    flags = config.flags
    for key, selectors in (
        ("--select", flags.select or ()),
        ("--extend-select", flags.extend_select),
        ("--ignore", flags.ignore),
    ):
        yield from ((selector, key) for selector in selectors)


def _written_selectors(config: Config) -> Iterator[tuple[str, str]]:
    yield from _placed(config, "select", config.select or ())
    yield from _placed(config, "extend-select", config.extend_select)
    yield from _placed(config, "ignore", config.ignore)
    for pattern, selectors in config.per_file_ignores:
        for index, selector in enumerate(selectors):
            yield selector, config.place("per-file-ignores", pattern, index)
    for selector in config.severity:
        yield selector, config.place("severity", selector)


def _unknown(selector: str, place: str, rules: Iterable[RuleInfo]) -> UserError:
    known = {text for rule in rules for text in (rule.code, rule.name)}
    families = {found[1] for rule in rules if (found := _PREFIX.match(rule.code))}
    return UserError(
        f"'{selector}' names no rule",
        place=place,
        hint=_suggest(selector, known | families | _categories() | {"ALL"}),
    )


def _suggest(word: str, known: Collection[str]) -> str:
    """Suggest what differs only in case or a `cat:`, the known beginning of a code, or a near spelling."""
    folded = {text.casefold(): text for text in known}
    plain = word.casefold().replace("_", "-")
    for same in (plain, f"cat:{plain}"):
        if same in folded:
            return f"did you mean '{folded[same]}'?"
    code = word.upper()
    if not re.fullmatch(r"[A-Z]+[0-9]+", code):
        return did_you_mean(word, folded.values())
    beginnings = (code[:end] for end in range(len(code), 0, -1) if code[end - 1].isdigit())
    known_beginning = next(
        (start for start in beginnings if any(text.startswith(start) for text in known)), ""
    )
    return f"did you mean '{known_beginning}'?" if known_beginning else ""


def _categories() -> frozenset[str]:
    return frozenset(f"cat:{debt.value}" for debt in Debt)


def _with_place(text: str, place: str) -> str:
    return f"{text} ({place})" if place else text


def _severity(rule: RuleInfo, overrides: Mapping[str, Severity]) -> Severity | None:
    ranked = [(found, level) for text, level in overrides.items() if (found := rank(text, rule)) is not None]
    return max(ranked)[1] if ranked else None
