"""The independent check of a plan: every hard rule and every cost recomputed, sharing nothing with the solver."""

from dispatch.solver.checks.costs import cost
from dispatch.solver.checks.every import broken, check, check_teams
from dispatch.solver.checks.form import faults, require_form

__all__ = ["broken", "check", "check_teams", "cost", "faults", "require_form"]
