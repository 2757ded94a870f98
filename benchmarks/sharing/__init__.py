"""Benchmarks of zones: public generalised assignment, and towns divided into zones that hang together."""
