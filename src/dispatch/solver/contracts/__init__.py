"""Visits of contracts over weeks: promises become dated visits; see `search.solve_contracts`."""
