"""Zones: who has which, under caps and skills, with few moves, short ways and even workloads."""
