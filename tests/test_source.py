"""How Python files are read: encodings, line ends, form feeds, and what cannot be read."""

from __future__ import annotations

import codecs
import os
from pathlib import Path

import libcst.native
import pytest

from mldebt_lint.model import Problem
from mldebt_lint.reading.document import Cell, Document
from mldebt_lint.reading.limits import too_deep
from mldebt_lint.reading.source import ReadOptions, document_from_bytes, parse_failure_kind, read_document
from mldebt_lint.reading.text import mask, split_lines


def read(raw: bytes, options: ReadOptions | None = None) -> Document:
    return document_from_bytes(raw, "pkg/a.py", options or ReadOptions())


def text_of(raw: bytes) -> str:
    document = read(raw)
    assert document.problems == ()
    (cell,) = document.cells
    return cell.original


def problem_of(raw: bytes) -> tuple[str, int | None]:
    document = read(raw)
    assert document.cells == ()
    (problem,) = document.problems
    assert problem.path == "pkg/a.py"
    return problem.message, problem.line


def test_a_file_is_a_document_of_one_cell(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    assert read_document(tmp_path / "a.py", "pkg/a.py", ReadOptions()) == Document(
        "pkg/a.py", (Cell("x = 1\n", "x = 1\n"),)
    )


@pytest.mark.parametrize("raw", [b"", b"   ", b"\n\n", b"# only this"])
def test_a_file_with_nothing_in_it_is_read(raw: bytes) -> None:
    assert text_of(raw) == raw.decode()


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("x = 'é𝒳'\n".encode(), "x = 'é𝒳'\n"),
        (codecs.BOM_UTF8 + b"x = 1\n", "x = 1\n"),
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", "# -*- coding: latin-1 -*-\nx = 'é'\n"),
        (
            b"#!python\n# vim: set fileencoding=koi8-r :\n'\xc1'",
            "#!python\n# vim: set fileencoding=koi8-r :\n'а'",
        ),
        (b"# coding: cp1252\r\n'\x80'", "# coding: cp1252\r\n'€'"),
    ],
)
def test_a_file_is_decoded_as_python_decodes_it(raw: bytes, text: str) -> None:
    assert text_of(raw) == text


def test_line_ends_stay_as_they_are() -> None:
    raw = b"a = 1\r\nb = 2\rc = 3\n"
    assert text_of(raw) == "a = 1\r\nb = 2\rc = 3\n"


def test_with_lone_carriage_returns_only_the_first_two_lines_can_declare_an_encoding() -> None:
    assert (
        text_of("# é\rx = 1\ry = f(encoding='latin-1')\r".encode())
        == "# é\rx = 1\ry = f(encoding='latin-1')\r"
    )


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"x = 1\n#\n\ny = '\xff'\n", ("cannot be decoded as utf-8: invalid start byte", 4)),
        (b"x = '\xff'\n", ("cannot be decoded as utf-8: invalid start byte", 1)),
        (b"# coding: ascii\r\rx = '\xff'\n", ("cannot be decoded as ascii: ordinal not in range(128)", 3)),
        (b"# coding: klingon\nx = 1\n", ("cannot be decoded: unknown encoding: klingon", 1)),
        (codecs.BOM_UTF8 + b"# coding: latin-1\n", ("cannot be decoded: encoding problem: utf-8", 1)),
        ("x = 1\n".encode("utf-16"), ("encoded as UTF-16, which Python does not read", 1)),
        ("x = 1\n".encode("utf-16-le"), ("contains null bytes", 1)),
        (b"x = 1\r\ny = '\0'\r\n", ("contains null bytes", 2)),
        (b"x = [\n" + b"(" * 201, ("not analysed: brackets are nested deeper than 200", None)),
    ],
)
def test_what_cannot_be_read_is_a_problem_with_its_line(raw: bytes, problem: tuple[str, int | None]) -> None:
    assert problem_of(raw) == problem


def test_a_codec_that_is_no_text_encoding_is_a_problem() -> None:
    message, line = problem_of(b"# coding: hex\nx = 1\n")
    assert message.startswith("cannot be decoded: 'hex' is not a text encoding")
    assert line == 1


def test_a_vanished_file_is_a_problem(tmp_path: Path) -> None:
    document = read_document(tmp_path / "gone.py", "gone.py", ReadOptions())
    assert document == Document(
        "gone.py", problems=(Problem("cannot be read: No such file or directory", path="gone.py"),)
    )


def test_an_unreadable_file_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.py").write_text("")

    def denied(path: Path) -> bytes:
        raise PermissionError(13, os.strerror(13), str(path))

    monkeypatch.setattr(Path, "read_bytes", denied)
    document = read_document(tmp_path / "a.py", "a.py", ReadOptions())
    assert [problem.message for problem in document.problems] == ["cannot be read: Permission denied"]


def test_a_file_over_the_limit_is_not_even_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.py").write_text("x = 1\n" * 100)
    monkeypatch.delattr(Path, "read_bytes")
    document = read_document(tmp_path / "a.py", "a.py", ReadOptions(max_bytes=500))
    assert [problem.message for problem in document.problems] == ["larger than 0.0005 MB"]


