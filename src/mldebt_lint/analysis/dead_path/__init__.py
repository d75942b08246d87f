"""Flags, disabled code and versions: what the rules on dead experimental paths ask."""
