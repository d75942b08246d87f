"""MLD825: data in an order that the file system or a hash decides."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt_lint.rule import (
    Api,
    Applicability,
    Bad,
    Debt,
    Edit,
    FileRule,
    Finding,
    Fix,
    Good,
    Needs,
    Orders,
    Profile,
    Role,
    Severity,
    SourceFile,
    cst,
    is_test_path,
)

SETS = frozenset({"builtins.set", "builtins.frozenset"})


class UnorderedData(FileRule):
    """The order of a directory listing, or of a set, decides the order of the data, a split or the classes' numbers.

    Why it is debt
    `os.listdir`, `glob` and `iterdir` give names as the file system keeps them, a set of strings gives them by a
    hash that changes with every start of Python. With the same seed, code and files, another machine then trains on
    other rows in another order, and class 3 is another class. Neither results nor bugs can be reproduced (§8
    Reproducibility Debt).

    What to do instead
    Sort where the names are read: `sorted(os.listdir(folder))`, `sorted(set(labels))`.

    Known limits
    The order is followed within one file: into splits, data set classes, arrays that are made of what was read,
    fits, seeded draws and numbers of classes. Names that are looked up, counted, deleted or shown are silent, and
    so is everything that is sorted on its way. What only a seeded sample takes is shown by the strict profile. For
    `os.walk` and `os.scandir` no fix is offered.

    References
    Sculley et al. 2015, §8 Reproducibility Debt.
    """

    code = "MLD825"
    name = "unordered-data"
    debt = Debt.RANDOMNESS
    severity = Severity.WARNING
    needs = Needs(words=frozenset({"listdir", "glob(", "iterdir", "scandir", "walk(", "set("}))
    effort_minutes = 2
    examples = (
        Bad(
            """
            import glob
            from sklearn.model_selection import train_test_split

            files = glob.glob("data/*.png")  # bad
            train, test = train_test_split(files, random_state=0)
            """
        ),
        Bad(
            """
            import os
            import cv2
            from torch.utils.data import Dataset

            class Photos(Dataset):
                def __init__(self, root):
                    self.root = root
                    self.names = [n for n in os.listdir(root) if n.endswith(".jpg")]  # bad

                def __getitem__(self, i):
                    return cv2.imread(os.path.join(self.root, self.names[i]))
            """
        ),
        Bad(
            """
            from pathlib import Path
            import pandas as pd

            def load(folder):
                frames = []
                for path in Path(folder).iterdir():  # bad
                    frame = pd.read_csv(path)
                    frames.append(frame)
                return pd.concat(frames)
            """
        ),
        Bad(
            files={
                "train.ipynb": """
                # %%
                labels = [row["label"] for row in rows]
                classes = list(set(labels))  # bad
                # %%
                number = {name: i for i, name in enumerate(classes)}
                # %%
                from pathlib import Path
                files = list(Path("texts").rglob("*.txt"))  # bad
                # %%
                train, test = files[:800], files[800:]
                """
            }
        ),
        Bad(
            """
            import os
            from PIL import Image

            class Pairs:
                def __init__(self, root):
                    self.items = []
                    for kind in os.listdir(root):  # bad
                        for name in sorted(os.listdir(os.path.join(root, kind))):
                            self.items.append((name, kind))

                def __getitem__(self, i):
                    return Image.open(self.items[i][0])
            """
        ),
        Bad(
            """
            import os
            import cv2
            import numpy as np

            def fetch(folder):
                names = os.listdir(folder)  # bad
                images = np.zeros((len(names), 64, 64))
                for number, name in enumerate(names):
                    images[number] = cv2.imread(os.path.join(folder, name), 0) / 255
                return images
            """
        ),
        Good(
            """
            import glob, os
            from sklearn.model_selection import train_test_split

            files = sorted(glob.glob("data/*.png"))
            train, test = train_test_split(files, random_state=0)
            names = os.listdir("data")
            names.sort()
            first, rest = names[:10], names[10:]
            """
        ),
        Good(
            """
            import os
            from pathlib import Path

            print(len(os.listdir("data")))
            if "train.csv" not in os.listdir("data"):
                download()
            for path in Path("out").glob("*.tmp"):
                path.unlink()
            newest = max(Path("runs").glob("*.pt"), key=os.path.getmtime)
            """
        ),
        Good(
            """
            import os
            import pandas as pd

            frames = {name: pd.read_csv(name) for name in os.listdir("tables")}
            known = set(frames)
            kept = [name for name in ["a.csv", "b.csv"] if name in known]
            classes = sorted(set(labels))
            held_out = list(set(range(len(rows))) - set(chosen))
            model.fit(held_out)
            number = {name: i for i, name in enumerate(classes)}
            """
        ),
        Good(
            """
            from pathlib import Path
            import torch
            from torch.utils.data import Dataset

            class Texts(Dataset):
                def __init__(self, root):
                    self.paths = list(Path(root).glob("*.txt"))
                    self.paths.sort()

                def __getitem__(self, i):
                    return self.paths[i].read_text()
            """
        ),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Follow the order of each listing and each set."""
        if is_test_path(file.path):
            return
        orders = Orders(file)
        for node, api in _unordered(file):
            if api is None and orders.holds_numbers(node):
                continue
            decided = orders.decides(node)
            if decided is None:
                continue
            what = "a set" if api is None else "the file system"
            message = f"{what} decides {decided.what}: another run or machine gets another one"
            related = (file.at(decided.node, f"decides {decided.what}"),)
            profile = None if decided.sure else Profile.STRICT
            yield self.found(file.at(node), message, related, profile=profile, fix=_fix(file, node, api))


def _unordered(file: SourceFile) -> Iterator[tuple[cst.BaseExpression, Api | None]]:
    for call in file.calls:
        if file.qualified(call.func) in SETS and call.args:
            yield call, None
            continue
        api = file.api(call)
        if api is not None and api.role is Role.LISTING:
            yield call, api
    for comprehension in file.index.of(cst.SetComp):
        yield comprehension, None


def _fix(file: SourceFile, node: cst.BaseExpression, api: Api | None) -> Fix | None:
    if api is not None and "tree" in api.traits:
        return None
    edit = Edit(file.at(node), f"sorted({file.text(node)})")
    sure = Applicability.SAFE if api is not None else Applicability.UNSAFE
    return Fix("Sort what decides the order", (edit,), sure)
