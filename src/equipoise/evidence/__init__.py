"""Floor 4: published numbers with their sources; nothing from memory."""
