"""Strategies compared on the same people, as the report shows them."""
