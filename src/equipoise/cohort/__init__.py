"""Floor 3: what is known. Cohort, its tables, its audit, its event histories."""
