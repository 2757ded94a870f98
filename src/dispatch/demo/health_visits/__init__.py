"""Household health visits: eight teams see all households of their villages within three months."""
