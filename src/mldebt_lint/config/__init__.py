"""What a run is asked to do: the project's root, its settings, the selection of rules, their options."""

from mldebt_lint.config.ignores import FileIgnores
from mldebt_lint.config.load import config_files, find_root, load_config, shown_path
from mldebt_lint.config.options import OptionDoc, build_options, options_doc, rule_options
from mldebt_lint.config.presets import DEFAULT_PRESETS, Preset
from mldebt_lint.config.select import Decision, RuleInfo, check_selectors, resolve, selected_codes
from mldebt_lint.config.settings import Config, Flags
from mldebt_lint.config.show import show_settings

__all__ = [
    "DEFAULT_PRESETS",
    "Config",
    "Decision",
    "FileIgnores",
    "Flags",
    "OptionDoc",
    "Preset",
    "RuleInfo",
    "build_options",
    "check_selectors",
    "config_files",
    "find_root",
    "load_config",
    "options_doc",
    "resolve",
    "rule_options",
    "selected_codes",
    "show_settings",
    "shown_path",
]
