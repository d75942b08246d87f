"""MLD562: literal paths that exist on somebody's machine only."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from mldebt_lint.rule import (
    ANY_TEXT,
    Bad,
    Confidence,
    Debt,
    FileRule,
    Finding,
    Good,
    Location,
    MachinePath,
    Place,
    Severity,
    SourceFile,
    is_tested_for,
    labelled,
    path_literals,
)

# A script that Kaggle made of a kernel, or that writes where only Kaggle lets it.
KAGGLE_WORK = re.compile(
    r"(?i)\bKAGGLE_[A-Z]+|kaggle_secrets|kaggle_datasets|\bimport kaggle|/kaggle/working|kaggle/(?:docker-)?python"
    r"|^# In ?\[[ \d]*\]:",
    re.MULTILINE,
)
MOUNTS = re.compile(r"(?i)mount_?paths?\b|volume_?mounts?|pvolumes|\bdocker\b")
MAX_SHOWN = 44


class AbsolutePath(FileRule):
    """A literal path names a place on somebody's machine: a home directory, a drive, one cluster's disk.

    Why it is debt
    The code runs for its author, on that machine, until the disk is renamed. Nobody else can reproduce the result
    without editing the source, and the copy that is edited is the next version nobody can compare: a prototype
    that went into use (§5 Common smells, "prototype smell").

    What to do instead
    Take the place from the command line, a configuration file or an environment variable, with a default relative
    to the project (`Path(__file__).parent / "data"`), and keep the machine's own layout out of the repository.

    Known limits
    System paths (`/tmp`, `/etc`, `/opt/ml`), images' homes (`/home/jovyan`), and mount points such as
    `/data/train.csv` are silent; so are texts that speak of a path only (help, docstrings, comparisons), Kaggle
    notebooks that read `/kaggle`, and paths whose owner is not in the text (`f"/home/{user}"`).

    References
    Sculley et al. 2015, §5 Common smells.
    """

    code = "MLD562"
    name = "absolute-path"
    debt = Debt.PROTOTYPE
    severity = Severity.WARNING
    needs = ANY_TEXT
    effort_minutes = 15
    examples = (
        Bad("""
            import click

            @click.command()
            @click.option("--data", default="/home/ivan/wmt14", type=click.Path())  # bad
            def main(data):
                train(data)
            """),
        Bad('import pandas as pd\n\nprint(pd.read_csv("/home/alice/churn/train.csv").head())  # bad\n'),
        Bad(
            r"""
            import os
            import pandas as pd

            ROOT = r"D:\projects\churn"  # bad
            frame = pd.read_parquet("C:/Users/Bob/Desktop/churn.parquet")  # bad
            notes = open("C:\\data\\new\\notes.txt")  # bad
            photos = os.path.join("/mnt/c/Users", "bob", "photos")  # bad
            """
        ),
        Bad(
            """
            import argparse
            from pathlib import Path

            parser = argparse.ArgumentParser()
            parser.add_argument("--data", default="/Users/carol/Downloads/dsb")  # bad
            args = parser.parse_args()
            fold = Path("/home") / "carol" / "folds"  # bad
            weights = f"/gpfs/work/vision/{args.data}/best.pt"  # bad
            """
        ),
        Bad(
            files={
                "explore.ipynb": """
                # %%
                from google.colab import drive
                drive.mount("/content/drive")
                # %%
                import pandas as pd
                frame = pd.read_csv("/content/drive/My Drive/churn/train.csv")  # bad
                # %%
                %cd /content/drive/MyDrive/churn
                """
            },
            at=("explore.ipynb:cell 3:1",),
        ),
        Bad('import pandas as pd\n\nframe = pd.read_csv("/kaggle/input/titanic/train.csv")  # bad\n'),
        Bad('import glob\n\nprint "Loading"\nfolders = glob.glob("/data/dsb15/train/*/study/")  # bad\n'),
        Good(
            '''
            """Trains on /home/alice/churn/train.csv or whatever is given."""
            import argparse

            parser = argparse.ArgumentParser()
            parser.add_argument("--data", default="data/train.csv", help="/home/you/data/train.csv")
            parser.add_argument("--scratch", default="/tmp/churn")
            parser.add_argument("--model-dir", default="/opt/ml/model")
            '''
        ),
        Good(
            """
            import os
            from pathlib import Path

            import pandas as pd

            HOME = Path.home() / "data"
            IMAGE = "/home/jovyan/work"
            train = pd.read_csv("/data/train.csv")
            mine = pd.read_csv(f"/home/{os.environ['USER']}/train.csv")
            """
        ),
        Good(
            files={
                "kernel.ipynb": """
                # %%
                import pandas as pd
                train = pd.read_csv("/kaggle/input/titanic/train.csv")
                # %%
                !ls /kaggle/input
                """
            }
        ),
        Good(
            """
            from flask import Flask

            app = Flask(__name__)

            @app.get("/home/stats/today")
            def stats(base="http://localhost"):
                return {"next": base + "/home/alice/next"}
            """
        ),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Report each place once, with its repeats related."""
        groups: defaultdict[tuple[Place, str], list[tuple[Location, MachinePath]]] = defaultdict(list)
        for where, path in path_literals(file):
            groups[path.place, path.root].append((where, path))
        for (place, _), items in groups.items():
            if _is_at_home(file, place):
                continue
            (where, path), *repeats = items
            sure = Confidence.HIGH if path.sure else Confidence.MEDIUM
            related = tuple(labelled(other, "the same place again") for other, _ in repeats)
            yield self.found(where, _message(path, len(repeats)), related, confidence=sure)


def _message(path: MachinePath, repeats: int) -> str:
    text = path.text if len(path.text) <= MAX_SHOWN else f"{path.text[: MAX_SHOWN - 1]}…"
    more = f" ({repeats + 1} times)" if repeats else ""
    return f"'{text}'{more} is {path.place.value}: nobody else can run this"


def _is_at_home(file: SourceFile, place: Place) -> bool:
    """Whether such paths belong where this file runs: a Kaggle notebook, a file that asks first, a container's step."""
    texts = [cell.original for cell in file.document.cells]
    if place is Place.DISK:
        return any(MOUNTS.search(text) for text in texts)
    if place is Place.KAGGLE and (file.is_notebook or "kaggle" in file.path.lower()):
        return True
    written = place is Place.KAGGLE and any(KAGGLE_WORK.search(text) for text in texts)
    return written or is_tested_for(file, place)
