"""Which names a statement changes in place: by an assignment to a part, by a method, by a function that gets them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.syntax import Index

_CHANGING = frozenset(
    "add add_edge add_edges_from add_node add_nodes_from append backward build clear compile compute_vocabulary cuda"
    " discard eval extend fit fit_generator fit_transform float half insert learn load_state_dict"
    " load_weights partial_fit pop popitem read remove resume reverse seek set_params set_weights setdefault"
    " shuffle sort step swap train train_model train_on_batch update upsert write zero_grad".split()
)
_CHANGING_METHOD = re.compile(
    r"(?:add|set|update|register|load|freeze|unfreeze|train|fit|reset|init)_\w+|[a-z]\w*_"
)
# A function by its name: `train_model(model, …)`, `add_features(df)`.
_CHANGING_FUNCTION = re.compile(
    r"(?:.*_)?(?:train|fit|finetune|fine_tune|update|freeze|unfreeze|shuffle|init|initialize|load_weights|optimi[sz]e)"
    r"(?:_.*)?|(?:add|set|fill|drop|clean|normali[sz]e)_\w+"
)
# Methods whose result is thrown away and that show or count all the same.
_SHOWING = re.compile(
    r"(?:show|plot|display|print|draw|hist|bar|boxplot|scatter|imshow|legend|tight_layout|savefig|close|save|to_|write"
    r"|summary|info|describe|head|tail|get|log|debug|warning|join|sleep|render|view|export|dump|subplots|xaxis|yaxis"
    r"|line|pie|heatmap|text|axis|grid|colorbar|annotate|axhline|axvline|fill_between|twinx|suptitle)\w*"
    r"|set_(?:title|xlabel|ylabel|xlim|ylim|xticks|yticks|xticklabels|yticklabels|xscale|yscale|axis_off|size_inches)"
)

# What these methods of an object train is what the object was built from: `SGD(net.parameters())`, `Trainer(net)`.
_TRAINING = frozenset({"fit", "learn", "step", "train"})


def changed_root(node: cst.CSTNode) -> cst.Name | None:
    """Return the name whose part an assignment or a `del` changes: `df` of `df["age"] = 1`."""
    target = (
        node.target if isinstance(node, cst.AssignTarget | cst.AugAssign | cst.AnnAssign | cst.Del) else None
    )
    if not isinstance(target, cst.Attribute | cst.Subscript):
        return None
    return _root(target, frozenset({"rcParams", "options"}))


def changed_argument(call: cst.Call, index: Index, file: SourceFile) -> Iterator[cst.Name]:
    """Return the names that a call changes in place, as far as the names of methods and functions tell."""
    if isinstance(call.func, cst.Attribute):
        root = _root(call.func.value, frozenset())
        if root is not None and _is_changing(call, call.func.attr.value, index):
            yield root
            if call.func.attr.value in _TRAINING:
                yield from _built_from(root, file)
    said = call.func.value if isinstance(call.func, cst.Name) else ""
    if isinstance(call.func, cst.Attribute) and isinstance(call.func.value, cst.Name):
        said = call.func.attr.value
    changed = _changed_parameters(call, file)
    if changed is None and not _CHANGING_FUNCTION.fullmatch(said):
        return
    for place, arg in enumerate(call.args):
        root = _root(arg.value, frozenset())
        name = arg.keyword.value if arg.keyword is not None else ""
        if root is not None and (changed is None or place in changed or name in changed):
            yield root


def _built_from(root: cst.Name, file: SourceFile) -> Iterator[cst.Name]:
    """Return the names that an optimizer or trainer was built from."""
    for binding in file.names.bindings(root.value, root)[1]:
        if isinstance(binding.value, cst.Call):
            for arg in binding.value.args:
                value = arg.value
                if isinstance(value, cst.Call) and isinstance(value.func, cst.Attribute):
                    value = value.func.value
                if isinstance(value, cst.Name):
                    yield value


def _root(node: cst.BaseExpression, settings: frozenset[str]) -> cst.Name | None:
    while isinstance(node, cst.Attribute | cst.Subscript):
        if isinstance(node, cst.Attribute) and node.attr.value in settings:
            return None
        node = node.value
    return node if isinstance(node, cst.Name) and node.value not in settings else None


def _is_changing(call: cst.Call, method: str, index: Index) -> bool:
    for arg in call.args:
        if arg.keyword is not None and arg.keyword.value == "inplace":
            return isinstance(arg.value, cst.Name) and arg.value.value == "True"
    if _SHOWING.fullmatch(method):
        return False
    if method in _CHANGING or _CHANGING_METHOD.fullmatch(method):
        return True
    statement = index.parent(call)
    return isinstance(statement, cst.Expr) and not _is_last(statement, index)


def _is_last(statement: cst.CSTNode, index: Index) -> bool:
    """Whether a statement is the last of its cell, whose value is shown, or ends in a semicolon that hides it."""
    line = index.parent(statement)
    module = index.module(statement)
    return bool(module.body) and module.body[-1] is line


def _changed_parameters(call: cst.Call, file: SourceFile) -> set[int | str] | None:
    """Return the parameters that the notebook's own function changes in place, by place and name; None if unknown."""
    bound = file.names.top.get(call.func.value, ()) if isinstance(call.func, cst.Name) else ()
    function = bound[-1].node if bound else None
    if not isinstance(function, cst.FunctionDef):
        return None
    params = [*function.params.params, *function.params.kwonly_params]
    names = {param.name.value: place for place, param in enumerate(params)}
    changed: set[int | str] = set()
    index = file.index
    kinds = (cst.AssignTarget, cst.AugAssign, cst.Del, cst.Call)
    for kind in kinds:
        for node in index.within(function, kind):
            for root in _roots(node, index):
                if root.value in names:
                    changed |= {root.value, names[root.value]}
    return changed


def _roots(node: cst.CSTNode, index: Index) -> Iterator[cst.Name]:
    if not isinstance(node, cst.Call):
        root = changed_root(node)
        if root is not None:
            yield root
        return
    if isinstance(node.func, cst.Attribute) and _is_changing(node, node.func.attr.value, index):
        root = _root(node.func.value, frozenset())
        if root is not None:
            yield root
    elif isinstance(node.func, cst.Name) and _CHANGING_FUNCTION.fullmatch(node.func.value):
        yield from (found for arg in node.args if (found := _root(arg.value, frozenset())) is not None)
