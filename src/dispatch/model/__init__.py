"""The words of the field: ids, times, places, people, work, policy, errors. Pure."""
