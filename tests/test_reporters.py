"""What a report looks like to a person at a terminal, to a pipe, and to a program."""

from __future__ import annotations

import json
from dataclasses import replace
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from mldebt_lint import __version__
from mldebt_lint.errors import UserError
from mldebt_lint.model import (
    Applicability,
    Confidence,
    Debt,
    Edit,
    Finding,
    Fix,
    Location,
    Note,
    Problem,
    Profile,
    Report,
    Severity,
    Span,
)
from mldebt_lint.reporters import REPORTERS, Style, reporter
from mldebt_lint.reporters.base import display_path
from mldebt_lint.reporters.json_ import schema
from mldebt_lint.reporters.line import cut
from mldebt_lint.reporters.terminal import cells

PLAIN = Style(color=False, width=80, hyperlinks=False, base="")
TRAIN = [
    "import numpy as np",
    "",
    "scaler = StandardScaler()",
    "X = scaler.fit_transform(X)",
    "a, b = train_test_split(",
    "    X,",
    "    y,",
    ")",
    "w = np.random.rand(10)",
]


def at(line: int, column: int, end_column: int, label: str = "", *, end_line: int = 0) -> Location:
    """A place in a file; one line high unless `end_line` says otherwise."""
    return Location("train.py", Span(line, column, end_line or line, end_column), label=label)


def elsewhere(path: str, label: str = "") -> Location:
    """The first character of a file of which there is no text."""
    return Location(path, Span(1, 1, 1, 2), label=label)


def in_cell(cell: int, line: int, column: int, end_column: int, label: str = "") -> Location:
    """A place in a notebook's cell, with the place in its JSON text."""
    span = Span(line, column, line, end_column)
    return Location("nb.ipynb", span, cell, label=label, physical=Span(40, 9, 40, 20))


def finding(where: Location, *related: Location, severity: Severity = Severity.WARNING) -> Finding:
    """A finding of MLD821 there."""
    return Finding(
        code="MLD821",
        name="unseeded-randomness",
        debt=Debt.RANDOMNESS,
        severity=severity,
        confidence=Confidence.HIGH,
        profile=Profile.DEFAULT,
        message="`np.random.rand` draws with no seed set",
        where=where,
        related=related,
        fingerprint="5f0c",
    )


def report_of(*findings: Finding, lines: list[str] | None = None) -> Report:
    """A report of one file whose text is `lines`."""
    sources: dict[tuple[str, int | None], list[str]] = {("train.py", None): TRAIN if lines is None else lines}
    return Report(findings=list(findings), files=1, sources=sources)


def written(name: str, report: Report, style: Style = PLAIN) -> str:
    """The report in that format."""
    return reporter(name, style).render(report)


def blocks(report: Report, style: Style = PLAIN) -> str:
    """The findings in the full format, with a newline before them, as an indented expectation has it."""
    return "\n" + written("full", report, replace(style, quiet=True))


RULE = "= rule: unseeded-randomness – mldebt-lint rule MLD821"


class TestChoice:
    def test_a_reporter_is_chosen_by_its_name(self) -> None:
        assert sorted(REPORTERS) == ["concise", "full", "json"]

    def test_an_unknown_name_is_a_user_error_with_a_suggestion(self) -> None:
        with pytest.raises(UserError) as error:
            reporter("concize", PLAIN)
        assert str(error.value) == "unknown output format 'concize' (did you mean 'concise'?)"

    def test_a_name_like_none_of_them_lists_them(self) -> None:
        with pytest.raises(UserError) as error:
            reporter("xml", PLAIN)
        assert str(error.value) == "unknown output format 'xml' (known: concise, full, json)"


