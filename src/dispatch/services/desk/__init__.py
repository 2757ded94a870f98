"""The desk: takes in what people say, decides it, appends what happened, answers."""
