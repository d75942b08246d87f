"""The package that a stranger installs holds the rules: sdist, wheel of it, fresh environment, a file outside."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BAD = "import sys\n\nsys.path.append('..')\n"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build sdist → wheel, install the wheel into a fresh environment, return its folder of commands."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(
        build, check=True, capture_output=True
    )  # without --wheel: the wheel is built from the sdist
    venv.create(folder / "env", with_pip=True)
    wheel = next(folder.glob("*.whl"))
    pip = [str(folder / "env" / "bin" / "python"), "-m", "pip", "install", "--quiet", str(wheel)]
    subprocess.run(pip, check=True, capture_output=True)
    return folder / "env" / "bin"


def test_an_installed_wheel_lints_a_file_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(BAD)
    command = [str(installed / "mldebt-lint"), "train.py", "--output-format", "concise"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.split(" [")[0]) == (1, "train.py:3:1: MLD504")


def test_an_installed_wheel_knows_every_rule_of_the_checkout(installed: Path, tmp_path: Path) -> None:
    command = ["rules", "--output-format", "markdown"]
    there = subprocess.run(
        [str(installed / "mldebt-lint"), *command], cwd=tmp_path, capture_output=True, check=True
    )
    here = subprocess.run(
        [sys.executable, "-m", "mldebt_lint", *command], cwd=tmp_path, capture_output=True, check=True
    )
    assert there.stdout == here.stdout


def test_the_sdist_holds_what_is_needed_to_test_it(installed: Path) -> None:
    archive = next(installed.parent.parent.glob("*.tar.gz"))
    with tarfile.open(archive) as sdist:
        tops = {name.split("/")[1] for name in sdist.getnames() if "/" in name}
    assert tops >= {"src", "rules", "tests", "docs", "examples", "README.md", "LICENSE", "CONTRIBUTING.md"}


def test_the_wheel_is_typed_and_ships_the_schema(installed: Path) -> None:
    package = next(installed.parent.glob("lib/python*/site-packages/mldebt_lint"))
    assert (package / "py.typed").is_file()
    assert (package / "reporters" / "schema" / "report.schema.json").is_file()
