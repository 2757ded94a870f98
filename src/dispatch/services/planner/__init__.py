"""The planner: follows the log, keeps each area in memory, plans what is new, improves while there is time."""
