"""MLD505: a Python step of the project started as a command line instead of called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mldebt_lint.rule import (
    ANY_TEXT,
    HOLE,
    Bad,
    Debt,
    FileRule,
    Finding,
    Good,
    Location,
    Profile,
    PythonRun,
    Severity,
    ShellCommand,
    SourceFile,
    clones,
    command_of,
    commands_of,
    cst,
    is_swept,
    is_test_path,
    is_tool_module,
    python_run,
    shell_lines,
    split_commands,
)

BUILD_FILES = frozenset({"setup.py", "conf.py", "noxfile.py", "tasks.py", "fabfile.py"})
NO_STEPS = frozenset({"setup.py", "manage.py", "get-pip.py"})


class ScriptByShell(FileRule):
    """A Python step of the project is run as a command line built as a string, instead of called.

    Why it is debt
    Every value turns into text and is parsed back by the other side: types, defaults and errors are lost on the
    way, a blank or a quote in a path changes the command, a renamed option is found out in the run, and neither
    the debugger nor the tests see the two halves together. Steps glued by command lines are the glue code and
    the pipeline jungles of §5.

    What to do instead
    Give the script a function (`def main(config: Config) -> Result`) and call it. Where a separate process is
    wanted, let a pipeline tool or a job launcher start it, with its arguments as a list.

    Known limits
    The script must be named in the command. Separate jobs are silent: `torchrun`, `nohup` and other launchers,
    and loops that put their own value into the command (a sweep). So are tools (`python -m pip`), scripts of a
    repository that the same file clones, tests and build files. An argument list, and a notebook line in which
    nothing is put in, are shown by the strict profile only.

    References
    Sculley et al. 2015, §5 Glue code, Pipeline jungles.
    """

    code = "MLD505"
    name = "script-by-shell"
    debt = Debt.GLUE_CODE
    severity = Severity.WARNING
    needs = ANY_TEXT
    effort_minutes = 60
    examples = (
        Bad(
            """
            import os

            def retrain(rate, out):
                os.system("python preprocess.py --in raw.csv")  # bad
                os.system(f"python3 src/train.py --lr {rate} --out {out}")  # bad
            """
        ),
        Bad(
            """
            import subprocess as sp
            import sys

            def evaluate(model, data):
                cmd = "CUDA_VISIBLE_DEVICES=0 {} evaluate.py --model {}".format(sys.executable, model)
                cmd += " --data " + data
                return sp.check_output(cmd, shell=True)  # bad
            """
        ),
        Bad(
            """
            from shlex import split
            from subprocess import run

            def convert(path):
                run(split("python -m src.convert --path %s" % path), check=True)  # bad
                run(" ".join(["cd", "src", "&&", "python", "clean.py", path]), shell=True)  # bad
            """
        ),
        Bad(
            """
            import subprocess
            import sys

            def step(rate):
                subprocess.run([sys.executable, "train.py", "--lr", str(rate)], check=True)  # bad
            """
        ),
        Bad(
            files={
                "run.ipynb": """
                # %%
                rate = 0.1
                # %%
                !python train.py --lr {rate} --data $data
                # %%
                %%bash
                set -e
                python prepare.py --year 2023
                """
            },
            at=("run.ipynb:cell 2:1", "run.ipynb:cell 3:3"),
        ),
        Good(
            """
            import os
            import subprocess
            import sys

            commit = subprocess.check_output(["git", "rev-parse", "HEAD"])
            os.system(f"pip install {sys.argv[1]}")
            subprocess.run(f"{sys.executable} -m pip install torch", shell=True)
            subprocess.run(["torchrun", "--nproc_per_node", "8", "train.py"])
            os.system("cat train.py")
            """
        ),
        Good(
            """
            import subprocess

            for seed in range(5):
                for rate in (0.1, 0.01):
                    command = f"python train.py --seed {seed} --lr {rate}"
                    subprocess.run(command, shell=True, check=True)
            """
        ),
        Good(
            """
            import os
            from multiprocessing import Pool

            def job(fold):
                return os.system(f"python train.py --fold {fold}")

            with Pool(4) as pool:
                pool.map(job, range(5))
                pool.map(lambda rate: os.system("python train.py --lr %g" % rate), [0.1, 0.01])
            """
        ),
        Bad(
            """
            import glob
            import os

            os.system("python features.py jaccard &")  # bad
            for path in glob.glob("raw/*.csv"):
                os.system("python -u scripts/clean.py " + path)  # bad
            """
        ),
        Good(
            """
            import subprocess
            import sys

            def launch(command, rest):
                subprocess.Popen(command, shell=True)
                subprocess.run([sys.executable, *rest])
                subprocess.run("nohup python serve.py --port 80 &", shell=True)
            """
        ),
        Good(
            files={
                "colab.ipynb": """
                # %%
                !git clone https://github.com/ultralytics/yolov5
                %cd yolov5
                # %%
                !python train.py --img {size} --epochs 3
                !python -m pip install -U {package}
                """
            }
        ),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Report calls and notebook lines that run a script of the project."""
        if is_test_path(file.path) or file.path.rpartition("/")[2] in BUILD_FILES:
            return
        runs = [*_in_calls(file), *_in_notebook(file)]
        if not runs:
            return
        fetched = clones(file)
        for started in runs:
            if not fetched.hold(started.run.target):
                yield self._finding(file, started)

    def _finding(self, file: SourceFile, started: _Started) -> Finding:
        run, call = started.run, started.call
        where = file.at(call) if isinstance(call, cst.Call) else call
        if started.is_list:
            message = (
                f"{run.target} is run as a process with an argument list: values and errors pass as text"
            )
        else:
            message = _message(run)
        related = (file.at(started.built, "the command is built here"),) if started.built is not None else ()
        if started.is_list or (where is call and not _values(run)):
            return self.found(where, message, related, severity=Severity.INFO, profile=Profile.STRICT)
        return self.found(where, message, related)


