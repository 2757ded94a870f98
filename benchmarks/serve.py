"""Runs one service as a process of its own: ``python -m benchmarks.serve desk --nats URL --clock follow``."""

from __future__ import annotations

import argparse
import asyncio
import logging

from dispatch.services import run
from dispatch.services.clock import clock_named

SERVICES = {"desk": run.desk, "planner": run.planner, "projector": run.projector}


def main() -> None:
    """Serve until a signal comes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("service", choices=sorted(SERVICES))
    parser.add_argument("--nats", required=True)
    parser.add_argument("--clock", default="system", choices=("system", "follow"))
    given = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format=f"{given.service}: %(levelname)s %(message)s")
    settings = run.Settings(url=given.nats, clock=clock_named(given.clock))
    asyncio.run(SERVICES[given.service](settings))


if __name__ == "__main__":
    main()
