"""Improvement of a route plan: neighbourhoods of a few duties, re-solved and kept where the whole gets cheaper."""
