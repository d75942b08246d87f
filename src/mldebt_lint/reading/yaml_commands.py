"""The command lines in YAML files: CI workflows, compose files, DVC stages, MLproject, cluster manifests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebt_lint.reading.text import split_lines

if TYPE_CHECKING:
    from yaml import Node

# A string is one or more lines; a list under the first is a list of commands, under the second one command's words.
_LISTS = frozenset(
    (
        "run",
        "script",
        "before_script",
        "after_script",
        "commands",
        "cmd",
        "bash",
        "inlineScript",
        "install",
        "entry",
    )
)
_WORDS = frozenset(("command", "entrypoint"))
_MAY_RUN = re.compile("|".join(sorted(_LISTS | _WORDS)))


def yaml_commands(text: str) -> Iterator[str]:
    """Yield the command lines of a YAML text; a text that is no YAML (a template, say) has none."""
    if not _MAY_RUN.search(text):
        return
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        documents = [node for node in yaml.compose_all(text, Loader=loader) if node is not None]
    except (yaml.YAMLError, ValueError, RecursionError):
        return
    for document in documents:
        yield from _walk(document)


def _walk(top: Node) -> Iterator[str]:
    """Visit every mapping once (aliases share nodes) in the order of the text."""
    from yaml import MappingNode, SequenceNode

    stack, seen = [top], {id(top)}
    while stack:
        node = stack.pop()
        children: list[Node] = []
        if isinstance(node, MappingNode):
            yield from _of_mapping(node.value)
            children = [value for _, value in node.value]
        elif isinstance(node, SequenceNode):
            children = list(node.value)
        for child in reversed(children):
            if id(child) not in seen:
                seen.add(id(child))
                stack.append(child)


def _of_mapping(pairs: list[tuple[Node, Node]]) -> Iterator[str]:
    from yaml import ScalarNode, SequenceNode

    values = {key.value: value for key, value in pairs if isinstance(key, ScalarNode)}
    for key, value in values.items():
        if key not in _LISTS and key not in _WORDS:
            continue
        if isinstance(value, ScalarNode):
            yield from split_lines(value.value)
        elif isinstance(value, SequenceNode) and key in _LISTS:
            for item in _scalars(value):
                yield from split_lines(item)
        elif isinstance(value, SequenceNode):
            arguments = values.get("args")
            words = [*_scalars(value), *(_scalars(arguments) if arguments else [])]
            yield " ".join(_quoted(word) for word in words)


def _scalars(node: Node) -> list[str]:
    from yaml import ScalarNode, SequenceNode

    if isinstance(node, ScalarNode):
        return [node.value]
    return (
        [item.value for item in node.value if isinstance(item, ScalarNode)]
        if isinstance(node, SequenceNode)
        else []
    )


def _quoted(word: str) -> str:
    return f"'{word}'" if re.search(r"\s", word) and "'" not in word else word
