"""What learnt something from rows: whether numbers of other rows go into what it gives."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from functools import cached_property

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.flow import Event, Flow, Happens
from mldebt_lint.analysis.flow.model import Learnt, Value
from mldebt_lint.analysis.library import Api, Role
from mldebt_lint.model import Profile

# Statistics with which columns are filled or scaled.
CENTRES = frozenset(
    "mean median mode std var quantile percentile average nanmean nanmedian nanstd nanquantile".split()
)
EXTREMES = frozenset("min max amin amax nanmin nanmax".split())
NAMES_ONLY = frozenset({"category-encoder", "label-encoder", "resampler"})
GROUPED = "pandas.groupby."
FILLS = frozenset({"fillna", "fill_null", "where", "mask", "combine_first"})


class Learner(StrEnum):
    """Kinds of what learns."""

    TRANSFORMER = "transformer"
    STATISTIC = "statistic"
    EXTREME = "extreme"  # the largest or smallest value alone
    TARGET = "target encoding"
    FILL = "fill by group"


class Learners:
    """Tells them in one file."""

    def __init__(self, file: SourceFile, flow: Flow) -> None:
        self._file, self._flow = file, flow

    def kind(self, mark: Learnt) -> Learner | None:
        """Return what sort of learning a mark is, None where it passes no number of other rows on."""
        last = mark.by.rpartition(".")[2]
        if mark.by.startswith(GROUPED):
            return self._of_groups(mark)
        if last in CENTRES:
            return Learner.STATISTIC
        if last in EXTREMES:
            return Learner.EXTREME
        model = self._models.get(mark.at)
        is_one = self.is_stateful(mark.by) or (model is not None and self._has_stateful(model))
        return Learner.TRANSFORMER if is_one else None

    def is_stateful(self, name: str) -> bool:
        """Whether something is a transformer that learns numbers from rows."""
        api = self._file.library.find(name) if name else None
        if api is None or api.role is not Role.TRANSFORMER or "pipeline" in api.traits:
            return False
        return "stateful" in api.traits and not NAMES_ONLY & api.traits

    def keeps_what_it_learnt(self, event: Event) -> bool:
        """Whether what is fitted is a transformer whose state, of numbers or names, decides what it gives."""
        model = event.value("model")
        parts = [part.type for part in (model, *model.parts)]
        known = [self._file.library.find(name) for name in parts if name]
        transformers = [api for api in known if api is not None and api.role is Role.TRANSFORMER]
        if not model.type:
            return "transforms" in event.traits
        return any("stateful" in api.traits and "pipeline" not in api.traits for api in transformers) and all(
            api is None or api.role is Role.TRANSFORMER or "pipeline" in api.traits for api in known
        )

    def takes_target(self, event: Event) -> bool:
        """Whether what is fitted learns to predict a target; of what is not known that is taken for granted."""
        kind = event.value("model").type
        api = self._file.library.find(kind) if kind else None
        return api is None or (api.role is not Role.TRANSFORMER and not {"pipeline", "search"} & api.traits)

    def is_labelled(self, value: Value) -> bool:
        """Whether something is a data set that holds features first and their target second."""
        return any(
            api.role is Role.DATASET and api.returns == value.type and api.params[1:2] == ("label",)
            for api in self._labelled
        )

    @cached_property
    def _labelled(self) -> list[Api]:
        return [api for api in self._file.library.apis.values() if api.role is Role.DATASET]

    def makes_rows(self, at: int) -> Profile | None:
        """How loud it is to be told that rows are made at a place, None where a sampler only leaves some out."""
        model = self._models.get(at)
        if model is None:  # a function: copies
            return Profile.DEFAULT
        api = self._file.library.find(model.type) if model.type else None
        if api is None:
            return Profile.STRICT
        return Profile.DEFAULT if "over-sampler" in api.traits else None

    def shown(self, mark: Learnt) -> str:
        """Return what learnt, as one would call it."""
        model = self._models.get(mark.at)
        parts = [p.type for p in model.parts if self.is_stateful(p.type)] if model is not None else []
        name = (parts[0] if parts else mark.by).rpartition(".")[2]
        column = f" of '{mark.column}'" if mark.column else ""
        return f"{name}{column}"

    def _has_stateful(self, model: Value) -> bool:
        return any(self.is_stateful(part.type) or self._has_stateful(part) for part in model.parts)

    @cached_property
    def _models(self) -> dict[int, Value]:
        return {event.at: event.value("model") for event in self._flow.of(Happens.FIT)}

    @cached_property
    def targets(self) -> frozenset[tuple[int, str]]:
        """The columns that anything in the file takes for its target: frame and name."""
        found = set()
        for event in self._flow.of(Happens.FIT, Happens.SPLIT):
            column = event.value("y").column
            if column is not None:
                found.add((column.frame, column.name))
        return frozenset(found)

    def without_targets(self, value: Value) -> Value:
        """Return a table without the marks that came in through a column which is a target somewhere."""
        frame = value.frame
        if frame is None or not frame.stored:
            return value
        names = {name for base, name in self.targets if base == frame.base}
        gone = frame.left_out(replace(frame, dropped=frame.dropped | names))
        return replace(value, marks=value.marks - gone) if gone else value

    def _of_groups(self, mark: Learnt) -> Learner | None:
        if mark.column and any(mark.column == name for _, name in self.targets):
            return Learner.TARGET
        if mark.by.endswith(".fillna"):
            return Learner.FILL
        for ancestor in self._file.index.ancestors(self._flow.node(mark.at)):
            func = ancestor.func if isinstance(ancestor, cst.Call) else None
            if isinstance(func, cst.Attribute) and func.attr.value in FILLS:
                return Learner.FILL
            if isinstance(ancestor, cst.BaseSmallStatement):
                return None
        return None
