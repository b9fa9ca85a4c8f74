"""Floor 4: a protocol meets a cohort: who is eligible and from when, who left and why, what is prescribed."""
