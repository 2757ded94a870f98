"""Readers of public instances: from the files as published to this house's problems."""
