"""Collects one file's facts about command-line options."""

from __future__ import annotations

import libcst as cst

from mldebt_lint.analysis.facts import Fact
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.options.facts import Kind, OptionFacts, OptionNames
from mldebt_lint.analysis.options.functions import offers, unused_parameters
from mldebt_lint.analysis.options.places import Places
from mldebt_lint.analysis.options.records import RecordFollower, made
from mldebt_lint.analysis.options.signatures import (
    defaults,
    executes,
    functions,
    names_read,
    shapes,
    written_attributes,
)
from mldebt_lint.analysis.options.widen import Rounds


def option_facts(file: SourceFile) -> list[Fact]:
    """Return what a file tells about command-line options; kinds that few questions need stand by themselves."""
    places = Places(file)
    rounds = Rounds(file, places)
    rounds.run()
    follower = rounds.follower
    _other_sources(file, follower)
    attributes, words = names_read(file)
    followed = OptionFacts(
        path=file.path,
        moves=tuple(follower.moves),
        passes=tuple(follower.passes),
        touches=tuple(follower.touches.values()),
        writes=tuple(dict.fromkeys(follower.writes)),
        origins=tuple(dict.fromkeys(follower.origins)),
        parses=tuple(dict.fromkeys(follower.parses)),
        fills=tuple(dict.fromkeys(follower.fills)),
        declared=tuple(dict.fromkeys(follower.declared)),
        made=tuple(dict.fromkeys(made(file, places))),
        unused=tuple(unused_parameters(file, places)),
        hands=tuple(follower.hands),
        offers=tuple(dict.fromkeys(offers(file, places))),
        loaded=tuple(dict.fromkeys(follower.loaded)),
        functions=tuple(functions(file, places)),
        shapes=tuple(shapes(file, places)),
        stars=tuple(file.names.stars),
        executes=executes(file, places),
    )
    return [followed, OptionNames(attributes, words, written_attributes(file)), *defaults(file, places)]


def _other_sources(file: SourceFile, follower: RecordFollower) -> None:
    """Mark places that also receive what is no parser and no namespace."""
    for target in file.index.of(cst.AssignTarget):
        statement = file.index.parent(target)
        value = statement.value if isinstance(statement, cst.Assign) else None
        if not (isinstance(value, cst.Name) and value.value == "None"):
            _other(follower, target.target)
    for loop in file.index.of(cst.For):
        _other(follower, loop.target)
    for item in file.index.of(cst.WithItem):
        if item.asname is not None:
            _other(follower, item.asname.name)


def _other(follower: RecordFollower, target: cst.BaseExpression) -> None:
    if target in follower.stored:
        return
    places = follower.places
    match target:
        case cst.Name() if places.is_likely(target.value):
            place = places.variable(target)
            if place is not None:
                follower.touch(place, Kind.OTHER)
        case cst.Attribute() if places.is_likely(target.attr.value):
            follower.touch(places.attribute(target, stored=True), Kind.OTHER)
        case cst.Tuple() | cst.List():
            for element in target.elements:
                _other(follower, element.value)
