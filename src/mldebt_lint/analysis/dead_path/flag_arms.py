"""The branches that constant flags decide, and which of their arms is dead."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

import libcst as cst

from mldebt_lint.analysis.constants import UNKNOWN
from mldebt_lint.analysis.dead_path.flag_facts import FlagFact, FlagUse
from mldebt_lint.analysis.dead_path.flag_links import constant_flags, find_flag
from mldebt_lint.analysis.dead_path.truth import truth
from mldebt_lint.analysis.names import dotted_name
from mldebt_lint.analysis.project import Project

ORDERED = re.compile(r"[<>]")
COMPARED = re.compile(r"==|!=|\bin\b")
NUMBER = re.compile(r"\s*==\s*(\d+)\b")


@dataclass(frozen=True, slots=True)
class DeadArm:
    """A branch that a flag decides, and which of its arms is dead."""

    use: FlagUse
    flag: FlagFact
    holds: bool


def dead_arms(project: Project) -> Iterable[list[DeadArm]]:
    """Return the branches with a dead arm, those that one flag decides together."""
    flags = constant_flags(project)
    arms: dict[str, list[DeadArm]] = {}
    uses = [(use, known) for use in project.facts(FlagUse) if (known := _known(project, use, flags))]
    switches = _switches(uses)
    for use, known in uses:
        arm = _dead_arm(use, known, switches)
        if arm is not None:
            arms.setdefault(arm.flag.key, []).append(arm)
    return arms.values()


def _known(project: Project, use: FlagUse, flags: dict[str, FlagFact]) -> dict[str, FlagFact]:
    return {text: flag for text, key in use.names if (flag := find_flag(project, use, key, flags))}


def _switches(uses: Iterable[tuple[FlagUse, dict[str, FlagFact]]]) -> set[str]:
    """Return the keys of the numbers that choose a variant: those compared with two numbers or more."""
    choices: dict[str, set[str]] = {}
    for use, known in uses:
        for text, flag in known.items():
            numbers = re.findall(rf"(?<![.\w]){re.escape(text)}{NUMBER.pattern}", use.test)
            choices.setdefault(flag.key, set()).update(numbers)
    return {key for key, numbers in choices.items() if len(numbers) > 1}


def _dead_arm(use: FlagUse, known: dict[str, FlagFact], switches: set[str]) -> DeadArm | None:
    known = {text: flag for text, flag in known.items() if not _is_quantity(use, flag, switches)}
    if not known:
        return None
    test = cst.parse_expression(f"({use.test})")
    alone = [{text: flag} for text, flag in known.items()]
    for chosen in (*alone, known):
        holds = truth(test, partial(_value, chosen))
        if holds is not None:
            is_dead = use.other if holds else use.first
            return DeadArm(use, next(iter(chosen.values())), holds) if is_dead else None
    return None


def _value(flags: dict[str, FlagFact], node: cst.BaseExpression) -> object:
    flag = flags.get(dotted_name(node))
    return UNKNOWN if flag is None else flag.value


def _is_quantity(use: FlagUse, flag: FlagFact, switches: set[str]) -> bool:
    """`WORKERS = 1`, `if WORKERS > 1` compares an amount; `LOSS == 1` beside `LOSS == 2` chooses."""
    if not isinstance(flag.value, int) or isinstance(flag.value, bool):
        return False
    is_compared = bool(COMPARED.search(use.test))
    return bool(ORDERED.search(use.test)) or (flag.key not in switches and (is_compared or flag.value > 1))
