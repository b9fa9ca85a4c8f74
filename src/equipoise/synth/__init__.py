"""Floor 6: virtual patients whose truth is known."""
