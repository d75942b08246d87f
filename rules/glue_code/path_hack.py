"""MLD504: code that changes the module search path to reach code of the checkout."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt_lint.rule import (
    HOLE,
    PATH_WORDS,
    Bad,
    Debt,
    FileRule,
    Finding,
    Good,
    Location,
    MagicKind,
    Needs,
    Severity,
    SourceFile,
    additions,
    command_of,
    cst,
    is_checkout,
    is_test_path,
    shell_lines,
    shell_value,
    template,
)

BUILD_FILES = frozenset({"setup.py", "conf.py", "noxfile.py"})
MAX_SHOWN = 48


class PathHack(FileRule):
    """`sys.path` or `PYTHONPATH` is changed in code to reach the project's own or a neighbour's code.

    Why it is debt
    The import holds only where the checkout lies as the author's did, and only after this line has run: a
    formatter that sorts imports, a move of the file or another working directory breaks it, and two copies of
    one module can be loaded side by side. It is glue in place of a package (§5 Glue code).

    What to do instead
    Make the code a package (a `pyproject.toml` is enough), install it with `pip install -e .` and import it by
    name; declare a neighbour's code as a dependency or vendor it as a sub-package. Run modules with
    `python -m package.module`.

    Known limits
    Paths that the command line, an environment variable or a caller in another file hands in are silent: they
    may be plugins of the user. So are installed packages (`site-packages`), tests, `setup.py`, Sphinx `conf.py`,
    and a change that only gives back a saved path.

    References
    Sculley et al. 2015, §5 Glue code.
    """

    code = "MLD504"
    name = "path-hack"
    debt = Debt.GLUE_CODE
    severity = Severity.WARNING
    needs = Needs(words=frozenset(PATH_WORDS))
    effort_minutes = 30
    examples = (
        Bad(
            'import os\nimport sys\n\nsys.path.append(os.path.join(os.path.dirname(__file__), ".."))  # bad\n'
        ),
        Bad(
            """
            import sys as system
            from pathlib import Path

            ROOT = Path(__file__).resolve().parents[1]
            if str(ROOT) not in system.path:
                system.path.insert(0, str(ROOT))  # bad
            system.path += ["../features"]  # bad
            system.path[:0] = ["tacotron2"]  # bad
            """
        ),
        Bad(
            """
            import os
            import subprocess

            os.environ["PYTHONPATH"] = "src:" + os.environ.get("PYTHONPATH", "")  # bad
            subprocess.run(["make", "train"], env={**os.environ, "PYTHONPATH": os.getcwd()})  # bad
            subprocess.run(["make", "train"], env=dict(os.environ, PYTHONPATH="lib"))  # bad
            """
        ),
        Bad(
            """
            import sys
            from os import path as osp

            def add_path(path):
                if path not in sys.path:
                    sys.path.insert(0, path)  # bad

            add_path(osp.join(osp.dirname(__file__), "..", "lib"))
            """
        ),
        Bad(
            files={
                "notebooks/explore.ipynb": """
                # %%
                import sys
                # %%
                sys.path.extend(["..", "../src"])  # bad
                # %%
                %env PYTHONPATH=../src
                # %%
                !PYTHONPATH=.. python ../train.py
                """
            },
            at=("notebooks/explore.ipynb:cell 3:1", "notebooks/explore.ipynb:cell 4:1"),
        ),
        Good(
            """
            import importlib
            import sys

            saved = list(sys.path)
            print(sys.path)
            importlib.import_module("features")
            sys.path[:] = saved
            sys.path.remove("build")
            """
        ),
        Good(
            """
            import argparse
            import os
            import sys

            parser = argparse.ArgumentParser()
            parser.add_argument("--plugins")
            args = parser.parse_args()
            sys.path.insert(0, args.plugins)
            sys.path.append(os.path.join(os.environ["SPARK_HOME"], "python"))
            sys.path.append("/usr/lib/python3/dist-packages")
            """
        ),
        Good(
            """
            import os
            import subprocess

            subprocess.run(["make"], env={**os.environ, "PATH": "/opt/cuda/bin"})
            subprocess.run(["make"], env={"PYTHONPATH": os.environ["PYTHONPATH"]})
            """
        ),
        Good(
            'path = []\npath.append("src")\n\nclass System:\n    path = ["lib"]\n\nSystem.path.insert(0, "src")\n'
        ),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Report every change of the search path by what lies in the checkout."""
        if is_test_path(file.path) or file.path.rpartition("/")[2] in BUILD_FILES:
            return
        for added in additions(file):
            if is_checkout(file, added.value) and not _is_plugin_loader(file, added.node):
                yield self.found(file.at(added.node), _message(added.changed, file.text(added.value)))
        for call in file.calls:
            if (value := _in_command(file, call)) is not None:
                yield self.found(file.at(call), _message("PYTHONPATH", f'"{value}"'))
        for where, line in (*shell_lines(file), *_settings(file)):
            if (value := shell_value(line)) is not None:
                yield self.found(where, _message("PYTHONPATH", f'"{value}"'))


def _settings(file: SourceFile) -> Iterator[tuple[Location, str]]:
    """Yield a notebook's `%env NAME=value` lines as a shell would write them."""
    for cell, magic in file.magics:
        if magic.kind is MagicKind.LINE and magic.name in {"env", "set_env"}:
            yield (
                file.magic_at(cell, magic),
                magic.text if "=" in magic.text else magic.text.replace(" ", "=", 1),
            )


def _message(changed: str, value: str) -> str:
    shown = " ".join(value.split())
    shown = f"{shown[: MAX_SHOWN - 1]}…" if len(shown) > MAX_SHOWN else shown
    return f"{changed} is changed by hand to reach {shown}: imports hold only in this layout"


def _in_command(file: SourceFile, call: cst.Call) -> str | None:
    """Return what a shell command sets PYTHONPATH to."""
    expression = command_of(file, call)
    text = template(file, expression) if expression is not None else None
    value = shell_value(text) if text else None
    return value.replace(HOLE, "…") if value is not None else None


def _is_plugin_loader(file: SourceFile, node: cst.CSTNode) -> bool:
    """`sys.path.insert(0, os.getcwd()); import_module(name)`: whose module it is, the user of the program says."""
    statement = file.index.statement(node)
    block = file.index.parent(statement)
    if not isinstance(block, cst.IndentedBlock):
        return False
    place = next(n for n, other in enumerate(block.body) if other is statement)
    calls = (
        call for later in block.body[place + 1 : place + 3] for call in file.index.within(later, cst.Call)
    )
    return any(
        file.qualified(call.func) in {"importlib.import_module", "builtins.__import__"}
        and not isinstance(file.constant(call.args[0].value if call.args else None), str)
        for call in calls
    )
