"""Kinds of numbers and scores: what the rules on plain data ask."""
