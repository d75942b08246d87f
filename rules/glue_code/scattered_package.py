"""MLD503: a general-purpose package called from all over a project."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from mldebt_lint.rule import (
    ANY_TEXT,
    Bad,
    Debt,
    Fact,
    Finding,
    Good,
    PackageUse,
    Profile,
    Project,
    ProjectRule,
    Severity,
    SourceFile,
    groups,
    package_uses,
    wrappers,
)


@dataclass(frozen=True, slots=True)
class Options:
    """How far a package may spread."""

    max_modules: int = field(
        default=8, metadata={"doc": "modules that may call one package directly", "min": 1}
    )


class ScatteredPackage(ProjectRule):
    """A general-purpose ML package is called directly from many modules, and no module stands between.

    Why it is debt
    The package's classes, defaults and formats become the project's own: to try another package, or the next
    major version, every caller must change. Sculley et al. advise to repackage a general-purpose package behind
    an API of the project's own (§5 Glue code, best practice 10).

    What to do instead
    Give the project one module that speaks its own words (`train_ranker`, `score`) and calls the package inside;
    let the others import that module.

    Known limits
    Which packages are general-purpose is said by the library packs (`traits: [general-purpose]`). Modules that
    derive their classes from the package's build on it and are not counted; nor are tests, examples and
    notebooks. Modules count together when they share a folder, a package, or are joined by imports.

    References
    Sculley et al. 2015, §5 Glue code.
    """

    code = "MLD503"
    name = "scattered-package"
    debt = Debt.GLUE_CODE
    severity = Severity.INFO
    needs = ANY_TEXT
    profile = Profile.STRICT
    effort_minutes = 240
    Options = Options
    examples = (
        Bad(
            files={
                "src/churn.py": """
                from sklearn.linear_model import LogisticRegression

                model = LogisticRegression()  # bad
                """,
                "src/fraud.py": "import sklearn.ensemble as e\n\nmodel = e.RandomForestClassifier()\n",
                "src/prices.py": "from sklearn import svm\n\nmodel = svm.SVR()\n",
            },
            options={"max-modules": 2},
        ),
        Bad(
            files={
                "ranker/__init__.py": "",
                "ranker/train.py": "import xgboost as xgb\n\nbooster = xgb.train({}, xgb.DMatrix(X))\n",
                "ranker/score.py": "import xgboost as xgb\n\nscores = booster.predict(xgb.DMatrix(X))  # bad\n",
                "ranker/utils.py": "def clip(x):\n    return x\n",
            },
            options={"max-modules": 1},
        ),
        Good(
            files={
                "src/boosting.py": "import xgboost as xgb\n\ndef fit(X, y):\n    return xgb.XGBRegressor().fit(X, y)\n",
                "src/prices.py": "from boosting import fit\nimport xgboost\n\nmatrix = xgboost.DMatrix('x')\n",
                "src/rents.py": "from boosting import fit\n\nmodel = fit(X, y)\n",
            },
            options={"max-modules": 1},
        ),
        Good(
            files={
                "chapter1/fit.py": "from sklearn.svm import SVC\n\nSVC().fit(X, y)\n",
                "chapter2/fit.py": "from sklearn.svm import SVC\n\nSVC().fit(X, y)\n",
                "chapter3/fit.py": "import numpy as np\n\nnp.mean(X)\n",
            },
            options={"max-modules": 1},
        ),
        Good(
            files={
                "detect/__init__.py": "",
                "detect/forest.py": """
                from sklearn.base import BaseEstimator
                from sklearn.utils import check_array

                class Forest(BaseEstimator):
                    def fit(self, X):
                        self.X = check_array(X)
                """,
                "detect/knn.py": "from sklearn.neighbors import BallTree\n\ntree = BallTree(X)\n",
            },
            options={"max-modules": 1},
        ),
    )

    def collect(self, file: SourceFile) -> Iterator[Fact]:
        """Collect the general-purpose packages that a module calls."""
        yield from package_uses(file)

    def check(self, project: Project) -> Iterator[Finding]:
        """Report each package that too many modules of one group call, at the first of them."""
        assert isinstance(self.options, Options)
        by_library: defaultdict[str, list[PackageUse]] = defaultdict(list)
        for use in project.facts(PackageUse):
            by_library[use.library].append(use)
        for library, uses in sorted(by_library.items()):
            at_path = {use.path: use for use in uses}
            for paths in groups(project, at_path):
                callers = [at_path[path] for path in paths if not at_path[path].derives]
                if len(callers) > self.options.max_modules and not wrappers(
                    project, [at_path[p] for p in paths]
                ):
                    first, *others = callers
                    count = f"{len(callers)} modules"
                    message = (
                        f"{library} is called directly from {count} and no module of the project wraps it"
                    )
                    yield self.found(first.where, message, tuple(use.where for use in others))
