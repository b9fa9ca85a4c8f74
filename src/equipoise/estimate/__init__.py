"""Floor 5: outcomes with their uncertainty, in one table."""
