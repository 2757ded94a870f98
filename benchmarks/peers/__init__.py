"""Other solvers on the same instances: installed on request (``pip install -e '.[bench]' -c constraints.txt``).

Each gives an order of visits; starts and cost come from the same timing and the same check as ours.
"""
