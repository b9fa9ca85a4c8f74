"""Floor 8: a study becomes words, tables, figures, a report."""