@dataclass(frozen=True, slots=True)
class _Started:
    """A run with the call or the notebook line that starts it, and the expression that builds its command."""

    run: PythonRun
    call: cst.Call | Location
    is_list: bool = False
    built: cst.CSTNode | None = None


def _in_calls(file: SourceFile) -> Iterator[_Started]:
    for call in file.calls:
        expression = command_of(file, call)
        for command in commands_of(file, call) if expression is not None else ():
            run = _step(file, command)
            if (
                run is not None
                and expression is not None
                and not is_swept(file, call, expression, data=command.background)
            ):
                origin = file.definition(expression)
                built = (
                    origin if origin is not expression and not isinstance(origin, cst.SimpleString) else None
                )
                yield _Started(run, call, command.is_list, built)
                break


def _in_notebook(file: SourceFile) -> Iterator[_Started]:
    for where, line in shell_lines(file):
        run = next((run for c in split_commands(line) if (run := _step(file, c)) is not None), None)
        if run is not None:
            yield _Started(run, where)


def _values(run: PythonRun) -> int:
    return sum(word.count(HOLE) for word in run.arguments)


def _message(run: PythonRun) -> str:
    values = _values(run)
    target = run.target.replace(HOLE, "…")
    if values:
        count = f"{values} value{'s' if values > 1 else ''} pasted into a string"
        return f"{target} is run by a shell command with {count}: call it, so that types and errors pass"
    return f"{target} is run by a shell command: call it, so that values, types and errors pass"


def _step(file: SourceFile, command: ShellCommand) -> PythonRun | None:
    """Return the run of a script that may be the project's own."""
    run = python_run(command)
    if run is None:
        return None
    if run.is_module:
        return None if is_tool_module(run.target, file.library) else run
    outside = run.target.startswith(("/", "~")) or "site-packages" in run.target
    return None if outside or run.target.rpartition("/")[2] in NO_STEPS else run
