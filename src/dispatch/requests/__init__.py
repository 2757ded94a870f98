"""What may be asked, reported and directed: the Structs outsiders send. Pure."""
