"""The order of cells and the names they use: what the rules on notebooks ask."""
