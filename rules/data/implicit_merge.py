"""MLD310: frames joined without saying by what, or which rows are kept."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt_lint.rule import (
    Bad,
    Debt,
    FileRule,
    Finding,
    Good,
    Needs,
    Profile,
    Severity,
    SourceFile,
    cst,
    flow,
    is_test_path,
)

KEYS = ("on", "left_on", "right_on", "left_index", "right_index")


class ImplicitMerge(FileRule):
    """Two frames are merged without keys and without saying which rows are kept.

    Why it is debt
    Without keys all columns that happen to have the same name are the key, and without `how` the rows that have no
    partner vanish. Both follow from the columns that the sources hold today: whoever adds a column upstream changes
    the training set, and nothing fails. It is a data dependency that nobody declared (§3).

    What to do instead
    Say all of it: `left.merge(right, on="user", how="left", validate="many_to_one")`.

    Known limits
    Methods count only on what is known to be a frame. Joins by the index (`join`, `left_index=`) and cross joins are
    complete. The audit profile also shows merges with keys or `how` alone, and those without `validate`.

    References
    Sculley et al. 2015, §3 Data dependencies cost more than code dependencies.
    """

    code = "MLD310"
    name = "implicit-merge"
    debt = Debt.UNSTABLE_DATA
    severity = Severity.WARNING
    profile = Profile.STRICT
    needs = Needs(words=frozenset({"merge"}))
    effort_minutes = 5
    examples = (
        Bad(
            """
            import pandas as pd

            users = pd.read_csv("users.csv")
            both = pd.merge(users, pd.read_csv("orders.csv"))  # bad
            all_three = both.merge(pd.read_csv("items.csv"), suffixes=("", "_item"))  # bad
            """
        ),
        Bad(
            """
            from pandas import merge as combine, read_parquet

            class Table:
                def __init__(self):
                    self.users = read_parquet("users.parquet")

                def with_orders(self, orders):
                    return combine(self.users, orders, on="user")  # bad
            """
        ),
        Bad(
            files={
                "prepare.ipynb": """
                # %%
                import pandas as pd
                users = pd.read_csv("users.csv")
                # %%
                users = users.merge(orders, how="left")  # bad
                """
            }
        ),
        Good(
            """
            import pandas as pd

            users = pd.read_csv("users.csv")
            kept = users.merge(orders, on="user", how="left", validate="one_to_many")
            pairs = pd.merge(users, users, how="cross")
            wide = users.set_index("user").join(orders)
            side = pd.merge(users, orders, left_index=True, right_index=True)
            """
        ),
        Good(
            """
            from omegaconf import OmegaConf
            import pandas as pd

            config = OmegaConf.merge(base, extra)
            tree.merge(branch)
            joined = pd.merge(users, orders, **settings)
            """
        ),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Report each merge that leaves something to the data."""
        if is_test_path(file.path):
            return
        for call in file.calls:
            if not _is_merge(file, call):
                continue
            arguments = file.arguments(call, _params(file, call))
            how = arguments.get("how")
            if arguments.opaque or (how is not None and file.constant(how) == "cross"):
                continue
            by_index = arguments.get("left_index") is not None and arguments.get("right_index") is not None
            keyed = not arguments.lacks(*KEYS)
            message = _message(
                keyed, how is not None or by_index, not arguments.lacks("validate") or by_index
            )
            if message:
                profile = None if not keyed and how is None else Profile.AUDIT
                yield self.found(file.at(call), message, profile=profile)


def _is_merge(file: SourceFile, call: cst.Call) -> bool:
    func = call.func
    name = func.attr.value if isinstance(func, cst.Attribute) else getattr(func, "value", "")
    api = file.api(call)
    if api is not None:
        return "keyed" in api.traits
    if name != "merge" or not isinstance(func, cst.Attribute) or file.qualified(func) is not None:
        return False
    known = file.library.find(f"{file.once(flow).value(func.value).type}.merge")
    return known is not None and "keyed" in known.traits


def _params(file: SourceFile, call: cst.Call) -> tuple[str, ...]:
    api = file.api(call)
    return api.params if api is not None else ("right", "how", "on")


def _message(keyed: bool, has_how: bool, is_validated: bool) -> str:
    if not keyed and not has_how:
        return "merged without keys and `how`: whatever columns share a name decide which rows are kept"
    if not keyed:
        return "merged without keys: whatever columns share a name are the key"
    if not has_how:
        return "merged without `how`: rows without a partner are dropped"
    return "" if is_validated else "merged without `validate`: a doubled key doubles rows"
