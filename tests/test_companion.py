"""Companion files: which there are, what they run, and what they require."""

from __future__ import annotations

from pathlib import Path

import pytest

from mldebt_lint.reading.companion import (
    Companion,
    CompanionKind,
    commands,
    console_scripts,
    read_companions,
    requirement_bounds,
    run_targets,
)
from mldebt_lint.reading.discover import DiscoverOptions
from mldebt_lint.reading.kinds import companion_kind


def companion(path: str, text: str) -> Companion:
    kind = companion_kind(path)
    assert kind is not None
    return Companion(path, kind, text)


def run_by(path: str, text: str) -> list[str]:
    return list(commands(companion(path, text)))


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("requirements.txt", "requirements"),
        ("requirements/dev.in", None),
        ("docker/requirements-gpu.txt", "requirements"),
        ("constraints.txt", "requirements"),
        ("environment.yml", "requirements"),
        ("Pipfile", "requirements"),
        ("sub/pyproject.toml", "pyproject"),
        ("setup.py", "setup"),
        ("setup.cfg", "setup"),
        ("poetry.lock", "lock"),
        ("uv.lock", "lock"),
        ("dvc.lock", "lock"),
        ("Pipfile.lock", "lock"),
        ("Makefile", "makefile"),
        ("build.mk", "makefile"),
        ("scripts/train.sh", "shell"),
        ("Procfile", "shell"),
        (".github/workflows/ci.yml", "ci"),
        (".circleci/config.yml", "ci"),
        (".gitlab-ci.yml", "ci"),
        ("azure-pipelines.yml", "ci"),
        ("Jenkinsfile", "ci"),
        ("tox.ini", "ci"),
        ("noxfile.py", None),
        ("Dockerfile", "docker"),
        ("docker/Dockerfile.gpu", "docker"),
        ("docker-compose.override.yaml", "docker"),
        ("README.md", "readme"),
        ("sub/deep/README", "readme"),
        ("CONTRIBUTING.md", "readme"),
        ("docs/x/usage.md", "readme"),
        ("notes/usage.md", None),
        ("dvc.yaml", "pipeline"),
        ("workflow/Snakefile", "pipeline"),
        ("MLproject", "pipeline"),
        ("conf/model/base.yaml", "config"),
        ("params.json", "config"),
        ("config.toml", "config"),
        ("app.ini", "config"),
        (".env", "config"),
        ("train.py", None),
        ("data.csv", None),
    ],
)
def test_a_name_tells_the_kind(path: str, kind: str | None) -> None:
    assert companion_kind(path) == kind


def test_companions_are_read_in_order_with_paths_relative_to_the_root(tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf/b.yaml").write_bytes(b"\xef\xbb\xbfx: caf\xe9\n")
    (tmp_path / "Makefile").write_text("all:\n")
    (tmp_path / "a.py").write_text("")
    assert read_companions(tmp_path, DiscoverOptions(tmp_path)) == (
        Companion("Makefile", CompanionKind.MAKEFILE, "all:\n"),
        Companion("conf/b.yaml", CompanionKind.CONFIG, "x: caf\ufffd\n"),
    )


def test_what_is_data_and_no_configuration_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "labels").mkdir()
    for number in range(101):
        (tmp_path / f"labels/{number}.json").write_text("{}")
    (tmp_path / "huge.json").write_text("1" * 256_001)
    (tmp_path / "binary.cfg").write_bytes(b"a\0b")
    (tmp_path / "train.json").write_text("{}")
    found = read_companions(tmp_path, DiscoverOptions(tmp_path))
    assert [companion.path for companion in found] == ["train.json"]


