"""The prognostic table: absolute risks and hazard ratios by what is known about a patient."""
