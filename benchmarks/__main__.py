"""``python -m benchmarks NAME`` runs one benchmark and prints a table, or JSON with ``--json``; no name: a list.

The name of a set of public routing instances solves and costs those (`benchmarks.routing`).
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import logging
import sys

import msgspec

from benchmarks import contracts
from benchmarks.rosters import command as rosters
from benchmarks.routing import command
from benchmarks.routing.sets import SETS
from benchmarks.sharing import command as sharing
from benchmarks.sharing.sets import SETS as SHARING
from benchmarks.table import lines
from dispatch.services.collector import calm

BENCHMARKS = {
    "live": "requests accepted per second, live",
    "drain": "a stored backlog decided by one desk",
    "assign": "from a request to its assignment on the feed",
    "replay": "events through a projection",
    "rebuild": "a million events rebuilt: time and memory",
    "instant": "one visit placed, somebody absent, a place explained: at once",
    "big": "20,000 visits and 1,000 workers: first plan, cost beside regret-2 insertion, memory",
    "repeat": "the same plan twice, in other processes, one of them under load",
    "rounds": "a month of patrol rounds: time, spread of starts, ways, shares",
    "la311": "the Los Angeles ledger through the whole service",
}


def main() -> int:
    """Run what was asked for; exit code 1 if a figure asked for was not reached."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--json", action="store_true", help="only JSON on stdout")
    names = parser.add_subparsers(dest="name", metavar="NAME")
    modules = {name: importlib.import_module(f"benchmarks.{name}") for name in BENCHMARKS}
    for name, what in BENCHMARKS.items():
        one = names.add_parser(name, help=what, description=modules[name].__doc__)
        one.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="only JSON on stdout")
        modules[name].arguments(one)
    for name in SETS:
        one = names.add_parser(name, help="public routing instances", description=command.__doc__)
        one.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="only a list of rows on stdout")
        command.arguments(one)
    for name in SHARING:
        one = names.add_parser(name, help="public instances of zones", description=sharing.__doc__)
        one.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="only a list of rows on stdout")
        sharing.arguments(one)
    for name in rosters.SETS:
        one = names.add_parser(name, help="public roster instances", description=rosters.__doc__)
        one.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="only a list of rows on stdout")
        rosters.arguments(one)
    one = names.add_parser("contracts", help="visits that contracts promise over weeks", description=contracts.__doc__)
    one.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="only a list of rows on stdout")
    contracts.arguments(one)
    given = parser.parse_args()
    if given.name is None:
        parser.print_help()
        return 0
    if given.name in SETS:
        return command.main(given)
    if given.name in SHARING:
        return sharing.main(given)
    if given.name in rosters.SETS:
        return rosters.main(given)
    if given.name == "contracts":
        return contracts.main(given)
    calm()
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr)
    figures = asyncio.run(modules[given.name].run(given))
    if given.json:
        sys.stdout.write(msgspec.json.encode({"benchmark": given.name, "figures": figures}).decode() + "\n")
    else:
        print("\n".join(lines(figures)))
    return 0 if all(one.reached is not False for one in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
