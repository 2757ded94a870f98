"""What a plan costs and which rules it breaks, from instance and dump alone: nothing here comes from the solver."""
