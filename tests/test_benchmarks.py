"""What the benchmarks compute from what they measure."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from measure import tables
from measure.corpus import Corpus, lay_out, repository_trees
from measure.model import Bound, Sample, Section, Series, ratio, same_output
from measure.runs import Command, CrashError, in_turn

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


def tree(folder: Path, files: dict[str, str]) -> Corpus:
    for name, text in files.items():
        path = folder / "repo" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Corpus(repository_trees([folder / "repo"]))


def sample(wall: float, output: str = "") -> Sample:
    return Sample(wall, wall, output=output)


def section() -> Section:
    found = Section("floor", "3 lines")
    found.series = [Series("parse", (sample(1.0), sample(3.0)), lines=3)]
    found.ratios = [ratio("full / parse", [3.0, 6.0], [1.0, 3.0])]
    found.bounds = [Bound("full / parse", 2.5, 1.5)]
    found.remarks = ["pylint is not installed and is left out"]
    return found


def python(program: str, folder: Path) -> Command:
    return Command("python", (sys.executable, "-c", program), folder)


def test_a_ratio_is_of_runs_of_one_round() -> None:
    found = ratio("a / b", [2.0, 30.0, 4.0], [1.0, 10.0, 1.0])
    assert found.values == (2.0, 3.0, 4.0)
    assert found.median == 3.0


def test_a_bound_holds_from_below_or_from_above() -> None:
    assert [Bound("", value, 1.5).holds for value in (1.4, 1.5, 1.6)] == [True, True, False]
    assert [Bound("", value, 1.5, at_least=True).holds for value in (1.4, 1.5, 1.6)] == [False, True, True]


def test_outputs_that_differ_are_told() -> None:
    same, other = Series("", (sample(1, "x"), sample(2, "x"))), Series("", (sample(1, "y"),))
    assert same_output("cold and warm", same) == []
    assert same_output("cold and warm", same, other) == ["the output differs: cold and warm"]


def test_a_cut_takes_whole_files_by_name_until_there_are_enough_lines(tmp_path: Path) -> None:
    corpus = tree(tmp_path, {"b.py": "x = 1\n" * 5, "a.py": "x = 1\n" * 5, "c.py": "x = 1\n"})
    assert [source.name for source in corpus.take(lines=6)] == ["repo/a.py", "repo/b.py"]
    assert [source.name for source in corpus.take(count=1)] == ["repo/a.py"]


def test_a_cut_leaves_out_what_does_not_parse_and_what_some_tool_leaves_out(tmp_path: Path) -> None:
    corpus = tree(tmp_path, {"a.py": "print 1\n", "build/b.py": "", ".hidden/c.py": "", "d.py": ""})
    assert [source.name for source in corpus.take()] == ["repo/d.py"]


def test_a_small_spread_cut_is_part_of_a_large_one(tmp_path: Path) -> None:
    corpus = tree(tmp_path, {f"m{number}.py": "x = 1\n" for number in range(20)})
    cuts = [corpus.take(lines=lines, spread=True) for lines in (5, 12)]
    assert [len(cut) for cut in cuts] == [5, 12]
    assert cuts[1][:5] == cuts[0]
    assert cuts[0] != corpus.take(lines=5)


def test_a_project_holds_the_files_of_a_cut_and_a_neutral_pyproject(tmp_path: Path) -> None:
    corpus = tree(tmp_path, {"a.py": "x = 1\n", "b.py": ""})
    folder = lay_out(corpus.take(lines=1), tmp_path / "project")
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    assert files == ["pyproject.toml", "repo/a.py"]


def test_a_command_is_measured_without_what_started_it(tmp_path: Path) -> None:
    ballast = bytearray(200_000_000)
    found = python("print('seen')", tmp_path)()
    assert 0 < found.peak < len(ballast) / 4
    assert found.cpu > 0
    assert found.output == python("print('seen')", tmp_path)().output
    assert found.output != python("print('other')", tmp_path)().output


def test_findings_are_no_crash_and_a_crash_names_the_last_line(tmp_path: Path) -> None:
    python("raise SystemExit(1)", tmp_path)()
    with pytest.raises(CrashError, match="python ended with 3: what went wrong"):
        python("import sys; print('first\\nwhat went wrong', file=sys.stderr); sys.exit(3)", tmp_path)()


def test_a_program_that_dies_of_an_exception_has_no_findings(tmp_path: Path) -> None:
    with pytest.raises(CrashError, match="python ended with 1: ZeroDivisionError"):
        python("1 / 0", tmp_path)()


def test_what_crashes_is_left_out_and_told(tmp_path: Path) -> None:
    order: list[str] = []

    def fine() -> Sample:
        order.append("fine")
        return sample(1)

    def crashing() -> Sample:
        order.append("crashing")
        raise CrashError("it crashed")

    remarks: list[str] = []
    series = in_turn(2, {"fine": fine, "crashing": crashing}, remarks)
    assert [(one.what, len(one.samples)) for one in series] == [("fine", 2)]
    assert order == ["fine", "crashing", "fine"]
    assert remarks == ["it crashed"]
    with pytest.raises(CrashError):
        in_turn(1, {"crashing": crashing})


def test_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    stored = {"floor": ({"cores": "2 cores"}, section())}
    tables.save(tmp_path / "results.json", stored)
    assert tables.load(tmp_path / "results.json") == stored


def test_the_tables_show_medians_spans_and_broken_bounds() -> None:
    page = tables.render({"floor": ({"cores": "2 cores"}, section())})
    assert "| floor | full / parse | ≤ 1.5 × | 2.50 × | **no** |" in page
    assert "| parse | 2.000 | 1.000 – 3.000 | 2.000 | – |" in page
    assert "| full / parse | 2.50 | 2.00 – 3.00 |" in page
    assert "3 lines; 2 cores; 2 runs." in page
    assert "- pylint is not installed and is left out" in page


def test_only_what_stands_between_the_markers_is_replaced() -> None:
    page = f"before\n{tables.START}\nold\n{tables.END}\nafter\n"
    assert tables.replaced(page, "new\n") == f"before\n{tables.START}\n\nnew\n\n{tables.END}\nafter\n"
    with pytest.raises(ValueError, match="no markers"):
        tables.replaced("before\n", "new\n")


def test_the_page_shows_the_results_that_are_kept() -> None:
    page = (BENCHMARKS / "README.md").read_text("utf-8")
    assert page == tables.replaced(page, tables.render(tables.load(BENCHMARKS / "results.json")))
