"""MLD501: values converted to another package's format and back with nothing done between."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt_lint.rule import (
    ANY_TEXT,
    Bad,
    Conversions,
    Debt,
    FileRule,
    Finding,
    Good,
    Profile,
    Severity,
    SourceFile,
    Step,
    cst,
    is_relabelled,
    is_test_path,
    left_format,
    stacked_elements,
    through_text,
    ways_back,
)


class GlueRoundTrip(FileRule):
    """A value is converted to another package's format and back, with nothing done to it between.

    Why it is debt
    The two conversions copy the data, wait for the device, and lose what the other format cannot hold: column
    names, an index, dtypes, the graph of gradients. They are left over from glue between packages (§5 Glue
    code): one side has been changed and the adapter stayed.

    What to do instead
    Use the value itself; write what the detour was for: `x.detach().clone()`, `df.reset_index(drop=True)`,
    `df.copy()`. If the middle is meant, work on it there.

    Known limits
    Both formats must be known: from the type, from methods that only one imported package has, or from the
    conversion itself. A dtype or device given on the way back excuses, as does a new index of a frame; new column
    names are shown by the strict profile only. A middle value that is used for anything else, and lists out of a
    column of a frame (they may unpack its cells), are silent. Tests are not looked at.

    References
    Sculley et al. 2015, §5 Glue code.
    """

    code = "MLD501"
    name = "glue-round-trip"
    debt = Debt.GLUE_CODE
    severity = Severity.WARNING
    needs = ANY_TEXT
    effort_minutes = 10
    examples = (
        Bad(
            """
            import torch

            def detached(x, y):
                a = torch.tensor(x.detach().cpu().numpy())  # bad
                b = torch.from_numpy(y.float().cpu().numpy())  # bad
                return a, b
            """
        ),
        Bad(
            """
            import pandas as pd

            frame = pd.read_csv("train.csv")
            values = frame.to_numpy()
            features = pd.DataFrame(values)  # bad
            rows = frame.values.tolist()
            copy = pd.DataFrame(rows, columns=frame.columns)  # bad
            again = pd.DataFrame.from_records(frame.to_dict("records"))  # bad
            renamed = pd.DataFrame(frame.values, columns=["a", "b"])  # bad
            """
        ),
        Bad(
            """
            from pyspark.sql import SparkSession

            spark = SparkSession.builder.getOrCreate()

            def refresh(users):
                local = users.toPandas()
                return spark.createDataFrame(local)  # bad
            """
        ),
        Bad(
            """
            import jax.numpy as jnp
            import numpy as onp
            from PIL import Image

            weights = jnp.ones((3, 3))
            frozen = jnp.array(onp.asarray(weights))  # bad
            picture = Image.open("cat.png").convert("RGB")
            same = Image.fromarray(onp.array(picture))  # bad
            """
        ),
        Bad(
            """
            import torch as th

            def to_numpy(tensor):
                return tensor.detach().cpu().numpy()

            class Agent:
                def act(self, state):
                    return th.as_tensor(to_numpy(self.net(state)))  # bad
            """
        ),
        Bad(
            """
            import json
            import numpy as np
            import torch

            def batch(image, tensors, config):
                one = torch.tensor(np.array([image.numpy()]))  # bad
                all_of_them = torch.from_numpy(np.stack([t.cpu().numpy() for t in tensors]))
                return one, all_of_them, json.loads(json.dumps(config))  # bad
            """
        ),
        Bad(
            files={
                "explore.ipynb": """
                # %%
                import pandas as pd
                # %%
                def clean(df):
                    return pd.DataFrame(df.values)  # bad
                """
            }
        ),
        Good(
            """
            import torch

            def moved(x, device):
                a = torch.tensor(x.cpu().numpy(), dtype=torch.float32)
                b = torch.from_numpy(x.cpu().numpy()).to(device)
                c = torch.LongTensor(x.numpy())
                return a, b, c
            """
        ),
        Good(
            """
            import numpy as np
            import pandas as pd
            import torch

            def clipped(x):
                array = x.cpu().numpy()
                array[array < 0] = 0
                rolled = torch.from_numpy(np.roll(x.cpu().numpy(), 1))
                return torch.from_numpy(array), rolled

            frame = pd.read_csv("train.csv")
            shifted = pd.Series(frame["price"].values, index=frame["day"])
            unpacked = pd.DataFrame(frame["json"].tolist())
            flipped = pd.DataFrame(frame.values.T)
            """
        ),
        Good(
            """
            import pandas as pd
            import tensorflow as tf
            import torch

            model = tf.keras.models.load_model("model.h5")

            def ported(layer, table):
                weight = torch.from_numpy(layer.numpy())
                enum = pd.DataFrame(table.values())
                return weight, enum
            """
        ),
        Good(
            """
            import torch

            def report(x, plot):
                values = x.detach().cpu().numpy()
                plot(values)
                return torch.from_numpy(values)
            """
        ),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Report every conversion back to the format that the value came from."""
        if is_test_path(file.path):
            return
        conversions = file.once(Conversions)
        for back in ways_back(file, conversions):
            there = left_format(file, conversions, back)
            if there is not None:
                yield self._finding(file, back, there)
            elif (stacked := stacked_elements(conversions, back)) is not None:
                message = f"values go from {back.target} to {stacked.target} and back to be stacked: stack them as they are"
                yield self._lesser(file, back.node, message, stacked.node)
        for loads, dumps in through_text(file, conversions):
            message = "a value goes through JSON text and back with nothing done between: say copy.deepcopy"
            yield self._lesser(file, loads, message, dumps)

    def _lesser(self, file: SourceFile, node: cst.CSTNode, message: str, there: cst.CSTNode) -> Finding:
        related = (file.at(there, "converted here"),)
        return self.found(file.at(node), message, related, severity=Severity.INFO, profile=Profile.STRICT)

    def _finding(self, file: SourceFile, back: Step, there: Step) -> Finding:
        where, related = file.at(back.node), (file.at(there.node, f"to {there.target} here"),)
        path = f"{back.target} to {there.target} to {back.target}"
        if is_relabelled(back, there):
            message = f"a value goes from {path} only to be given other labels: set them on the value itself"
            return self._lesser(file, back.node, message, there.node)
        message = f"a value goes from {path} with nothing done between: two copies, labels or gradients lost"
        return self.found(where, message, related)
