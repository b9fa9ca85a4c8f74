"""Floor 4: sources become cohorts."""
