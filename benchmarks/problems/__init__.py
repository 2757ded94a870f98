"""Public instances as problems of `dispatch.solver`, and its plans back into orders of the instance's own ids."""
