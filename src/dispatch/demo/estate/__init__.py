"""The estate: repairs, cleaning and patrols of one day."""
