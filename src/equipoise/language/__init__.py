"""Floor 2: the words of a data source, and what can be asked about a patient by a day."""
