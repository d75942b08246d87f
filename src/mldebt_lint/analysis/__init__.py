"""From cells to an index that rules ask questions of."""
