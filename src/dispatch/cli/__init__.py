"""The command line ``dispatch``."""
