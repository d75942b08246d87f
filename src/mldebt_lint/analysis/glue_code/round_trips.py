"""Values that come back to the format they were in, with nothing done to them between."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.glue_code.conversions import Conversions, Step

# No other package's format, but the language's own: only ever the middle of a round trip.
BUILT_IN = frozenset({"list", "dict"})
CASTS = frozenset(
    (
        "to",
        "type",
        "type_as",
        "astype",
        "float",
        "double",
        "half",
        "bfloat16",
        "long",
        "int",
        "short",
        "bool",
        "cuda",
    )
)
# Given on the way back, these leave the value as it was.
NEUTRAL_BACK = frozenset({"copy", "requires_grad", "deep"})
NEUTRAL_THERE = frozenset({"copy", "dtype", "force", "#0", "orient"})
ORIENTS = frozenset({"records", "list", "dict", "series", "split", "tight"})
LABELS = frozenset({"columns", "index"})


def ways_back(file: SourceFile, conversions: Conversions) -> Iterator[Step]:
    """Yield the conversions that may end a round trip: those to a package's format, with no dtype or device."""
    for call in file.calls:
        back = conversions.step(call)
        if (
            back is not None
            and back.api is not None
            and back.target not in BUILT_IN
            and not _is_cast(file, back)
        ):
            yield back


def left_format(file: SourceFile, conversions: Conversions, back: Step) -> Step | None:
    """Return the conversion that first left the format to which `back` returns, None when there was none."""
    middle: set[str] = set()
    steps, _ = conversions.trace(back.value)
    for step in steps:
        middle.add(step.target)
        if back.target in middle or not _is_plain(file, step):
            return None
        if (step.source or conversions.formats.of(step.value)) == back.target:
            unpacks = not middle.isdisjoint(BUILT_IN) and not _is_same_type(file, conversions, back, step)
            return None if unpacks or "index" in _new_labels(back, step.value) else step
    return None


def stacked_elements(conversions: Conversions, back: Step) -> Step | None:
    """Return the conversion of each element of a list that `back` makes into one value of the elements' format."""
    steps, root = conversions.trace(back.value)
    if isinstance(root, cst.ListComp):
        element: cst.CSTNode = root.elt
    elif isinstance(root, cst.List) and len(root.elements) == 1:
        element = root.elements[0].value
    else:
        return None
    inner = next(iter(conversions.trace(element)[0]), None)
    if inner is None or inner.given or inner.target in BUILT_IN or any(step.given for step in steps):
        return None
    formats = {step.target for step in steps} <= {inner.target}
    return inner if formats and inner.source == back.target else None


def through_text(file: SourceFile, conversions: Conversions) -> Iterator[tuple[cst.Call, cst.Call]]:
    """Yield `json.loads(json.dumps(x))`: the reading and the writing call."""
    for call in file.calls:
        if _is_plain_call(file, call, "json.loads"):
            inner = conversions.trace(call.args[0].value)[1]
            if isinstance(inner, cst.Call) and _is_plain_call(file, inner, "json.dumps"):
                yield call, inner


def _is_plain_call(file: SourceFile, call: cst.Call, name: str) -> bool:
    plain = len(call.args) == 1 and call.args[0].keyword is None and not call.args[0].star
    return plain and file.qualified(call.func) == name


def _is_same_type(file: SourceFile, conversions: Conversions, back: Step, there: Step) -> bool:
    """Whether rows go back into what they came from; a column of lists or dicts is unpacked into another type."""
    origin = file.definition(there.value)
    if origin is not None and conversions.step(origin) is not None:
        return False
    if isinstance(there.value, cst.Subscript) and not _names_columns(there.value):
        return False
    kind = file.type_of(there.value)
    if kind is None:
        return conversions.formats.has_one_type(back.target)
    return back.api is not None and kind == back.api.returns


def _names_columns(value: cst.Subscript) -> bool:
    """Whether an item of a frame is visibly a column (`frame["a"]`) or visibly a frame (`frame[["a", "b"]]`)."""
    return isinstance(_index(value), cst.List | cst.SimpleString)


def _is_plain(file: SourceFile, step: Step) -> bool:
    """Whether a conversion is given nothing that changes the value on the way out."""
    orient = step.given.get("orient", step.given.get("#0"))
    return step.given.keys() <= NEUTRAL_THERE and (orient is None or file.constant(orient) in ORIENTS)


def _is_cast(file: SourceFile, back: Step) -> bool:
    """Whether a dtype or device is given on the way back: as an argument, by the constructor, or by a method."""
    if back.api is not None and "dtype" in back.api.traits:
        return True
    if not back.given.keys() <= NEUTRAL_BACK | LABELS:
        return True
    node: cst.CSTNode | None = back.node
    while isinstance(func := file.index.parent(node) if node is not None else None, cst.Attribute):
        node = file.index.parent(func)
        if not isinstance(node, cst.Call) or node.func is not func:
            return False
        if func.attr.value in CASTS:
            return True
    return node is not None and _is_cast_next(file, node)


def _is_cast_next(file: SourceFile, node: cst.CSTNode) -> bool:
    """`y = torch.from_numpy(a)` and then `y = y.to(device)`: the cast is the first thing done to the result."""
    assigned = file.index.parent(node)
    if not isinstance(assigned, cst.Assign) or len(assigned.targets) != 1:
        return False
    target = assigned.targets[0].target
    after = file.index.rank(assigned)
    if not isinstance(target, cst.Name):
        return False
    reads = (n for n in file.index.of(cst.Name) if n.value == target.value and file.index.rank(n) > after)
    use = next(
        (n for n in reads if n is not target and not isinstance(file.index.parent(n), cst.AssignTarget)), None
    )
    func = file.index.parent(use) if use is not None else None
    call = file.index.parent(func) if isinstance(func, cst.Attribute) and func.value is use else None
    return isinstance(func, cst.Attribute) and isinstance(call, cst.Call) and func.attr.value in CASTS


def is_relabelled(back: Step, there: Step) -> bool:
    """Whether a frame comes back with other labels than its own."""
    return bool(_new_labels(back, there.value))


def _new_labels(back: Step, value: cst.BaseExpression) -> set[str]:
    """Return which labels of a frame are given anew, other than its own."""
    found = set()
    for name in LABELS & back.given.keys():
        labels = back.given[name]
        own = (
            isinstance(labels, cst.Attribute)
            and labels.attr.value == name
            and labels.value.deep_equals(value)
        )
        chosen = _index(value) if isinstance(value, cst.Subscript) and name == "columns" else None
        if not own and (chosen is None or not labels.deep_equals(chosen)):
            found.add(name)
    return found


def _index(value: cst.Subscript) -> cst.BaseExpression | None:
    inner = value.slice[0].slice
    return inner.value if len(value.slice) == 1 and isinstance(inner, cst.Index) else None
