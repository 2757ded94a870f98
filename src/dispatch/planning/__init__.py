"""From the folded state of an area to a problem, and from a plan to events. Pure."""
