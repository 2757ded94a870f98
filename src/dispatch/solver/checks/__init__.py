"""Independent checks: they recompute every hard rule of a plan without ortools and without the solver's code."""
