"""The search: ruin and recreate over all routes of a problem, in machine code."""
