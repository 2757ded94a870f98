"""Teams made for a day whose skills add up: a search by ruin and recreate against deadlines that are drawn tighter."""
