"""How a rule's options are read and documented."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal

import pytest

from mldebt_lint.config import Config, OptionDoc, build_options, load_config, options_doc, rule_options
from mldebt_lint.errors import UserError


class Unit(StrEnum):
    """A unit."""

    LINES = "lines"
    CELLS = "cells"


@dataclass(frozen=True)
class Options:
    """The options of a rule, one of each type."""

    max_modules: int = field(default=8, metadata={"min": 1, "max": 99, "doc": "How many are borne."})
    ratio: float = field(default=0.5, metadata={"min": 0})
    strict: bool = False
    prefix: str = "old"
    names: tuple[str, ...] = ("a", "b")
    scope: Literal["file", "project"] = "file"
    unit: Unit = Unit.LINES


@dataclass(frozen=True)
class NoOptions:
    """The options of a rule that has none."""


def error_of(raw: dict[str, object], cls: type = Options) -> str:
    with pytest.raises(UserError) as raised:
        build_options(cls, raw, "x.toml:7")
    return str(raised.value)


def test_what_is_not_given_keeps_its_default() -> None:
    assert build_options(Options, {"ratio": 0.25}, "") == Options(ratio=0.25)


def test_every_type_of_option_is_read() -> None:
    raw = {
        "max-modules": 5,
        "ratio": 1,
        "strict": True,
        "prefix": "bak",
        "names": ["c"],
        "scope": "project",
        "unit": "cells",
    }
    assert build_options(Options, raw, "") == Options(5, 1.0, True, "bak", ("c",), "project", Unit.CELLS)


def test_a_whole_number_given_for_a_number_becomes_one() -> None:
    assert isinstance(build_options(Options, {"ratio": 1}, "").ratio, float)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({"max-modules": "5"}, 'max-modules must be a whole number, not the string "5"'),
        ({"max-modules": 5.0}, "max-modules must be a whole number, not the number 5.0"),
        ({"max-modules": True}, "max-modules must be a whole number, not true"),
        ({"max-modules": 0}, "max-modules must be at least 1, not the number 0"),
        ({"max-modules": 100}, "max-modules must be at most 99, not the number 100"),
        ({"ratio": "high"}, 'ratio must be a number, not the string "high"'),
        ({"ratio": False}, "ratio must be a number, not false"),
        ({"ratio": float("nan")}, "ratio must be at least 0, not the number nan"),
        ({"strict": 1}, "strict must be true or false, not the number 1"),
        ({"prefix": []}, "prefix must be a string, not a list"),
        ({"names": "c"}, 'names must be a list of strings, not the string "c" (write ["c"])'),
        ({"names": ["c", 1]}, "names[1] must be a string, not the number 1"),
        (
            {"scope": "projct"},
            """scope must be "file" or "project", not the string "projct" (did you mean 'project'?)""",
        ),
        ({"unit": 1}, 'unit must be "lines" or "cells", not the number 1'),
        ({"max-module": 5}, "unknown option 'max-module' (did you mean 'max-modules'?)"),
        ({"max_modules": 5}, "unknown option 'max_modules' (did you mean 'max-modules'?)"),
        (
            {"xyzzy": 5},
            "unknown option 'xyzzy' (the options are max-modules, ratio, strict, prefix, names, scope, unit)",
        ),
    ],
)
def test_a_wrong_option_is_an_error_at_its_place(raw: dict[str, object], message: str) -> None:
    assert error_of(raw) == f"x.toml:7: {message}"


def test_a_rule_without_options_says_so() -> None:
    assert error_of({"a": 1}, NoOptions) == "x.toml:7: unknown option 'a' (this rule has no options)"


def configured(text: str, tmp_path: Path) -> Config:
    (tmp_path / "mldebt-lint.toml").write_text(text, encoding="utf-8")
    return load_config(tmp_path, overrides=["rules.scattered-package.strict = true"])


def test_the_options_of_a_rule_are_found_by_its_name_and_by_its_code(tmp_path: Path) -> None:
    text = "[rules.scattered-package]\nmax-modules = 5\n[rules.MLD503]\nmax-modules = 4\nprefix = 'x'\n"
    options = rule_options(Options, configured(text, tmp_path), name="scattered-package", code="MLD503")
    assert options == Options(max_modules=5, strict=True, prefix="x")


def test_a_rule_that_is_not_configured_has_its_defaults(tmp_path: Path) -> None:
    assert rule_options(Options, configured("", tmp_path), name="path-hack", code="MLD504") == Options()


def test_a_wrong_option_in_a_configuration_is_named_with_its_line(tmp_path: Path) -> None:
    config = configured("[rules.scattered-package]\nnames = [\n 'a',\n 2]\n", tmp_path)
    with pytest.raises(UserError) as raised:
        rule_options(Options, config, name="scattered-package", code="MLD503")
    message = "mldebt-lint.toml:4: rules.scattered-package.names[1] must be a string, not the number 2"
    assert str(raised.value) == message


def test_a_wrong_option_in_an_override_is_named_with_the_flag(tmp_path: Path) -> None:
    config = load_config(tmp_path, overrides=["rules.MLD503.max-modules = 0"])
    with pytest.raises(UserError) as raised:
        rule_options(Options, config, name="scattered-package", code="MLD503")
    assert str(raised.value) == "--config: rules.MLD503.max-modules must be at least 1, not the number 0"


def test_options_document_themselves() -> None:
    assert options_doc(Options) == (
        OptionDoc("max-modules", "whole number", 8, "How many are borne."),
        OptionDoc("ratio", "number", 0.5, ""),
        OptionDoc("strict", "true or false", False, ""),
        OptionDoc("prefix", "string", "old", ""),
        OptionDoc("names", "list of strings", ("a", "b"), ""),
        OptionDoc("scope", '"file" or "project"', "file", ""),
        OptionDoc("unit", '"lines" or "cells"', "lines", ""),
    )


def test_a_rule_without_options_has_nothing_to_document() -> None:
    assert options_doc(NoOptions) == ()


@dataclass(frozen=True)
class Unreadable:
    """An option of a type that TOML cannot write."""

    value: complex = 1j


@dataclass(frozen=True)
class Required:
    """An option without a default."""

    value: int


@pytest.mark.parametrize(
    ("cls", "message"),
    [
        (Unreadable, r"an option cannot be of type <class 'complex'>"),
        (Required, "the option 'value' has no default"),
        (int, "the options of a rule must be a dataclass, not int"),
    ],
)
def test_a_class_that_is_not_made_for_options_is_an_error_of_its_author(cls: type, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        options_doc(cls)
