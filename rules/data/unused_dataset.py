"""MLD305: data that is read and then not used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mldebt_lint.rule import (
    Bad,
    Binding,
    Binds,
    Debt,
    Fact,
    Finding,
    Good,
    Location,
    Needs,
    Profile,
    Project,
    ProjectRule,
    Role,
    Severity,
    SourceFile,
    cst,
    is_test_path,
)

SIDE_EFFECTS = frozenset({"remote", "hub", "bundled"})
REFLECTION = frozenset({"exec", "eval", "locals", "globals", "vars"})
TRYING = re.compile(r"(?i)(?:^|[/_])bench|(?:^|_)(?:check|verify|test|bench|warm|smoke|try|valid)")


@dataclass(frozen=True, slots=True)
class UnusedRead(Fact):
    """A read whose result nothing in its file uses; `exported` when another file may import the name."""

    name: str
    where: Location
    exported: bool
    replaced: Location | None


class UnusedDataset(ProjectRule):
    """A data source is read and nothing uses what was read.

    Why it is debt
    The read costs time and memory at every run, and the source cannot be changed or removed without breaking a
    program that has no use for it. The paper calls it an underutilized data dependency (§3): it makes a system
    vulnerable to change although it could be left out with no harm.

    What to do instead
    Delete the read, or use it.

    Known limits
    A name counts as used where it is read anywhere in the file, in a string (`query("@df")`, SQL), in an IPython
    escape, or in a file that imports it. The last expression of a notebook's cell is a use. Downloads, which are
    made for their effect, reads in a `try`, attributes, and names with a leading underscore are silent. Where the
    name is only bound again before anything reads it, the strict profile says so.

    References
    Sculley et al. 2015, §3 Underutilized data dependencies.
    """

    code = "MLD305"
    name = "unused-dataset"
    debt = Debt.UNDERUSED_DATA
    severity = Severity.WARNING
    needs = Needs(roles=frozenset({Role.DATA_SOURCE}))
    effort_minutes = 5
    examples = (
        Bad(
            """
            import pandas as pd

            train = pd.read_csv("train.csv")
            stores = pd.read_csv("stores.csv")  # bad
            model.fit(train[["age"]], train["y"])
            """
        ),
        Bad(
            """
            import numpy as np
            from pandas import read_parquet as read

            class Job:
                def run(self):
                    users, weights = read("users.parquet"), np.load("w.npy")
                    old = read("old.parquet").dropna()  # bad
                    return self.fit(users, weights)
            """
        ),
        Bad(
            files={
                "a.ipynb": """
                # %%
                import pandas as pd
                users = pd.read_csv("users.csv")
                # %%
                extra = pd.read_csv("extra.csv")  # bad
                # %%
                users.head()
                """
            }
        ),
        Good(
            files={
                "a.ipynb": """
                # %%
                import pandas as pd
                users = pd.read_csv("users.csv")
                orders = pd.read_csv("orders.csv")
                # %%
                users
                # %%
                pd.read_csv("shown.csv")
                # %%
                %%sql
                select * from orders
                """
            }
        ),
        Good(
            files={
                "tables.py": """
                import pandas as pd

                users = pd.read_csv("users.csv")
                """,
                "train.py": """
                from tables import users

                model.fit(users)
                """,
            }
        ),
        Good(
            """
            import pandas as pd
            from datasets import load_dataset

            load_dataset("imdb")
            try:
                frame = pd.read_csv("broken.csv")
            except ValueError:
                print("broken")
            cities = pd.read_csv("cities.csv")
            big = users.query("city in @cities.name")
            """
        ),
    )

    def collect(self, file: SourceFile) -> Iterator[Fact]:
        """Collect the reads that nothing in the file uses."""
        if is_test_path(file.path) or TRYING.search(file.path) or _reflects(file):
            return
        for call, api in file.known_calls:
            if api.role is not Role.DATA_SOURCE or api.traits & SIDE_EFFECTS:
                continue
            binding = _binding(file, call)
            if binding is None or _is_aside(file, call) or any(_uses(file, binding)):
                continue
            if not _is_said(file, binding.name):
                yield _fact(file, call, binding)

    def check(self, project: Project) -> Iterator[Finding]:
        """Report those that no other file uses either."""
        for fact in project.facts(UnusedRead):
            if fact.exported and _is_imported(project, fact):
                continue
            related = (fact.replaced,) if fact.replaced is not None else ()
            message = (
                f"`{fact.name}` is read and never used: the program depends on data that it does not need"
            )
            profile = Profile.STRICT if fact.replaced is not None else None
            yield self.found(fact.where, message, related, profile=profile)


def _fact(file: SourceFile, call: cst.Call, binding: Binding) -> UnusedRead:
    exported = not file.is_notebook and file.index.function(call) is None
    _, bindings = file.names.bindings(binding.name, binding.node)
    later = [b for b in bindings if file.index.rank(b.node) > file.index.rank(binding.node)]
    replaced = file.at(later[0].node, "bound again here") if later else None
    return UnusedRead(binding.name, file.at(call), exported, replaced)


def _binding(file: SourceFile, call: cst.Call) -> Binding | None:
    """Return the name that a read, or what methods made of it at once, is bound to."""
    node: cst.CSTNode = call
    parent = file.index.parent(node)
    while isinstance(parent, cst.Attribute | cst.Call | cst.Subscript) and not isinstance(node, cst.Arg):
        node, parent = parent, file.index.parent(parent)
    if not isinstance(parent, cst.Assign) or parent.value is not node or len(parent.targets) != 1:
        return None
    target = parent.targets[0].target
    if not isinstance(target, cst.Name) or target.value.startswith("_"):
        return None
    _, bindings = file.names.bindings(target.value, target)
    statement = file.index.statement(target)
    if any(b.how is Binds.IMPORT for b in bindings):
        return None
    return next((b for b in bindings if file.index.statement(b.node) is statement), None)


def _is_aside(file: SourceFile, call: cst.Call) -> bool:
    """Whether a read may stand there for its effect: in a `try`, in a `with` that expects an error or takes time."""
    if file.index.enclosing(call, cst.Try, cst.TryStar) is not None:
        return True
    if file.index.enclosing(call, cst.ClassDef) is not None and file.index.function(call) is None:
        return True
    function = file.index.function(call)
    return function is not None and TRYING.search(function.name.value) is not None


def _uses(file: SourceFile, binding: Binding) -> Iterator[cst.Name]:
    begin = file.index.rank(binding.node)
    for name in file.index.of(cst.Name):
        if name.value != binding.name or isinstance(file.index.parent(name), cst.AssignTarget | cst.Param):
            continue
        parent = file.index.parent(name)
        if isinstance(parent, cst.Arg) and parent.keyword is name:
            continue
        if isinstance(parent, cst.Attribute) and parent.attr is name:
            continue
        scope, bindings = file.names.bindings(name.value, name)
        if binding not in bindings:
            continue
        reaching = file.values.binding(name)
        if reaching is binding or reaching is None:
            yield name
        elif file.names.scope(name) is not scope or file.index.rank(name) < begin:
            yield name


def _is_said(file: SourceFile, name: str) -> bool:
    """Whether a query, an IPython escape, a cell that does not parse or `__all__` names it."""
    word = rf"(?<!\w){re.escape(name)}(?!\w)"
    asked = re.compile(rf"@{re.escape(name)}(?!\w)|(?i:\b(?:from|join|table)\s+){word}")
    strings = [node.value for node in file.index.of(cst.SimpleString)]
    strings += [node.value for node in file.index.of(cst.FormattedStringText)]
    if any(asked.search(text) for text in strings):
        return True
    if file.mentions(("__all__",)) and any(text[1:-1] == name for text in strings):
        return True
    failed = {failure.cell for failure in file.failures}
    if any(re.search(word, c.original) for c in file.document.cells if c.number in failed):
        return True
    return any(_in_escapes(word, cell.original) for cell, _ in file.magics)


def _in_escapes(word: str, text: str) -> bool:
    """Whether a word stands in an escape: in a line of it, or anywhere in a cell that is one."""
    lines = text.split("\n")
    escaped = (
        text
        if lines and lines[0].lstrip().startswith("%%")
        else "\n".join(line for line in lines if line.lstrip().startswith(("%", "!")))
    )
    return re.search(word, escaped) is not None


def _reflects(file: SourceFile) -> bool:
    return any(isinstance(call.func, cst.Name) and call.func.value in REFLECTION for call in file.calls)


def _is_imported(project: Project, fact: UnusedRead) -> bool:
    importers = project.importers.get(fact.where.path, frozenset())
    return any(
        fact.name in project.vocabulary(path).references or _has_star(project, path) for path in importers
    )


def _has_star(project: Project, path: str) -> bool:
    return any(item.star for item in project.modules[path].imports)
