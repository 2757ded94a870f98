"""HTTP, server-sent events and the board page."""
