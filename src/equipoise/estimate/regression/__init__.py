"""Regression on event times, straight from a cohort."""
