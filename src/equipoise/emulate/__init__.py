"""Floor 4: a protocol meets a cohort: who is eligible, when time zero is, who left and why."""
