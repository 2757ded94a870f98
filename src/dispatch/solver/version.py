"""The name and version of the solver, recorded with every plan."""

SOLVER = "routes-3"
"""Plans of one version are repeatable, bit for bit."""