class TestPaths:
    @pytest.mark.parametrize(
        ("base", "path", "seen"),
        [
            ("", "src/a.py", "src/a.py"),
            ("../proj/", "src/a.py", "../proj/src/a.py"),
            ("../", "src/../a.py", "../a.py"),
            ("..", "a.py", "../a.py"),
            ("../proj", "/data/a.py", "/data/a.py"),
            ("../proj", "", ""),
        ],
    )
    def test_a_path_is_seen_from_the_current_directory(self, base: str, path: str, seen: str) -> None:
        assert display_path(base, path) == seen


class TestConcise:
    def test_a_warning_is_one_line_and_then_comes_the_sum(self) -> None:
        report = report_of(finding(at(9, 5, 23), at(1, 1, 19, "imported here")))
        assert written("concise", report) == (
            "train.py:9:5: MLD821 [unseeded-randomness] `np.random.rand` draws with no seed set\n"
            "Found 1 finding (1 warning) in 1 file.\n"
        )

    @pytest.mark.parametrize(("severity", "word"), [(Severity.ERROR, "error"), (Severity.INFO, "info")])
    def test_other_severities_say_their_name_after_the_code(self, severity: Severity, word: str) -> None:
        line = written("concise", report_of(finding(at(9, 5, 23), severity=severity))).splitlines()[0]
        assert line == (
            f"train.py:9:5: MLD821 [unseeded-randomness] {word}: `np.random.rand` draws with no seed set"
        )

    def test_a_notebook_is_addressed_by_cell(self) -> None:
        line = written("concise", report_of(finding(in_cell(3, 1, 8, 9)))).splitlines()[0]
        assert line.startswith("nb.ipynb:cell 3:1:8: MLD821 ")

    def test_colour_marks_place_and_code(self) -> None:
        line = written("concise", report_of(finding(at(9, 5, 23))), replace(PLAIN, color=True)).splitlines()[
            0
        ]
        assert line == (
            "\x1b[1mtrain.py:9:5\x1b[0m: \x1b[1;33mMLD821\x1b[0m [unseeded-randomness] "
            "`np.random.rand` draws with no seed set"
        )

    def test_a_path_that_holds_terminal_commands_is_shown_escaped(self) -> None:
        line = written("concise", report_of(finding(elsewhere("\x1b]0;evil\x07\n.py")))).splitlines()[0]
        assert line.startswith(r"\x1b]0;evil\x07\n.py:1:1: ")


class TestFooter:
    def test_nothing_found_is_all_clear(self) -> None:
        assert written("concise", Report(files=12)) == "All clear: no findings in 12 files.\n"

    def test_severities_are_counted_from_the_worst(self) -> None:
        one = finding(at(9, 5, 23))
        report = report_of(
            one, replace(one, severity=Severity.INFO), replace(one, severity=Severity.ERROR), one
        )
        assert written("full", report).splitlines()[-1] == (
            "Found 4 findings (1 error, 2 warnings, 1 info) in 1 file."
        )

    def test_what_wider_profiles_would_show_is_said(self) -> None:
        report = Report(files=12, hidden={Profile.AUDIT: 7, Profile.STRICT: 4})
        assert written("concise", report) == (
            "All clear: no findings in 12 files.\n"
            "(4 more with --profile strict, 7 more with --profile audit)\n"
        )

    def test_a_profile_that_hides_nothing_is_not_named(self) -> None:
        report = Report(files=1, hidden={Profile.STRICT: 0, Profile.AUDIT: 7})
        assert written("concise", report).splitlines()[-1] == "(7 more with --profile audit)"

    def test_suppressed_findings_are_counted(self) -> None:
        one = finding(at(9, 5, 23))
        report = Report(files=2, suppressed=[one, one])
        assert written("concise", report) == "All clear: no findings in 2 files, 2 suppressed.\n"

    def test_problems_and_notes_stand_above_the_sum_and_nothing_is_all_clear(self) -> None:
        report = Report(
            files=3,
            problems=[
                Problem("Permission denied", "data.py"),
                Problem("KeyError: 'x'\nat line 3", "a.py", "MLD603", 7),
                Problem("no place"),
            ],
            notes=[Note("skipped: its kernel is R", "r.ipynb"), Note("no cache")],
        )
        assert written("concise", report, replace(PLAIN, base="../p/")) == (
            "problem: ../p/data.py: Permission denied\n"
            "problem: ../p/a.py:7: rule MLD603: KeyError: 'x'\\nat line 3\n"
            "problem: no place\n"
            "note: ../p/r.ipynb: skipped: its kernel is R\n"
            "note: no cache\n"
            "No findings in 3 files, 3 problems.\n"
        )

    def test_no_files_are_not_all_clear(self) -> None:
        assert written("full", Report()) == "No files to check.\n"

    def test_quiet_keeps_findings_and_problems_only(self) -> None:
        report = Report(files=1, problems=[Problem("Permission denied", "a.py")], notes=[Note("no cache")])
        quiet = replace(PLAIN, quiet=True)
        assert written("concise", report, quiet) == "problem: a.py: Permission denied\n"
        assert written("full", Report(files=1), quiet) == ""


