"""Strategies emulated from a cohort: hazards of treatment, weights, weighted curves, inference, gates."""
