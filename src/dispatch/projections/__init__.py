"""Read models folded from events, one file each. Pure."""
