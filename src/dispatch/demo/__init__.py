"""A simulated day of an estate: requests at real rates, staff who react to their tasks, promises checked on the log."""
