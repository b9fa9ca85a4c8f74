"""The editorial's cohort: 47 transplanted patients as a series counts them, and everybody they came from."""
