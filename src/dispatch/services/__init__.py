"""The running parts: desk, planner, projector, dead letters, the embedded server, the clock."""
