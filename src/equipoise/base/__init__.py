"""Floor 0: errors, findings, the clock, table schemas, documents, provenance, citations."""
