"""Problem to plan, pure: routes, zones, rounds, and the checks that re-verify them."""
