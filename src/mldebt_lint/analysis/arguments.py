"""The arguments of a call, bound to parameter names as far as the text tells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import libcst as cst

from mldebt_lint.analysis.literals import string_value
from mldebt_lint.analysis.values import Values


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a call passes.

    `named` are keyword arguments and positional ones whose parameter is known; `positional` are all positional
    ones in order. `opaque` is true when `*args` or `**kwargs` of unknown content may pass anything else.
    """

    named: dict[str, cst.BaseExpression]
    positional: tuple[cst.BaseExpression, ...]
    opaque: bool

    def get(self, name: str) -> cst.BaseExpression | None:
        """Return the expression passed for a parameter, None when none is visible."""
        return self.named.get(name)

    def lacks(self, *names: str) -> bool:
        """Whether none of the parameters is passed, for certain."""
        return not self.opaque and not any(name in self.named for name in names)


def bind(values: Values, call: cst.Call, params: Sequence[str] = ()) -> Arguments:
    """Bind a call's arguments; `params` are the names of the positional parameters, in order.

    `**` of a dict that the same file holds as a literal is known, every other `*` and `**` is opaque.
    """
    named: dict[str, cst.BaseExpression] = {}
    positional: list[cst.BaseExpression] = []
    opaque = False
    for arg in call.args:
        if arg.star == "**":
            pairs = dict(_literal_pairs(values, arg.value))
            opaque = opaque or not pairs
            named.update(pairs)
        elif arg.star == "*":
            opaque = True
        elif arg.keyword is not None:
            named[arg.keyword.value] = arg.value
        else:
            if len(positional) < len(params) and not opaque:
                named.setdefault(params[len(positional)], arg.value)
            positional.append(arg.value)
    return Arguments(named, tuple(positional), opaque)


def _literal_pairs(
    values: Values, expression: cst.BaseExpression
) -> Iterator[tuple[str, cst.BaseExpression]]:
    definition = values.definition(expression)
    if isinstance(definition, cst.Dict):
        pairs = [(e.key, e.value) for e in definition.elements if isinstance(e, cst.DictElement)]
        if len(pairs) != len(definition.elements):
            return
        for key, value in pairs:
            if (text := string_value(key)) is not None:
                yield text, value
    elif isinstance(definition, cst.Call) and values.qualified(definition.func) == "builtins.dict":
        if all(arg.keyword is not None for arg in definition.args):
            yield from ((arg.keyword.value, arg.value) for arg in definition.args if arg.keyword is not None)
