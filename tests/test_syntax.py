"""The flat index and the positions agree with libcst's own metadata."""

from __future__ import annotations

import random
from pathlib import Path

import libcst as cst
import libcst.matchers as m
import pytest
from libcst.metadata import MetadataWrapper, PositionProvider

import mldebt_lint
from mldebt_lint.analysis.positions import Positions
from mldebt_lint.analysis.syntax import Index

SOURCES = sorted(Path(mldebt_lint.__file__).parent.rglob("*.py"))
TRICKY = '''
@decorator(x)
class A(Base, metaclass=Meta):
    """Doc."""
    @property
    def f(self, a, /, b: int = 1, *args, c=2, **kwargs) -> int:
        return [x if y else z for x, *y in w if x async for q in r]
lambda a=1, *b: (yield)
x: int = {**a, 'k': v}[1:2, ::3]
print(f"{x!r:>{width}} {y}", *args, sep="", **kw)
with (open(a) as b, c): pass
match p:
    case {"a": 1, **rest} if q: pass
    case A(x=1) | [1, *_]: pass
try: pass
except* E as e: del e
else: pass
finally: pass
async def g():
    await h; assert a, b
while (n := 3) < 4 <= 5: n += 1
def é(): return "𝒳\\
"
'''

BLOCKS = """
if (é := x): "ü"; y = ("ö",
    z)
elif a: b(c)
elif [d,
      e]:
    f = (1,
  2)  # odd indentation
    class K(L, m=n):
        if o: pass
        elif p:
            q(lambda: r); s = 1;
        else:
            t: u = v
        @w
        # between
        @x(y)
        async def aa(self, *, b=c(d)): return (
            e)
else:
\tfor f in (g, h): i(j)
\telse: k
while l \\
  < m:
    try: n
    except (o, p) as q:
        with r as s, t(u): del v
    finally:
        "a" "b"
"""


TWINS = """
def f(x=1):
    y = x
    if x:
        y = x
    elif y:
        y = x; z = 1
    return y


class A:
    y = x

    async def f(self, x=2):
        async for y in x:
            break  # at the end
        for y in x: break
        for y in x:
            y = x
            break

    @decorated(
        1)
    def g(self, x=(4)):
        match x:
            case 1:
                if x:
                    y = x
            case _:
                y = x
        y = x
"""
QUOTED = TWINS + "'''\n    def f(self, x=2): pass\n'''\n"


@pytest.mark.parametrize(
    "text", [TRICKY, BLOCKS, TWINS, QUOTED, *(path.read_text("utf-8") for path in SOURCES)]
)
def test_positions_agree_with_the_position_provider(text: str) -> None:
    wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
    known = wrapper.resolve(PositionProvider)
    index = Index([wrapper.module])
    positions = Positions(wrapper.module, text, index)
    wrong = []
    for node in random.Random(0).sample(index.nodes, len(index.nodes)):
        if node in positions and not isinstance(node, cst.Module):
            start, end, span = known[node].start, known[node].end, positions.span(node)
            if (start.line, start.column + 1, end.line, end.column + 1) != (
                span.line,
                span.column,
                span.end_line,
                span.end_column,
            ):
                wrong.append((type(node).__name__, span))
    assert wrong == []


@pytest.mark.parametrize("text", [TRICKY, *(path.read_text("utf-8") for path in SOURCES)])
def test_the_index_holds_every_expression_and_statement_once(text: str) -> None:
    module = cst.parse_module(text)
    index = Index([module])
    found = m.findall(module, m.MatchIfTrue(lambda node: isinstance(node, cst.BaseExpression)))
    ours = [node for node in index.nodes if isinstance(node, cst.BaseExpression)]
    assert len(ours) == len(set(ours))
    assert {type(n).__name__ for n in set(found) - set(ours)} == set()


@pytest.mark.parametrize("text", [TRICKY, *(path.read_text("utf-8") for path in SOURCES)])
def test_nodes_of_one_kind_come_in_source_order(text: str) -> None:
    module = cst.parse_module(text)
    index = Index([module])
    positions = Positions(module, text, index)
    for kind in (cst.Name, cst.Call, cst.Attribute, cst.Arg, cst.SimpleString, cst.Assign):
        starts = [positions.offsets(node)[0] for node in index.of(kind) if node in positions]
        assert starts == sorted(starts), kind


def test_crlf_and_tabs_do_not_shift_positions() -> None:
    text = "def f():\r\n\tif x:\r\n\t\ty = g(1)\r\n"
    module = cst.parse_module(text)
    index = Index([module])
    span = Positions(module, text, index).span(index.of(cst.Call)[0])
    assert (span.line, span.column, span.end_column) == (3, 7, 11)


def test_a_file_with_lone_carriage_returns_is_still_placed() -> None:
    text = "x = 1\rif x:\r  y = g(1)\r"
    module = cst.parse_module(text)
    index = Index([module])
    start, end = Positions(module, text, index).offsets(index.of(cst.Call)[0])
    assert text[start:end] == "g(1)"


def test_a_function_is_not_around_its_own_decorator_or_default() -> None:
    module = cst.parse_module("@d()\ndef f(a=g()):\n    h()\n")
    index = Index([module])
    inside = {
        c.func.value: index.function(c) is not None
        for c in index.of(cst.Call)
        if isinstance(c.func, cst.Name)
    }
    assert inside == {"d": False, "g": False, "h": True}


@pytest.mark.parametrize("text", [TRICKY, SOURCES[0].read_text("utf-8")])
def test_within_yields_what_lies_below_a_node(text: str) -> None:
    index = Index([cst.parse_module(text)])
    for outer in (*index.of(cst.FunctionDef), *index.of(cst.ClassDef), *index.of(cst.Call)):
        below = [node for node in index.of(cst.Name) if any(a is outer for a in index.ancestors(node))]
        assert list(index.within(outer, cst.Name)) == below
