"""The rules: per entity a state, its fold and its decisions. Pure."""
