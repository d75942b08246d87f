"""Writes the settings of a run as TOML that can be read back, with the origin of each as a comment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from mldebt_lint.config.load import shown_path
from mldebt_lint.config.options import option_values
from mldebt_lint.config.schema import KEYS, bare_or_quoted, quoted
from mldebt_lint.config.select import RuleInfo
from mldebt_lint.config.settings import Config, KeyPath

MAX_WIDTH = 100


def show_settings(config: Config, options: Iterable[tuple[RuleInfo, object]] = ()) -> str:
    """Return the settings as the text of a `mldebt-lint.toml`, each with where it comes from.

    `options` are rules with their built options, all of which are shown; other rules only as configured.
    The text depends on the settings alone; paths are relative to the root.
    """
    source = shown_path(config.source, config.root) if config.source else "none"
    lines = [f"# configuration file: {source}"]
    for key, value in sorted(_values(config), key=lambda item: KEYS.index(item[0])):
        lines += _lines(key, value, _origin(config, key))
    for name, rows in _tables(config, options):
        lines += ["", f"[{name}]"]
        for key, value, place in rows:
            lines += _lines(key, value, place)
    return "\n".join(lines) + "\n"


def _values(config: Config) -> Iterator[tuple[str, object]]:
    """Yield the settings that are no tables; the selectors as the command line leaves them."""
    flags = config.flags
    written = config if flags.select is None else replace(config, select=flags.select, extend_select=())
    yield "select", ["ALL"] if written.select is None else written.select
    yield "extend-select", written.extend_select + flags.extend_select
    yield "ignore", config.ignore + flags.ignore
    yield "profile", config.profile.name.lower()
    yield "exclude", config.exclude
    yield "extend-exclude", config.extend_exclude
    yield "packs", [shown_path(path, config.root) for path in config.packs]
    yield "local-rules", [shown_path(path, config.root) for path in config.local_rules]
    yield "plugins", config.plugins
    yield "python-cell-magics", config.python_cell_magics
    yield "fail-on", config.fail_on.name.lower()
    yield "min-severity", config.min_severity.name.lower()
    yield "output-format", config.output_format


_Row = tuple[str, object, str]


def _tables(config: Config, options: Iterable[tuple[RuleInfo, object]]) -> Iterator[tuple[str, list[_Row]]]:
    levels = {selector: level.name.lower() for selector, level in config.severity.items()}
    presets = {preset.name: preset.patterns for preset in config.presets}
    for name, values in (
        ("per-file-ignores", dict(config.per_file_ignores)),
        ("presets", presets),
        ("severity", levels),
    ):
        if values:
            yield name, [(key, value, config.places.get((name, key), "")) for key, value in values.items()]
    for rule, rows in sorted(_rules(config, options).items()):
        if rows:
            yield f"rules.{bare_or_quoted(rule)}", rows


def _rules(config: Config, options: Iterable[tuple[RuleInfo, object]]) -> dict[str, list[_Row]]:
    shown: dict[str, list[_Row]] = {}
    codes = set()
    for rule, built in options:
        codes.add(rule.code)
        shown[rule.name] = [
            (key, value, _written_at(config, [("rules", rule.name, key), ("rules", rule.code, key)]))
            for key, value in option_values(built).items()
        ]
    for name, given in config.rule_options.items():
        if name not in codes and name not in shown:
            shown[name] = [
                (key, value, _written_at(config, [("rules", name, key)])) for key, value in given.items()
            ]
    return shown


def _written_at(config: Config, paths: Iterable[KeyPath]) -> str:
    return next((config.places[path] for path in paths if path in config.places), "")


def _origin(config: Config, key: str) -> str:
    """Return where a setting was written; a list can come from a file and from the command line."""
    flags = config.flags
    added = {
        "extend-select": flags.extend_select,
        "ignore": flags.ignore,
        "extend-exclude": "--extend-exclude" in config.places.values(),
    }
    if flags.select is not None and key in ("select", "extend-select"):
        places = ["--select"] if key == "select" else []
    else:
        places = [config.places.get((key,), "")]
    if added.get(key):
        places.append(f"--{key}")
    return ", ".join(place for place in places if place)


def _lines(key: str, value: object, place: str) -> Iterator[str]:
    """Yield `key = value  # place`, a long list with one item in a line."""
    start, origin = f"{bare_or_quoted(key)} = ", f"  # {place or 'default'}"
    text = _toml(value)
    if len(start + text + origin) <= MAX_WIDTH or not isinstance(value, list | tuple):
        yield f"{start}{text}{origin}"
        return
    yield f"{start}[{origin}"
    for item in value:
        yield f"    {_toml(item)},"
    yield "]"


def _toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return quoted(value)
        case list() | tuple():
            return f"[{', '.join(_toml(item) for item in value)}]"
        case dict():
            pairs = (f"{bare_or_quoted(key)} = {_toml(item)}" for key, item in value.items())
            return f"{{{', '.join(pairs)}}}"
        case _:
            return str(value)
