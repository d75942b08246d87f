"""What a method call is to its library when the receiver's type is not known."""

from __future__ import annotations

import pytest
from support import source_file

from mldebt_lint.registry import Registry

CLASS = """
import sklearn.linear_model

class Job:
    def __init__(self, model):
        self.model = model

    def run(self, model, df):
        {call}
"""


@pytest.mark.parametrize(
    "call", ["model.fit(df)", "self.model.fit(df)", "self.job.model.fit(df)", "build().fit(df)"]
)
def test_a_method_of_an_unknown_instance_is_known_by_its_name(call: str, registry: Registry) -> None:
    file = source_file(CLASS.format(call=call), registry.library)
    assert [api.name for c in file.calls if (api := file.api(c)) is not None] == ["*.fit"]


def test_a_function_of_a_module_is_not_taken_for_a_method(registry: Registry) -> None:
    file = source_file(CLASS.format(call="sklearn.linear_model.fit(df)"), registry.library)
    assert [file.api(call) for call in file.calls] == [None]
