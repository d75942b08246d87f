"""Finds the hidden technical debt of machine-learning systems in Python files and notebooks."""

__version__ = "0.1.0"
