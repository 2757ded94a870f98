"""Routes: the compiled problem, the timeline of one duty, the state of all routes, and insertion into it."""
