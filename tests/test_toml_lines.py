"""On which line a key of a TOML text stands."""

from __future__ import annotations

from mldebt_lint.config.locate import key_lines

TOML = '''# [not.a.table]
title = """
[nor.this]
key = 1
"""
"quoted key" = 'it"s # no comment'  # a comment
a.b . c = [ # one
  "x, ]", [1,
  2.5],  # = }
]

[tool."dotted.name"]
inline = { p = 1, "q" = [ "r" ], s.t = true }
date = 1979-05-27 07:32:00
[tool."dotted.name".deep]
tail = \'\'\'a\'\'\'
[[many]]
x = 1
[[many]]
x = 2
'''


def test_the_line_of_every_key_and_item_is_found() -> None:
    assert key_lines(TOML) == {
        ("title",): 2,
        ("quoted key",): 6,
        ("a",): 7,
        ("a", "b"): 7,
        ("a", "b", "c"): 7,
        ("a", "b", "c", 0): 8,
        ("a", "b", "c", 1): 8,
        ("a", "b", "c", 1, 0): 8,
        ("a", "b", "c", 1, 1): 9,
        ("tool",): 12,
        ("tool", "dotted.name"): 12,
        ("tool", "dotted.name", "inline"): 13,
        ("tool", "dotted.name", "inline", "p"): 13,
        ("tool", "dotted.name", "inline", "q"): 13,
        ("tool", "dotted.name", "inline", "q", 0): 13,
        ("tool", "dotted.name", "inline", "s"): 13,
        ("tool", "dotted.name", "inline", "s", "t"): 13,
        ("tool", "dotted.name", "date"): 14,
        ("tool", "dotted.name", "deep"): 15,
        ("tool", "dotted.name", "deep", "tail"): 16,
        ("many",): 17,
        ("many", "x"): 18,
    }


def test_quotes_at_the_ends_of_long_strings_do_not_confuse_the_lines() -> None:
    text = 'a = """"said"""" \nb = """"""\nc = """\\""""\nd = """\n"""\ne = []\n'
    assert key_lines(text) == {("a",): 1, ("b",): 2, ("c",): 3, ("d",): 4, ("e",): 6}
