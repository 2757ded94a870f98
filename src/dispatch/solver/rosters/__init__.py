"""Rosters: who works when, by the best rows of single people chosen together."""
