"""Big days: the routes of a problem cut into blocks, searched block by block, and cut anew elsewhere."""
