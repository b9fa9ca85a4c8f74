"""Figures of the report, each made from the tables of a study; no drawing here."""