class TestFull:
    def test_a_finding_is_a_block_with_its_source_marked(self) -> None:
        one = replace(finding(at(9, 5, 23, "drawn here")), fix=Fix("set a seed first", ()))
        assert blocks(report_of(one)) == dedent(f"""
            warning[MLD821]: `np.random.rand` draws with no seed set
             --> train.py:9:5
              |
            9 | w = np.random.rand(10)
              |     ^^^^^^^^^^^^^^^^^^ drawn here
              |
              = help: set a seed first
              {RULE}
            """)

    def test_blocks_and_footer_are_parted_by_one_blank_line(self) -> None:
        one = finding(elsewhere("gone.py"))
        assert written("full", report_of(one, one)) == (
            "warning[MLD821]: `np.random.rand` draws with no seed set\n"
            " --> gone.py:1:1\n"
            f"  {RULE}\n"
            "\n"
            "warning[MLD821]: `np.random.rand` draws with no seed set\n"
            " --> gone.py:1:1\n"
            f"  {RULE}\n"
            "\n"
            "Found 2 findings (2 warnings) in 1 file.\n"
        )

    def test_a_near_place_shares_the_excerpt_and_a_long_gap_is_left_out(self) -> None:
        assert blocks(
            report_of(finding(at(9, 5, 23, "drawn here"), at(1, 1, 19, "imported here")))
        ) == dedent(f"""
            warning[MLD821]: `np.random.rand` draws with no seed set
             --> train.py:9:5
              |
            1 | import numpy as np
              | ------------------ imported here
            ...
            9 | w = np.random.rand(10)
              |     ^^^^^^^^^^^^^^^^^^ drawn here
              |
              {RULE}
            """)

    def test_a_gap_of_one_line_is_shown(self) -> None:
        assert blocks(report_of(finding(at(3, 1, 7), at(1, 1, 7)))) == dedent(f"""
            warning[MLD821]: `np.random.rand` draws with no seed set
             --> train.py:3:1
              |
            1 | import numpy as np
              | ------
            2 |
            3 | scaler = StandardScaler()
              | ^^^^^^
              |
              {RULE}
            """)

    def test_a_multi_line_place_is_bracketed(self) -> None:
        one = finding(at(4, 5, 28, "fitted on all rows"), at(5, 8, 2, "split here", end_line=8))
        assert blocks(report_of(one)) == dedent(f"""
            warning[MLD821]: `np.random.rand` draws with no seed set
             --> train.py:4:5
              |
            4 |   X = scaler.fit_transform(X)
              |       ^^^^^^^^^^^^^^^^^^^^^^^ fitted on all rows
            5 |   a, b = train_test_split(
              |  ________-
            6 | |     X,
            7 | |     y,
            8 | | )
              | |_- split here
              |
              {RULE}
            """)

    def test_a_place_of_many_lines_shows_its_ends(self) -> None:
        lines = ["def train():", *(f"    step_{number}()" for number in range(20)), "    return 1"]
        assert blocks(report_of(finding(at(1, 1, 13, "all in one", end_line=22)), lines=lines)) == dedent(f"""
            warning[MLD821]: `np.random.rand` draws with no seed set
              --> train.py:1:1
               |
             1 | / def train():
             2 | |     step_0()
             3 | |     step_1()
            ...  |
            21 | |     step_19()
            22 | |     return 1
               | |____________^ all in one
               |
               {RULE}
            """)

    def test_labels_of_one_line_hang_below_it(self) -> None:
        places = at(1, 14, 15, "the data"), at(1, 18, 20, "the labels")
        one = finding(at(1, 1, 7, "the model"), *places)
        assert blocks(report_of(one, lines=["model.fit(X, x = yy)"])).splitlines()[3:9] == [
            "  |",
            "1 | model.fit(X, x = yy)",
            "  | ^^^^^^       -   -- the labels",
            "  | |            |",
            "  | |            the data",
            "  | the model",
        ]

    def test_a_place_inside_the_flagged_one_stays_visible(self) -> None:
        one = finding(at(9, 5, 23, "drawn here"), at(9, 20, 22, "ten values"))
        assert blocks(report_of(one)).splitlines()[4:8] == [
            "9 | w = np.random.rand(10)",
            "  |     ^^^^^^^^^^^^^^^--^ drawn here",
            "  |                    |",
            "  |                    ten values",
        ]

    def test_places_elsewhere_have_their_own_excerpts(self) -> None:
        report = report_of(
            finding(at(9, 5, 23), in_cell(2, 1, 5, 9, "and here"), elsewhere("gone.py", "used"))
        )
        report.sources[("nb.ipynb", 2)] = ["x = rand()"]
        assert blocks(report, replace(PLAIN, base="../p")) == dedent(f"""
            warning[MLD821]: `np.random.rand` draws with no seed set
             --> ../p/train.py:9:5
              |
            9 | w = np.random.rand(10)
              |     ^^^^^^^^^^^^^^^^^^
              |
             ::: ../p/nb.ipynb:cell 2:1:5
              |
            1 | x = rand()
              |     ---- and here
              |
             ::: ../p/gone.py:1:1: used
              {RULE}
            """)

    def test_a_far_place_of_the_same_file_has_its_own_excerpt(self) -> None:
        lines = ["import numpy", *[""] * 40, "draw()"]
        shown = blocks(report_of(finding(at(42, 1, 7), at(1, 1, 7, "imported")), lines=lines))
        assert shown.splitlines()[6:10] == ["   |", "  ::: train.py:1:1", "   |", " 1 | import numpy"]

    def test_only_the_first_places_are_drawn_and_the_others_counted(self) -> None:
        places = [elsewhere(f"m{number}.py") for number in range(9)]
        shown = blocks(report_of(finding(at(9, 5, 23), *places))).splitlines()
        assert [line for line in shown if ":::" in line] == [f" ::: m{number}.py:1:1" for number in range(7)]
        assert shown[-2] == "  = note: 2 more places; --output-format json has them all"

    def test_a_place_named_twice_is_shown_once(self) -> None:
        shown = blocks(report_of(finding(at(9, 5, 23, "drawn here"), at(9, 5, 23))))
        assert shown.count("drawn here") == 1
        assert shown.count("\n") == 8

    @pytest.mark.parametrize(
        ("where", "marked"),
        [
            (at(9, 5, 99), ["9 | w = np.random.rand(10)", "  |     ^^^^^^^^^^^^^^^^^^"]),
            (at(9, 50, 60), ["9 | w = np.random.rand(10)", "  |                       ^"]),
            (at(9, 1, 1), ["9 | w = np.random.rand(10)", "  | ^"]),
            (at(9, 1, 1, end_line=10), ["9 | w = np.random.rand(10)", "  | ^^^^^^^^^^^^^^^^^^^^^^"]),
            (at(9, 1, 5, end_line=44), ["9 | w = np.random.rand(10)", "  | ^^^^^^^^^^^^^^^^^^^^^^"]),
        ],
        ids=["end-outside", "start-outside", "empty", "ends-before-a-line", "ends-below-the-file"],
    )
    def test_a_place_that_does_not_fit_the_source_is_marked_as_far_as_it_does(
        self, where: Location, marked: list[str]
    ) -> None:
        assert blocks(report_of(finding(where))).splitlines()[4:6] == marked

    @pytest.mark.parametrize("lines", [[], ["one"]])
    def test_a_place_below_the_source_has_no_excerpt(self, lines: list[str]) -> None:
        assert blocks(report_of(finding(at(2, 1, 3)), lines=lines)) == dedent(f"""
            warning[MLD821]: `np.random.rand` draws with no seed set
             --> train.py:2:1
              {RULE}
            """)

    @pytest.mark.parametrize(
        ("source", "column", "printed", "carets"),
        [
            ("\tx = rand()", 6, "    x = rand()", "        ^^^^"),
            ("s = '日本'; rand()", 11, "s = '日本'; rand()", "            ^^^^"),
            ("e = 'e\u0301'; rand()", 11, "e = 'e\u0301'; rand()", "         ^^^^"),
            ("s = '\x1b[2J'; rand()", 13, "s = '\\x1b[2J'; rand()", "               ^^^^"),
            ("s = '\u202e'; rand()", 10, "s = '\\u202e'; rand()", "              ^^^^"),
            ("s = '\udcff'; rand()", 10, "s = '\\udcff'; rand()", "              ^^^^"),
            ("rand()\r\n", 1, "rand()", "^^^^"),
        ],
        ids=["tab", "wide", "combining", "escape", "bidirectional", "surrogate", "line-end"],
    )
    def test_carets_stand_under_what_is_printed(
        self, source: str, column: int, printed: str, carets: str
    ) -> None:
        shown = blocks(report_of(finding(at(1, column, column + 4)), lines=[source])).splitlines()
        assert shown[4:6] == [f"1 | {printed}", f"  | {carets}"]

    def test_a_long_line_is_cut_around_the_place(self) -> None:
        lines = ["x = [" + "1, " * 3000 + "]; rand(); " + "y = 2; " * 3000]
        column = lines[0].index("rand") + 1
        shown = blocks(report_of(finding(at(1, column, column + 6, "here")), lines=lines)).splitlines()
        assert shown[4:6] == [
            "1 | … 1, 1, 1, 1, 1, ]; rand(); y = 2; y = 2; y = 2; y = 2; y = 2; y = 2; y = 2…",
            "  |                     ^^^^^^ here",
        ]
        assert len(shown[4]) == 80

    def test_a_place_near_the_start_of_a_long_line_keeps_the_start(self) -> None:
        lines = ["x = rand(" + "1, " * 3000 + ")"]
        shown = blocks(report_of(finding(at(1, 5, 9)), lines=lines), replace(PLAIN, width=40)).splitlines()
        assert shown[4:6] == ["1 | x = rand(1, 1, 1, 1, 1, 1, 1, 1, 1,…", "  |     ^^^^"]

    def test_colour_is_only_there_when_asked_for(self) -> None:
        report = report_of(finding(at(9, 5, 23, "drawn here")))
        assert "\x1b" not in written("full", report)
        assert blocks(report, replace(PLAIN, color=True)).splitlines()[1:6] == [
            "\x1b[1;33mwarning[MLD821]\x1b[0m\x1b[1m: `np.random.rand` draws with no seed set\x1b[0m",
            " \x1b[1;94m-->\x1b[0m train.py:9:5",
            "\x1b[1;94m  |\x1b[0m",
            "\x1b[1;94m9 |\x1b[0m w = np.random.rand(10)",
            "\x1b[1;94m  |\x1b[0m     \x1b[1;33m^^^^^^^^^^^^^^^^^^\x1b[0m \x1b[1;33mdrawn here\x1b[0m",
        ]

    def test_the_rule_is_a_hyperlink_where_the_terminal_knows_them(self) -> None:
        style = replace(PLAIN, hyperlinks=True, rule_url="https://example.org/{name}.html")
        assert blocks(report_of(finding(at(1, 1, 2))), style).splitlines()[-1] == (
            "  = rule: \x1b]8;;https://example.org/unseeded-randomness.html\x1b\\unseeded-randomness\x1b]8;;\x1b\\"
            " – mldebt-lint rule MLD821"
        )

    @given(
        source=st.text("ab \t\x1b日e\u0301\ud800"),
        start=st.integers(1, 200),
        length=st.integers(1, 200),
        room=st.integers(30, 90),
    )
    def test_a_cut_line_fits_and_keeps_the_start_of_the_place(
        self, source: str, start: int, length: int, room: int
    ) -> None:
        long = source * 9
        line = cut(long, (start, start + length), room)
        assert cells(line.text) <= room
        assert line.first < min(start, len(long) or 1) <= line.first + len(line.offsets)

    @given(source=st.text(), spans=st.lists(st.tuples(*[st.integers(1, 30)] * 4), min_size=1, max_size=4))
    def test_any_source_and_any_places_give_lines_without_control_characters(
        self, source: str, spans: list[tuple[int, int, int, int]]
    ) -> None:
        places = [Location("train.py", Span(*span), label=source) for span in spans]
        text = written("full", report_of(finding(places[0], *places[1:]), lines=source.split("\n")))
        text.encode("utf-8")
        assert all(char == "\n" or not 0 <= ord(char) < 32 for char in text)


