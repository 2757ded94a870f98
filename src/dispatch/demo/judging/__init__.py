"""The promises of the field, each checked on the log alone: nothing here is shared with planner, solver or deciders."""
