"""Floor 7: run, keep, read a study."""
