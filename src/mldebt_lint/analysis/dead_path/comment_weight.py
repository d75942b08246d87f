"""Says how much a statement found in a comment speaks for disabled code, against a note, a formula or a setting."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Set
from enum import IntEnum

# The vocabulary of learning: one statement alone counts only when it speaks of a model or its data.
ML_WORD = re.compile(
    r"""
    (?:model|network|optimizer|trainer|prediction|pred|logit|batch|epoch|dataset|dataloader|loader|feature|label
    |target|tokenizer|token|encoder|decoder|embedding|layer|conv|gradient|grad|weight|tensor|sample|sampler
    |augmentation|transform|scaler|classifier|regressor|estimator|score|metric|checkpoint|ckpt|prompt|kernel|image
    |img|mask|seed|hyperparameter|fold|cluster|reward|agent|env|head|detector|generator|discriminator|callback
    |column|gpu|criterion|scheduler|learner|x|y)(?:s|es)?
    | net | loss | losses | optim | train | training | valid | validation | val | test | fit | predict | encode
    | decode | embed | dropout | relu | softmax | sigmoid | attention | attn | backward | bias | augment | normalize
    | normalization | norm | accuracy | auc | hidden | lstm | gru | rnn | cnn | bert | gpt | llm | pool | pooling | clf
    | knn | xgb | lgb | svm | pca | df | cuda | device | threshold | cv | forest | boost | kmeans | policy | latent
    | noise | diffusion | data
    """,
    re.VERBOSE | re.IGNORECASE,
)
MATH = re.compile(
    r"[a-zA-Z]|log\d*|exp|sqrt|sum|mean|softmax|sigmoid|relu|tanh|sin|cos|norm|argmax|argmin|max|min|abs|var|std|sign"
    r"|dot|inv|det|conv|concat|floor|ceil"
)
# Calls by which values print themselves: `tensor([1, 2])` behind a statement is its output.
PRINTED = frozenset({"array", "tensor", "dtype"})
LITERALS = (
    ast.Constant,
    ast.Tuple,
    ast.List,
    ast.Dict,
    ast.Set,
    ast.UnaryOp,
    ast.BinOp,
    ast.operator,
    ast.unaryop,
)
NOTES = (
    ast.Name,
    ast.Constant,
    ast.Tuple,
    ast.List,
    ast.BinOp,
    ast.operator,
    ast.Starred,
    ast.UnaryOp,
    ast.unaryop,
)


class Weight(IntEnum):
    """How much a piece says that code was disabled."""

    PROSE = 0  # no code, or code that is also a phrase, a note, a formula
    SETTING = 1  # a literal given to a name: documents an option as often as not
    SUPPORT = 2  # code, but proves nothing by itself
    CODE = 3


def entry_weight(node: ast.AST, known: Set[str]) -> Weight:
    """Weigh an entry of the brackets around the comment; `known` are the names of the live code."""
    match node:
        case ast.keyword(value=value) if _is_literal(value):
            return Weight.CODE  # an argument of this very call; one alone is not telling
        case ast.keyword(value=value) | ast.Tuple(elts=[_, value]):
            return Weight.SETTING if _is_literal(value) else _familiar(value, known, Weight.CODE)
        case ast.Call():
            return _familiar(node, known, Weight.CODE)
        case ast.Constant(value=str()):
            return Weight.CODE
    return _familiar(node, known, Weight.SUPPORT)


def statement_weight(node: ast.AST, known: Set[str]) -> Weight:
    """Weigh a statement; `known` are the names of the live code."""
    match node:
        case ast.Import() | ast.ImportFrom():
            return Weight.CODE
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return Weight.PROSE if _is_sketch(node.body) else Weight.CODE
        case ast.For() | ast.While() | ast.If() | ast.With() | ast.Try():
            inner = max(statement_weight(child, known) for child in node.body)
            return _familiar(node, known, Weight.CODE if inner >= Weight.SUPPORT else Weight.PROSE)
        case ast.Assign(targets=[target, *_], value=value):
            return _assigned_weight(target, value, known)
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            return _assigned_weight(target, value, known)
        case ast.AugAssign():
            return _familiar(node, known, Weight.CODE)
        case ast.Expr(value=value):
            return _expression_weight(value, known)
        case ast.Return() | ast.Assert() | ast.Raise() | ast.Delete():
            return _familiar(node, known, Weight.SUPPORT)
        case ast.Pass() | ast.Break() | ast.Continue() | ast.Global():
            return Weight.SUPPORT
    return Weight.PROSE


def _assigned_weight(target: ast.expr, value: ast.expr, known: Set[str]) -> Weight:
    if _is_literal(value):
        if isinstance(target, ast.Name | ast.Tuple):
            return Weight.SETTING
        computed = isinstance(target, ast.Subscript) and not _is_literal(target.slice)
        return _familiar(target, known, Weight.CODE if computed else Weight.SUPPORT)
    is_note = isinstance(value, ast.Tuple | ast.List) and all(
        isinstance(n, (*NOTES, ast.expr_context)) for n in ast.walk(value)
    )
    if is_note and isinstance(target, ast.Name | ast.Attribute):
        return Weight.PROSE  # `# x = (batch, time, channels)`
    if _has_call(value):
        return _familiar(value, known, Weight.CODE) or Weight.SUPPORT
    is_formula = isinstance(target, ast.Name) and target.id not in known
    return _familiar(value, known, Weight.SUPPORT if is_formula else Weight.CODE)


def _expression_weight(value: ast.expr, known: Set[str]) -> Weight:
    match value:
        case ast.Call(func=func, args=args):
            name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
            is_printed = (name in PRINTED or name[:1].isupper()) and all(_is_literal(arg) for arg in args)
            return Weight.PROSE if is_printed else _familiar(value, known, Weight.CODE)
        case ast.Await() | ast.Yield():
            return _familiar(value, known, Weight.CODE)
        case ast.Name() | ast.Attribute() | ast.Subscript():
            return _familiar(value, known, Weight.SUPPORT)
    return Weight.PROSE


def _familiar(node: ast.AST, known: Set[str], weight: Weight) -> Weight:
    """Return the weight when the names that the code needs are mostly the file's own, else PROSE.

    A function of mathematics that the file does not have, `softmax(q @ k)`, is rather one of a formula.
    """
    names = [n.id for n in ast.walk(node) if isinstance(n, ast.Name)]
    unknown = sum(name not in known for name in names)
    if unknown * 2 > len(names):
        return Weight.PROSE
    callees = [n.func for n in ast.walk(node) if isinstance(n, ast.Call)]
    if any(isinstance(callee, ast.Constant | ast.BinOp) for callee in callees):
        return Weight.PROSE  # `grad = 2(w*x + b - y)*x`
    strange = (callee.id for callee in callees if isinstance(callee, ast.Name) and callee.id not in known)
    return min(weight, Weight.SUPPORT) if any(MATH.fullmatch(name) for name in strange) else weight


def _is_sketch(body: list[ast.stmt]) -> bool:
    """Whether a definition only shows a shape: its body is an ellipsis, `[...]` or a docstring."""
    return all(isinstance(s, ast.Expr) and _is_literal(s.value) for s in body)


def _is_literal(node: ast.AST) -> bool:
    return all(isinstance(n, (*LITERALS, ast.expr_context)) for n in ast.walk(node))


def _has_call(node: ast.AST) -> bool:
    return any(isinstance(n, ast.Call) for n in ast.walk(node))


def is_telling(node: ast.AST, is_headed: bool) -> bool:
    """Whether one statement alone is beyond doubt: a call or something computed, in the words of learning.

    Below prose (`is_headed`) a computation without a call may be that prose's formula.
    """
    match node:
        case ast.Call() | ast.Expr(value=ast.Call()):
            return _has_ml_name(node)
        case ast.Assign(value=value) | ast.AugAssign(value=value):
            return not _is_literal(value) and (_has_call(value) or not is_headed) and _has_ml_name(node)
        case ast.keyword(value=value) | ast.Tuple(elts=[_, value]):  # an entry: `("pca", PCA(20)),`
            return _has_call(value) and _has_ml_name(node)
    return False


def _has_ml_name(node: ast.AST) -> bool:
    names = [n.id for n in ast.walk(node) if isinstance(n, ast.Name)]
    names += [n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)]
    words = (word for name in names for word in re.split(r"_|\d+|(?<=[a-z])(?=[A-Z])", name))
    return any(ML_WORD.fullmatch(word) for word in words)


def bound_names(node: ast.AST) -> Iterator[str]:
    """Yield the names that a piece itself gives a meaning to."""
    for child in ast.walk(node):
        match child:
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
                yield name
            case ast.alias(name=name, asname=asname):
                yield asname or name.partition(".")[0]
