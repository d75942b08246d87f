"""From files on disk to documents of cells."""
