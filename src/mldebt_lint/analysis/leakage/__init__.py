"""Which rows something learnt from, and on which side of a split they are."""
