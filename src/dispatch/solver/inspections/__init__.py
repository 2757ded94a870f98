"""Inspections at several levels: samples drawn by a recorded seed, every zone seen, marks added up to scores."""
