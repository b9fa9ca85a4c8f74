"""Whether the fast simulator equals the slow one, at length."""
