"""What values are and where they come from, by going through a file in the order in which it runs.

Flow-sensitive within each scope: assignments replace, branches join, loops run two rounds. A function is gone through
once with its parameters unknown, and what it returns and does is told to every caller with what that passes. Unknown
stays unknown. Nothing is executed.
"""

from __future__ import annotations

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.flow.events import Event, Happens
from mldebt_lint.analysis.flow.expressions import Expressions
from mldebt_lint.analysis.flow.functions import Functions
from mldebt_lint.analysis.flow.model import (
    NOTHING,
    Column,
    Frame,
    Given,
    Learnt,
    Loaded,
    Part,
    Predicted,
    Read,
    Resampled,
    Score,
    Value,
    holds,
)
from mldebt_lint.analysis.flow.scores import kind_of
from mldebt_lint.analysis.flow.state import State, Summary
from mldebt_lint.analysis.flow.statements import Statements

__all__ = [
    "NOTHING",
    "Column",
    "Event",
    "Flow",
    "Frame",
    "Given",
    "Happens",
    "Learnt",
    "Loaded",
    "Part",
    "Predicted",
    "Read",
    "Resampled",
    "Score",
    "Value",
    "flow",
    "holds",
    "kind_of",
]


class Flow:
    """The values of one file, and everything that happens to them in the order of the flow."""

    def __init__(self, file: SourceFile) -> None:
        self._index = file.index
        self._state = State(file.index)
        self._state.top = self._state.environment
        expressions = Expressions(file, self._state)
        statements = Statements(self._state, expressions)
        functions = Functions(file, self._state, expressions, statements.function)
        expressions.calls.functions = functions.call
        for module in file.index.modules:
            self._state.environment.dead = False
            statements.block(module)
            self._state.top = self._state.environment
        self.own: list[Event] = self._state.events  # what happens when the file itself runs
        self.functions: dict[str, Summary] = {}  # by name in the file, `Class.method` for methods
        for definition in file.index.of(cst.FunctionDef):
            summary = functions.summary(definition)
            if summary is not None:
                name = file.values.defined_name(definition).removeprefix(f"{file.names.module_name}.")
                self.functions[name] = summary
        self.events = [*self.own, *(event for summary in self.functions.values() for event in summary.events)]
        # The parts know each other and the tree: without this only the garbage collector could free them.
        for part in (statements, functions, *expressions.parts, expressions):
            part.__dict__.clear()

    def value(self, node: cst.CSTNode) -> Value:
        """Return what is known of an expression, wherever the flow met it; NOTHING where nothing is."""
        return self._state.seen.get(id(node), NOTHING)

    def of(self, *kinds: Happens) -> list[Event]:
        """Return the events of some kinds, in the order of the flow."""
        return [event for event in self.events if event.kind in kinds]

    def node(self, at: int) -> cst.CSTNode:
        """Return the node that a rank names."""
        return self._index.nodes[at]


def flow(file: SourceFile) -> Flow:
    """Return the flow of a file; ask for it by `file.once(flow)`."""
    return Flow(file)
