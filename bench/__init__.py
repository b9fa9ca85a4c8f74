"""Named problems, each solved by equipoise and by its peers in one run: ``python -m bench``."""
