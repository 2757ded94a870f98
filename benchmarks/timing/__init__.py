"""Exact starts for given orders: who visits whom in which order becomes a dump, in the instance's full precision.

Solvers count in whole ticks, so their own starts carry rounding. An order of visits has one best timing in each set
(stated in each file); giving that one makes the cost of a dump that of the order, whoever found it. Nothing is
repaired: an order that breaks a rule gives a dump that breaks it.
"""
