"""Paths of one machine, subsets, copies of functions: what the rules on prototypes ask."""