@pytest.mark.parametrize(
    ("path", "text", "lines"),
    [
        ("run.sh", "#!/bin/sh\n# note\npython a.py \\\n  --lr 1\n\nls\n", ["python a.py --lr 1", "ls"]),
        ("Procfile", "web: gunicorn app:app\n", ["gunicorn app:app"]),
        (
            "Makefile",
            "PY=python\ntrain: data\n\t@$(PY) train.py \\\n  --lr 1\n\t-rm x\nquick: ; python q.py\n",
            ["$(PY) train.py --lr 1", "rm x", "python q.py"],
        ),
        (
            "Dockerfile",
            'FROM x\nRUN pip install y && \\\n  # note\n  python a.py\nENTRYPOINT ["python", "-m", "pkg.serve"]\n'
            'CMD ["--name", "a b"]\ncmd python b.py\nCOPY a b\n',
            ["pip install y && python a.py", "python -m pkg.serve", "--name 'a b'", "python b.py"],
        ),
        (
            "docker-compose.yml",
            "services:\n  a:\n    image: python\n    command: python a.py\n  b:\n    command: [python, b.py]\n",
            ["python a.py", "python b.py"],
        ),
        (
            ".github/workflows/ci.yml",
            "on: push\njobs:\n  t:\n    steps:\n      - run: python a.py\n      - name: run\n        run: |\n"
            "          cd x\n          python b.py --lr 1 \\\n            --n 2\n      - uses: x\n",
            ["python a.py", "cd x", "python b.py --lr 1 --n 2"],
        ),
        (
            ".gitlab-ci.yml",
            "t:\n  before_script:\n    - pip install .\n  script:\n    - python a.py\n    - !reference [x, script]\n",
            ["pip install .", "python a.py"],
        ),
        (".gitlab-ci.yml", "t:\n  script: [\n", []),
        (
            "Jenkinsfile",
            'steps {\n sh \'python a.py\'\n sh(script: """\n  python b.py\n""")\n}',
            ["python a.py", "python b.py"],
        ),
        (
            "tox.ini",
            "[testenv]\ndeps = x\ncommands =\n    pytest\n    - python a.py\nskip = 1\n",
            ["pytest", "python a.py"],
        ),
        (
            "dvc.yaml",
            "stages:\n  a:\n    cmd: python a.py\n    deps: [x]\n  b:\n    cmd:\n      - python b.py\n      - ls\n",
            ["python a.py", "python b.py", "ls"],
        ),
        (
            "MLproject",
            'entry_points:\n  main:\n    command: "python train.py {lr}"\n',
            ["python train.py {lr}"],
        ),
        (
            "Snakefile",
            'rule a:\n    script: "x/a.py"\nrule b:\n    shell:\n        "python b.py {input}"\n',
            ["python x/a.py", "python b.py {input}"],
        ),
        (
            "job.yaml",
            "spec:\n  containers:\n    - command: [python]\n      args: [a.py, --x]\n",
            ["python a.py --x"],
        ),
        ("conf.yaml", "lr: 1\n", []),
        (
            "pyproject.toml",
            '[tool.poe.tasks]\ntrain = "python train.py"\nt = {cmd = "python t.py"}\n[tool.poetry.scripts]\na = "pkg.a:main"\n'
            '[tool.hatch.envs.x.scripts]\nall = ["python b.py", "ls"]\n',
            ["python train.py", "python t.py", "python b.py", "ls"],
        ),
    ],
)
def test_commands_are_found_where_each_kind_has_them(path: str, text: str, lines: list[str]) -> None:
    assert run_by(path, text) == lines


def test_a_readme_runs_what_its_shell_blocks_and_runner_commands_say() -> None:
    text = """
Run `python first.py --x` or `pip`.

```bash
$ python a.py
# a comment
(env) user@host:~$ python b.py
```

```python
import os
!python c.py
```

~~~
├── tree.py
python d.py
~~~

    python e.py

```yaml
run: python f.py
```
"""
    assert run_by("README.md", text) == [
        "python first.py --x",
        "python a.py",
        "python b.py",
        "python c.py",
        "python d.py",
        "python e.py",
    ]


def test_yaml_aliases_are_read_once_and_loops_end() -> None:
    assert run_by("ci/.gitlab-ci.yml", "a: &a\n  script: [x]\n  self: *a\nb: *a\n") == ["x"]


