"""Conversions, import paths and shell commands: what the rules on glue code ask."""
