"""Safety advisers: a month of visits to enterprises under their contracts."""
