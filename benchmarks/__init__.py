"""Measurements of the whole service, each beside the bare client on the same machine in the same run."""
