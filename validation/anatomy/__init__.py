"""The anatomy of bias at large: naive analyses of 150,000 virtual patients beside the truth."""
