"""MLD301: training data from a place that can change under it."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt_lint.rule import (
    Bad,
    Debt,
    FileRule,
    Finding,
    Good,
    Location,
    Moving,
    Needs,
    Profile,
    Severity,
    SourceFile,
    is_fetching_place,
    is_showing,
    moving_data,
)


class UnversionedData(FileRule):
    """Data for training or features comes from a place where it can change without anybody in the project knowing.

    Why it is debt
    The data is an input like the code, but has no version: the file behind the address, the newest version of a
    data set, the rows of a table are what they are on the day of the run. A model cannot be trained again, and a
    metric that moved has no cause in any commit. The paper asks for a versioned copy of such signals (§3).

    What to do instead
    Name the version: a commit in the address, a dated object, a checksum (`file_hash=`, `known_hash=`), a
    `revision=`, `version=`, an artefact's `:v3`; read tables as of a date. Or keep a copy under data versioning.

    Known limits
    Addresses are followed within one file. What comes from options or configuration is silent, as are files that
    compute a checksum, images, pages, programs and weights, and objects named by a date, a number or a version.
    Examples, tutorials, and databases in a file are shown by the strict profile.

    References
    Sculley et al. 2015, §3 Unstable data dependencies.
    """

    code = "MLD301"
    name = "unversioned-data"
    debt = Debt.UNSTABLE_DATA
    severity = Severity.WARNING
    needs = Needs(
        words=frozenset(
            {"://", "sql", "load_dataset", "openml", "artifact", "kagglehub", "read_gbq", "latest"}
        ),
    )
    effort_minutes = 15
    examples = (
        Bad(
            """
            import pandas as pd
            from sklearn.datasets import fetch_openml

            BASE = "https://raw.githubusercontent.com/acme/data/"
            train = pd.read_csv(BASE + "master/train.csv")  # bad
            digits = fetch_openml("mnist_784", as_frame=False)  # bad
            older = fetch_openml("iris", version="active")  # bad
            """
        ),
        Bad(
            """
            import io, zipfile
            import requests
            from urllib.request import urlretrieve
            from tensorflow import keras

            def download(url):
                urlretrieve(url, "prices.csv")  # bad
                answer = requests.get("https://data.acme.org/c/6/")  # bad
                zipfile.ZipFile(io.BytesIO(answer.content)).extractall("data")
                return keras.utils.get_file("t.tgz", "https://acme.org/flowers.tgz")  # bad

            download("https://acme.org/prices.csv")
            """
        ),
        Bad(
            """
            import pandas as pd
            from datasets import load_dataset

            train = load_dataset("imdb", split="train")  # bad
            test = load_dataset("acme/reviews", revision="main")  # bad
            fixed = load_dataset("acme/reviews", revision="v1.2")  # bad
            users = pd.read_sql("SELECT * FROM users WHERE country = 'FR'", engine)  # bad
            orders = pd.read_sql_table("orders", engine)  # bad
            """
        ),
        Bad(
            files={
                "explore.ipynb": """
                # %%
                !wget -q https://acme.org/data/clicks.csv
                # %%
                import pandas as pd
                import wandb
                pd.read_parquet("s3://acme/clicks/latest/part.parquet")  # bad
                # %%
                data = wandb.init().use_artifact("clicks:latest")  # bad
                """
            },
            at=("explore.ipynb:cell 1:1",),
        ),
        Good(
            """
            import pandas as pd
            from datasets import load_dataset
            from sklearn.datasets import fetch_openml, fetch_california_housing

            C = "https://raw.githubusercontent.com/acme/data/3f2a9c1/train.csv"
            train = pd.read_csv(C)
            trips = pd.read_parquet("https://acme.org/trips/yellow_2023-01.parquet")
            digits = fetch_openml("mnist_784", version=1)
            homes = fetch_california_housing()
            rows = load_dataset("csv", data_files="train.csv")
            reviews = load_dataset("acme/reviews", revision="5f3b8c0d2a")
            """
        ),
        Good(
            """
            import hashlib
            from urllib.request import urlretrieve

            def download(target):
                urlretrieve("https://acme.org/prices.csv", target)
                with open(target, "rb") as file:
                    assert hashlib.sha256(file.read()).hexdigest() == EXPECTED
            """
        ),
        Good(
            """
            import argparse
            import pandas as pd
            import requests

            parser = argparse.ArgumentParser()
            parser.add_argument("--url", default="https://acme.org/train.csv")
            frame = pd.read_csv(parser.parse_args().url)
            weather = requests.get("https://api.acme.org/v1/weather").json()
            logo = requests.get("https://acme.org/logo.png").content
            day = pd.read_sql("SELECT * FROM clicks WHERE day <= '2024-01-31'", engine)
            some = pd.read_sql("SELECT id, age FROM users", engine)
            """
        ),
        Good(
            files={
                "explore.ipynb": """
                # %%
                !wget https://raw.githubusercontent.com/acme/course/main/helper.py
                # %%
                import wandb
                data = wandb.init().use_artifact("clicks:v12")
                """
            }
        ),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Report each source once, where it is first read."""
        if not is_fetching_place(file.path):
            return
        groups: dict[tuple[str, str], list[Moving]] = {}
        for moving in moving_data(file):
            groups.setdefault((moving.name, moving.reason), []).append(moving)
        for first, *others in groups.values():
            where = _where(file, first)
            related = [_where(file, other, "read here, too") for other in others]
            told = first.told
            if told is not None and not isinstance(first.where, Location):
                if file.index.statement(told.node) is not file.index.statement(first.where):
                    related.insert(0, file.at(told.node, "the name is written here"))
            showing = first.is_near or is_showing(file.path) or (told is not None and told.default)
            yield self.found(
                where,
                f"the data of `{first.name}` can change: {first.reason}",
                tuple(related),
                severity=Severity.INFO if first.is_tag else None,
                profile=Profile.STRICT if showing else None,
            )


def _where(file: SourceFile, moving: Moving, label: str = "") -> Location:
    return moving.where if isinstance(moving.where, Location) else file.at(moving.where, label)
