"""MLD522: constant flags that decide a branch, so that one arm can never be taken."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mldebt_lint.rule import (
    ANY_TEXT,
    Bad,
    Confidence,
    DeadArm,
    Debt,
    Fact,
    Finding,
    Good,
    Profile,
    Project,
    ProjectRule,
    Severity,
    SourceFile,
    as_python_3,
    dead_arms,
    flag_facts,
    labelled,
)

MOST_RELATED = 5
COMPARED = re.compile(r"==|!=|\bin\b")


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
    rebound by `exec`, `globals()` or a later star import, star-imported by others, set in a papermill or Colab
    parameter, or given in the README (`DEBUG = True`). A number is a flag only as 0 or 1 by itself, or when the
    code compares it with two numbers or more. A documented choice at the top level of a script is left to the
    strict profile. Of attributes only those of plain classes (read through the class or an instance made without
    arguments) and those that `__init__` sets on `self` count.
    """

    code = "MLD522"
    name = "dead-flag"
    debt = Debt.DEAD_PATH
    severity = Severity.WARNING
    basis = "names"
    needs = ANY_TEXT
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
            """
            import sys

            if __name__ == "__main__" and __package__ is None:
                sys.path.insert(0, "..")
                __package__ = "churn"
            """
        ),
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
        Bad("""
            def attend(x, state=None):
                weights = None
                x = project(x)
                if weights is not None:  # bad
                    x = weights * x
                return x
            """),
        Good(
            files={
                "debug.py": "VERBOSE = False\n",
                "fit.py": "import debug\n\nif debug.VERBOSE:\n    print(1)\n",
                "README.md": "Set `debug.VERBOSE = True` to see more.",
            },
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
        for arms in dead_arms(project):
            yield self._finding(arms)

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
    if arm.flag.is_local:
        return isinstance(known, str) and not COMPARED.search(arm.use.test)
    if arm.flag.where.cell is not None or arm.flag.is_documented:
        return True  # the reader turns the knob, as the comment tells him, and runs the cells or the script again
    return not isinstance(known, bool | int) and (not known or not COMPARED.search(arm.use.test))