def test_generated_python_is_skipped_for_its_size() -> None:
    document = read(b"x = 1\n" * 100, ReadOptions(max_python_bytes=500))
    assert document == Document("pkg/a.py", skipped="larger than 0.0005 MB")


@pytest.mark.parametrize("name", ["a.py", "a.ipynb"])
def test_a_pointer_into_large_file_storage_is_skipped(name: str) -> None:
    raw = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n"
    document = document_from_bytes(raw, name, ReadOptions())
    assert (document.skipped, document.cells, document.problems) == ("a Git LFS pointer", (), ())


@pytest.mark.parametrize(
    "raw",
    [
        b"\fx = 1\ny = 2\n",
        b"\f\f'''doc\nstring'''\nx = 1\n",
        b"x = 1\n\fdef f():\n    return 1\n",
        b"def f():\n    x = 1\n\f    return x\n",
        b"x = 1 + \\\n\f 2\ny = 3\n",
        b"x = 1\r\n\f\f@f\r\nclass A: pass\r\n",
        b"x = '''\n\fpage\n'''\ny = 1\n",
        b"class A:\n    x = 1\n\f\n    y = 2\n\n\f\n\f# c\n\fz = 1\n",
    ],
)
def test_form_feeds_do_not_shift_what_the_parser_sees(raw: bytes) -> None:
    (cell,) = read(raw).cells
    assert len(cell.text) == len(cell.original)
    assert libcst.native.parse_module(cell.text).code == cell.text
    assert cell.text.replace("\f", "") == cell.original.replace("\f", "")


def test_a_surrogate_that_a_codec_lets_through_is_replaced() -> None:
    assert text_of(b"# coding: unicode_escape\nx = '\\ud800'\n") == "# coding: unicode_escape\nx = '\ufffd'\n"


def test_lines_end_where_python_ends_them() -> None:
    assert split_lines("a\r\nb\rc\nd\fe\u2028f\x85g") == ["a", "b", "c", "d\fe\u2028f\x85g"]


def test_masking_keeps_code_quotes_and_length() -> None:
    text = "x = 'a\\'b' # c\ny = \"\"\"d\n'e\"\"\" + f'{z}' + 'open\nw = 1"
    assert mask(text) == 'x = \'    \'    \ny = """ \n  """ + f\'   \' + \'    \nw = 1'


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("(" * 200 + ")" * 200, ""),
        ("(" * 201 + ")" * 201, "brackets are nested deeper than 200"),
        ("([{" * 70 + "}])" * 70, "brackets are nested deeper than 200"),
        ("[" * 3000, "brackets are nested deeper than 200"),
        ("x = [" + "(1, 2), " * 5000 + "]", ""),
        ("x = '" + "(" * 5000 + "'", ""),
        ("x = 1" + " + 1" * 899, ""),
        ("x = 1" + " + 1" * 3000, "an expression has more than 2500 operators"),
        ("x = (1" + "\n + 1" * 3000 + ")", "an expression has more than 2500 operators"),
        ("x = 1\n" + "# " + "-" * 5000 + "\n", ""),
        ("x = [" + "-1.5, " * 5000 + "]", ""),
    ],
)
def test_what_would_overflow_the_parser_is_told_from_what_is_only_long(text: str, reason: str) -> None:
    assert too_deep(text) == reason


@pytest.mark.parametrize(
    "text",
    [
        "import os\nprint 'loss', loss\n",
        "if x: print x\n",
        "print\nprint >>log, x\n",
        "try:\n    f()\nexcept ValueError, e:\n    pass\n",
        "try:\n    f()\nexcept (ValueError, KeyError), e:\n    pass\n",
        "exec 'x = 1' in scope\n",
        "raise ValueError, 'bad'\n",
        "name = `x`\n",
        "x = ur'a'\n",
        "if a <> b: pass\n",
        "os.chmod(path, 0755)\n",
        "n = 10L\n",
        "f = lambda (a, b): a\n",
    ],
)
def test_python_2_is_recognised(text: str) -> None:
    assert parse_failure_kind(text, "a.py") == "Python 2"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("from {{ cookiecutter.package }} import x\n", "a.py"),
        ("{% if x %}\nimport a\n{% endif %}\n", "a.py"),
        ("x = {{ name|upper }}\n", "a.py"),
        ("import ${package}\n", "a.py"),
        ("from ( import\n", "{{ cookiecutter.name }}/a.py"),
    ],
)
def test_a_template_is_recognised(text: str, path: str) -> None:
    assert parse_failure_kind(text, path) == "a template"


@pytest.mark.parametrize(
    "text",
    [
        "x = (1\n",
        "def f(:\n    pass\n",
        "print(x\n",
        "print (x)\ny = = 1\n",
        "print -x\ny = = 1\n",
        "print\ny = = 1\n",
        "x = 'print y'\nz = = 1\n",
        "# except A, e:\nz = = 1\n",
        "z = = '{{ name }}'\n",
        "df.Engine HP\n",
        "when = 2019-01-05 12:00\n",
        "except (A, B):\n",
        "call `x` then stop\n",
    ],
)
def test_a_mere_mistake_is_neither(text: str) -> None:
    assert parse_failure_kind(text, "a.py") == ""
