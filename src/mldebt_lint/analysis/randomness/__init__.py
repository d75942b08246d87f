"""Draws, seeds, and what a program runs: what the rules on randomness ask."""
