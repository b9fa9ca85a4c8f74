"""Hazard ratios at n = 47 with and without a prior, where the truth is known."""
