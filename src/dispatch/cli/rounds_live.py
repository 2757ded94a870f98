"""Patrol rounds as a running service has them: what is planned ahead, and the proof of every draw."""

from __future__ import annotations

import datetime as dt

import msgspec
import typer

from dispatch.cli.common import ask, print_json, print_table, say
from dispatch.cli.look import check_area
from dispatch.services.client import Client
from dispatch.services.draws import Drawn, draws_of, proven


async def _drawn(to: Client, area: str) -> tuple[list[Drawn], dt.tzinfo]:
    await check_area(to, area)
    zones = await to.time_zones()
    return await draws_of(to.store.events, area), zones.get(area, dt.UTC)


def show(area: str, nats: str, *, as_json: bool, guard: str | None, round_id: str | None) -> None:
    """Print the walks of the newest plan of ``area``, in order of their starts."""
    draws, zone = ask(nats, lambda to: _drawn(to, area))
    states = draws[-1].walks if draws else {}
    walks = [
        (key, walk)
        for key, state in states.items()
        for walk in state.walks
        if guard in {None, *walk.guards} and round_id in {None, key}
    ]
    walks.sort(key=lambda one: (one[1].start, one[0]))
    if as_json:
        print_json({"walks": [{"round": key, **msgspec.to_builtins(walk)} for key, walk in walks]})
        return
    if not draws:
        say(f"No rounds are planned ahead in area {area}.")
        return
    rows = [
        (
            key,
            f"{walk.start.astimezone(zone):%Y-%m-%d %H:%M}",
            f"{walk.end.astimezone(zone):%H:%M}",
            ", ".join(walk.guards),
            " ".join(one.checkpoint for one in walk.passes),
        )
        for key, walk in walks
    ]
    print_table("Rounds", ("round", "start*", "end", "guards", "checkpoints"), rows)


def prove(area: str, nats: str, *, as_json: bool) -> None:
    """Prove every draw of ``area`` from the log; exit code 1 if one does not hold."""
    draws, _ = ask(nats, lambda to: _drawn(to, area))
    found = [proven(one) for one in draws]
    if as_json:
        print_json({"draws": [{"holds": one.holds, **msgspec.to_builtins(one)} for one in found]})
    else:
        rows = [
            (
                one.number,
                "holds" if one.holds else "DOES NOT HOLD",
                "closed" if one.proof is None else "revealed",
                "as planned" if one.published else "not as planned",
                one.commitment,
            )
            for one in found
        ]
        print_table("Draws", ("number", "proof", "seed", "published", "commitment"), rows)
        for one in found:
            for line in () if one.proof is None else one.proof.differences:
                say(f"{one.number}: {line}")
    if not all(one.holds for one in found):
        raise typer.Exit(1)
