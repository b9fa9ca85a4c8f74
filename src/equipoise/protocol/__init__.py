"""Floor 3: what is asked. The target trial, written down."""
