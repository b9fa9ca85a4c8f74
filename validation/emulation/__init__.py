"""Emulation at length: bias, coverage, error of the first kind and sealing where the truth is known."""
