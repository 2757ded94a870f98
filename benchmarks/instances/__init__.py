"""Readers of the public routing instances: each gives a frozen Struct in the instance's own ids and units."""
