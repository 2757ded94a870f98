"""Home helpers by the hour: a week with a public holiday, agreed helpers, rosters and stand-ins."""
