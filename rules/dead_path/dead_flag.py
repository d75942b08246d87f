"""MLD522: constant flags that decide a branch, so that one arm can never be taken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from mldebt_lint.rule import (
    UNKNOWN,
    Bad,
    Confidence,
    Debt,
    Fact,
    Finding,
    FlagFact,
    FlagUse,
    Good,
    Profile,
    Project,
    ProjectRule,
    Severity,
    SourceFile,
    as_python_3,
    constant_flags,
    cst,
    dotted_name,
    find_flag,
    flag_facts,
    labelled,
    truth,
)

MOST_RELATED = 5
ORDERED = re.compile(r"[<>]")
NUMBER = re.compile(r"\s*==\s*(\d+)\b")
COMPARED = re.compile(r"==|!=|\bin\b")


@dataclass(frozen=True, slots=True)
class DeadArm:
    """A branch that a flag decides, and which of its arms is dead."""

    use: FlagUse
    flag: FlagFact
    holds: bool


class DeadFlag(ProjectRule):
    """A flag that never changes decides a branch, so one arm of it is dead.

    Why it is debt
    §5 "Dead experimental codepaths": the switch of an experiment stays in the code after the decision is made.
    Every reader must consider both arms, tests cover one, and a value flipped by mistake runs code that nobody
    has run for years.

    What to do instead
    Delete the flag and the arm that cannot run. If both are still wanted, make it a parameter, an option or a
    configuration value, so that a run records which one it took.

    Known limits
    Silent are names that are assigned twice, changed as an attribute anywhere in the project, patched in a test,
    rebound by `exec`, `globals()` or a later star import, star-imported by others, or set in a papermill or Colab
    parameter. A number is a flag only as 0 or 1 by itself, or when the code compares it with two numbers or more.
    A documented choice at the top level of a script is left to the strict profile. Of attributes only those of plain classes (read
    through the class or an instance made without arguments) and those that `__init__` sets on `self` count.
    """

    code = "MLD522"
    name = "dead-flag"
    debt = Debt.DEAD_PATH
    severity = Severity.WARNING
    confidence = Confidence.MEDIUM
    effort_minutes = 15
    examples = (
        Bad("""
            USE_PCA = False

            def features(X):
                if USE_PCA:  # bad
                    X = reduce(X)
                return X
            """),
        Bad(
            files={
                "config.py": """
                LOSS = "focal"
                """,
                "train.py": """
                import config

                def criterion():
                    if config.LOSS == "dice":  # bad
                        return dice
                    elif config.LOSS == "focal":
                        return focal
                    return bce
                """,
            }
        ),
        Bad("""
            def train(model, X, y):
                warm_start = True
                if not warm_start:  # bad
                    model.reset()
                model.fit(X, y)
            """),
        Bad("""
            class Net(Module):
                def __init__(self):
                    super().__init__()
                    self.use_attention = False

                def forward(self, x):
                    return self.attend(x) if self.use_attention else x  # bad
            """),
        Bad(
            files={
                "train.ipynb": """
            # %%
            MODE = "fast"
            # %%
            match MODE:
                case "fast":
                    fit(1)
                case "full":  # bad
                    fit(100)
            """
            }
        ),
        Bad("""
            class CFG:
                debug = False
                folds = 5

            if CFG.debug:  # bad
                df = df.head(100)
            """),
        Bad("""
            LOSS_VERSION = 2

            def loss(pred, target):
                if LOSS_VERSION == 1:  # bad
                    return mse(pred, target)
                if LOSS_VERSION == 2:
                    return huber(pred, target)
                return mae(pred, target)
            """),
        Bad("""
            class Trainer:
                USE_AMP = False

                def step(self, loss):
                    if self.USE_AMP:  # bad
                        loss = self.scaler.scale(loss)
                    loss.backward()
            """),
        Good(
            files={
                "base.py": """
                class Detector:
                    def set_params(self, **kwargs):
                        for key, value in kwargs.items():
                            setattr(self, key, value)
                """,
                "cluster.py": """
                from base import Detector

                class Clusters(Detector):
                    def __init__(self):
                        self.mode = "size"

                    def detect(self):
                        return by_size(self) if self.mode == "size" else by_distance(self)
                """,
            }
        ),
        Good("""
            FOLDS = 3
            if FOLDS == 1:
                split_once()
            """),
        Good("""
            eval_only = False
            compile = True
            exec(open("configurator.py").read())
            if eval_only:
                evaluate()
            """),
        Good(
            files={
                "train.ipynb": """
            # %% tags=parameters
            USE_GPU = False
            # %%
            RETRAIN = False #@param {type:"boolean"}
            # %%
            if USE_GPU or RETRAIN:
                train()
            """
            }
        ),
        Good(
            files={
                "settings.py": """
                CACHE = False
                """,
                "load.py": """
                from settings import CACHE
                if CACHE:
                    load()
                """,
                "tests/test_load.py": """
                def test_cache(monkeypatch):
                    monkeypatch.setattr("settings.CACHE", True)
                """,
            }
        ),
        Good("""
            class Model:
                def __init__(self):
                    self.fitted = False

                def fit(self, X):
                    self.fitted = True

                def predict(self, X):
                    if not self.fitted:
                        raise RuntimeError
                    return X
            """),
        Good("""
            try:
                import cupy
                HAS_GPU = True
            except ImportError:
                HAS_GPU = False
            found = False
            for path in paths:
                if found:
                    break
                found = path.exists()
            if HAS_GPU:
                run()
            """),
    )

    def collect(self, file: SourceFile) -> Iterator[Fact]:
        """Yield the flags of a file, the branches that flags may decide, and what it changes in others."""
        yield from flag_facts(file)
        old = as_python_3(file)
        if old is not None:
            yield from flag_facts(old)

    def check(self, project: Project) -> Iterator[Finding]:
        """Report every flag once, at the first branch that it decides."""
        flags = constant_flags(project)
        arms: dict[str, list[DeadArm]] = {}
        uses = [(use, known) for use in project.facts(FlagUse) if (known := _known(project, use, flags))]
        switches = _switches(uses)
        for use, known in uses:
            arm = _dead_arm(use, known, switches)
            if arm is not None:
                arms.setdefault(arm.flag.key, []).append(arm)
        for dead in arms.values():
            yield self._finding(dead)

    def _finding(self, dead: list[DeadArm]) -> Finding:
        first, *more = dead
        flag = first.flag
        what = "the branch"
        if first.holds:
            what = "the other branch" if first.use.has_else else "what follows"
        also = f" (and {len(more)} more)" if more else ""
        message = f"{flag.name} is always {flag.value!r}: {what} never runs{also}"
        others = tuple(
            labelled(arm.use.where, f"{flag.name} decides here, too") for arm in more[:MOST_RELATED]
        )
        profile = None
        if _is_option(first):
            profile = Profile.AUDIT if flag.is_attribute else Profile.STRICT
        return self.found(first.use.where, message, (flag.where, *others), profile=profile)


def _is_option(arm: DeadArm) -> bool:
    """Whether the flag is rather a setting left at its value: None or a path that may be given, a notebook's knob."""
    known = arm.flag.value
    if not arm.flag.is_local and (arm.flag.where.cell is not None or arm.flag.is_documented):
        return True  # the reader turns the knob, as the comment tells him, and runs the cells or the script again
    return not isinstance(known, bool | int) and (not known or not COMPARED.search(arm.use.test))


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