class TestJson:
    def test_an_empty_report_is_a_whole_object(self) -> None:
        assert json.loads(written("json", Report(files=2))) == {
            "schema_version": 1,
            "tool": {"name": "mldebt-lint", "version": __version__},
            "summary": {
                "files": 2,
                "findings": 0,
                "by_severity": {"error": 0, "warning": 0, "info": 0},
                "by_code": {},
                "suppressed": 0,
                "hidden": {"strict": 0, "audit": 0},
            },
            "findings": [],
            "errors": [],
            "notes": [],
        }

    def test_a_finding_in_a_notebook_has_its_cell_and_its_place_in_the_file(self) -> None:
        one = replace(
            finding(in_cell(3, 1, 8, 9), at(1, 1, 19, "imported here")),
            fix=Fix("seed it", (Edit(in_cell(1, 1, 1, 1), "seed(0)\n"),), Applicability.SAFE),
        )
        shown = json.loads(written("json", report_of(one), replace(PLAIN, base="../p")))["findings"]
        assert shown == [
            {
                "code": "MLD821",
                "name": "unseeded-randomness",
                "debt": "unseeded-randomness",
                "severity": "warning",
                "confidence": "high",
                "message": "`np.random.rand` draws with no seed set",
                "filename": "../p/nb.ipynb",
                "location": {"row": 1, "column": 8},
                "end_location": {"row": 1, "column": 9},
                "cell": 3,
                "physical": {"row": 40, "column": 9, "end_row": 40, "end_column": 20},
                "related": [
                    {
                        "message": "imported here",
                        "filename": "../p/train.py",
                        "location": {"row": 1, "column": 1},
                        "end_location": {"row": 1, "column": 19},
                        "cell": None,
                        "physical": {"row": 1, "column": 1, "end_row": 1, "end_column": 19},
                    }
                ],
                "fix": {
                    "title": "seed it",
                    "applicability": "safe",
                    "edits": [
                        {
                            "filename": "../p/nb.ipynb",
                            "location": {"row": 1, "column": 1},
                            "end_location": {"row": 1, "column": 1},
                            "cell": 1,
                            "text": "seed(0)\n",
                        }
                    ],
                },
                "fingerprint": "5f0c",
            }
        ]

    def test_the_summary_counts_by_severity_and_code(self) -> None:
        one = finding(at(9, 5, 23))
        report = report_of(one, replace(one, code="MLD000", severity=Severity.ERROR), one)
        report.suppressed = [one]
        report.hidden = {Profile.STRICT: 4}
        assert json.loads(written("json", report))["summary"] == {
            "files": 1,
            "findings": 3,
            "by_severity": {"error": 1, "warning": 2, "info": 0},
            "by_code": {"MLD000": 1, "MLD821": 2},
            "suppressed": 1,
            "hidden": {"strict": 4, "audit": 0},
        }

    def test_problems_and_notes_say_what_they_know(self) -> None:
        report = Report(
            problems=[Problem("KeyError: 'x'", "a.py", "MLD603", 7), Problem("no place")],
            notes=[Note("skipped", "r.ipynb"), Note("no cache")],
        )
        shown = json.loads(written("json", report))
        assert shown["errors"] == [
            {"message": "KeyError: 'x'", "filename": "a.py", "rule": "MLD603", "row": 7},
            {"message": "no place", "filename": None, "rule": None, "row": None},
        ]
        assert shown["notes"] == [
            {"message": "skipped", "filename": "r.ipynb"},
            {"message": "no cache", "filename": None},
        ]

    def test_timings_are_there_when_they_were_taken(self) -> None:
        assert json.loads(written("json", Report(timings={"parse": 1.5})))["timings"] == {"parse": 1.5}

    def test_unicode_stays_readable_and_what_drives_a_terminal_is_escaped(self) -> None:
        text = written("json", Report(notes=[Note("größer 日本 \x1b \x9b \u202e \udcff \n")]))
        assert '"größer 日本 \\u001b \\u009b \\u202e \\udcff \\n"' in text
        assert text.endswith("}\n")

    @given(st.text(st.characters(exclude_categories=())))
    def test_any_text_can_be_written_and_is_read_back(self, message: str) -> None:
        text = written("json", Report(notes=[Note(message)]))
        # Two lone halves side by side are one character to every reader of JSON.
        whole = message.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
        assert json.loads(text.encode("utf-8"))["notes"][0]["message"] == whole

    @pytest.mark.parametrize(
        "report",
        [
            Report(),
            report_of(finding(at(9, 5, 23), at(1, 1, 19, "imported here"))),
            report_of(finding(in_cell(3, 1, 8, 9), replace(in_cell(1, 1, 1, 2), physical=None))),
            report_of(replace(finding(elsewhere("\udcff\x1b.py")), message="\ud800 日本\u2028")),
            report_of(replace(finding(at(9, 5, 23)), fix=Fix("seed", (Edit(in_cell(1, 1, 1, 1), "\x0c"),)))),
            Report(
                problems=[Problem("bad", "a.py", "MLD1", 3), Problem("worse")],
                notes=[Note("n"), Note("n", "p")],
            ),
            Report(hidden={Profile.STRICT: 1}, timings={"parse": 0.25, "MLD821": 1}),
        ],
        ids=["empty", "related", "notebook", "odd-unicode", "fix", "problems", "timings"],
    )
    def test_what_is_written_is_what_the_schema_says(self, report: Report) -> None:
        Draft202012Validator(json.loads(schema())).validate(json.loads(written("json", report)))

    def test_the_schema_is_valid_and_closed(self) -> None:
        closed = json.loads(schema())
        Draft202012Validator.check_schema(closed)
        shown = json.loads(written("json", report_of(finding(at(9, 5, 23)))))
        shown["findings"][0]["surprise"] = 1
        assert [error.validator for error in Draft202012Validator(closed).iter_errors(shown)] == [
            "additionalProperties"
        ]
