"""Naive comparisons: what is usually computed, why it is wrong, and by how much."""