@pytest.mark.parametrize(
    ("command", "targets"),
    [
        ("python a.py", ["a.py"]),
        ("python3.11 -u -W ignore path/to/x.py --y z.py", ["path/to/x.py"]),
        ("/usr/bin/env python ./a.py", ["a.py"]),
        ("python -m pkg.mod --x", ["pkg.mod"]),
        ("python -um pkg.mod", ["pkg.mod"]),
        ("python -c 'import x' a.py", []),
        ("python - < a.py", []),
        ("python $SCRIPT", []),
        ("python $ROOT/src/a.py", ["src/a.py"]),
        ("$(PYTHON) a.py", ["a.py"]),
        ("${PYTHON3} a.py", ["a.py"]),
        ("./a.py --x", ["a.py"]),
        ("X=1 ./a.py", ["a.py"]),
        ("ls a.py", []),
        ("pip install x", []),
        ("git add a.py", []),
        ("CUDA_VISIBLE_DEVICES=0 torchrun --nproc_per_node 2 train.py --x y.py", ["train.py"]),
        ("torchrun --nproc_per_node=2 -m pkg.train", ["pkg.train"]),
        ("python -m torch.distributed.launch --use_env main.py", ["main.py"]),
        ("python -m torch.distributed.run -m pkg.main", ["pkg.main"]),
        ("accelerate launch --config_file a.yaml train.py", ["train.py"]),
        ("mpirun -np 4 python train.py", ["train.py"]),
        ("deepspeed --num_gpus 8 train.py", ["train.py"]),
        ("jupyter nbconvert --to notebook --execute nb.ipynb", ["nb.ipynb"]),
        ("papermill in.ipynb out.ipynb -p a 1", ["in.ipynb"]),
        ("streamlit run app.py", ["app.py"]),
        ("uv run train.py", ["train.py"]),
        ("poetry run python train.py", ["train.py"]),
        ("coverage run -m pytest", ["pytest"]),
        ("gunicorn -w 4 'pkg.app:create()'", ["pkg.app"]),
        ("uvicorn app.main:app --reload", ["app.main"]),
        ("docker run image python a.py", ["a.py"]),
        ("bash -c 'cd x; python a.py'", ["x/a.py"]),
        ("cd x && python a.py && cd y && python b.py", ["x/a.py", "x/y/b.py"]),
        ("python a.py | tee log; python b.py & python c.py", ["a.py", "b.py", "c.py"]),
        ("if python a.py; then echo it's done", ["a.py"]),
        ("torchrun --master_port=<your port> train.py", ["train.py"]),
        ("python <folder>/a.py > b.py", ["a.py"]),
        ("python <script>.py", []),
        ("python /abs/a.py", ["/abs/a.py"]),
        ("python ../a.py", ["../a.py"]),
        ("", []),
    ],
)
def test_a_command_line_tells_the_programs_it_runs(command: str, targets: list[str]) -> None:
    assert list(run_targets(command)) == targets


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "pyproject.toml",
            '[project.scripts]\ntrain = "pkg.cli:main"\n[project.gui-scripts]\nshow = "pkg.gui:run"\n',
        ),
        (
            "pyproject.toml",
            '[tool.poetry.scripts]\ntrain = "pkg.cli:main"\nshow = {callable = "pkg.gui:run"}\n',
        ),
        (
            "setup.cfg",
            "[options.entry_points]\nconsole_scripts =\n  train = pkg.cli:main\ngui_scripts =\n  show = pkg.gui:run [x]\n",
        ),
        (
            "setup.py",
            "setup(entry_points={'console_scripts': ['train = pkg.cli:main', \"show=pkg.gui:run\",],'x': ['a=b:c']})",
        ),
        (
            "setup.py",
            "setup(entry_points=dict(**{'console_scripts': ('train=pkg.cli:main', 'show = pkg.gui:run')}))",
        ),
    ],
)
def test_console_scripts_are_found_in_every_packaging_file(path: str, text: str) -> None:
    assert list(console_scripts(companion(path, text))) == [
        ("train", "pkg.cli:main"),
        ("show", "pkg.gui:run"),
    ]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("pyproject.toml", "[project\n"),
        ("setup.cfg", "no section"),
        ("setup.py", "setup()"),
        ("Makefile", "a = b:c"),
    ],
)
def test_a_file_without_console_scripts_has_none(path: str, text: str) -> None:
    assert list(console_scripts(companion(path, text))) == []


@pytest.mark.parametrize(
    ("path", "text", "bounds"),
    [
        (
            "requirements.txt",
            "numpy==1.2 # c\n# x\n-r b.txt\nScikit_Learn [x] >= 1.0, <2 ; python_version>'3'\ntorch\n--hash=1\n"
            "https://x/y.whl\npkg @ https://z\na==1 --hash=sha256:0\nb==2 \\\n",
            {
                "numpy": "==1.2",
                "scikit-learn": ">=1.0,<2",
                "torch": "",
                "pkg": "@https://z",
                "a": "==1",
                "b": "==2",
            },
        ),
        (
            "environment.yml",
            "name: x\nchannels:\n  - conda-forge\ndependencies:\n  - python=3.8\n  - numpy>=1.2\n  - main::scipy=1.5=py_0\n"
            "  - pip\n  - pip:\n    - torch==2.0\n",
            {"python": "==3.8", "numpy": ">=1.2", "scipy": "==1.5", "pip": "", "torch": "==2.0"},
        ),
        (
            "pyproject.toml",
            '[project]\ndependencies = ["numpy>=1.2", "torch"]\n[project.optional-dependencies]\nx = ["scipy~=1.5"]\n'
            '[dependency-groups]\ndev = ["pytest>8", {include-group = "x"}]\n',
            {"numpy": ">=1.2", "torch": "", "scipy": "~=1.5", "pytest": ">8"},
        ),
        (
            "pyproject.toml",
            '[tool.poetry.dependencies]\npython = "^3.8"\nnumpy = "1.2"\ntorch = {version = ">=2, <3", extras = ["x"]}\nx = "*"\n',
            {"python": "^3.8", "numpy": "==1.2", "torch": ">=2,<3", "x": ""},
        ),
        ("Pipfile", '[packages]\nnumpy = "==1.2"\nx = "*"\n', {"numpy": "==1.2", "x": ""}),
        (
            "setup.cfg",
            "[options]\ninstall_requires =\n  numpy>=1.2\n  torch\n",
            {"numpy": ">=1.2", "torch": ""},
        ),
        ("setup.py", "setup(install_requires=['numpy>=1.2', \"torch\"])", {"numpy": ">=1.2", "torch": ""}),
    ],
)
def test_requirements_are_read_with_their_bounds(path: str, text: str, bounds: dict[str, str]) -> None:
    assert requirement_bounds([companion(path, text)]) == bounds


def test_the_first_bounds_of_a_package_count() -> None:
    files = [
        companion("setup.py", "setup(install_requires=['numpy>=1', 'scipy>=1'])"),
        companion("a/requirements.txt", "numpy\n"),
        companion("requirements.txt", "numpy==2\n"),
    ]
    assert requirement_bounds(files) == {"numpy": "==2", "scipy": ">=1"}
