"""What the rules on eroded boundaries ask: whether a number corrects, or only converts."""
