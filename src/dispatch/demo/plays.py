"""The worlds that can be played, by name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from dispatch.demo.advisers.play import ADVISERS
from dispatch.demo.estate.play import ESTATE
from dispatch.demo.health_visits.play import HEALTH_VISITS
from dispatch.demo.home_help.play import HOME_HELP
from dispatch.demo.mall.play import MALL
from dispatch.demo.play import Play
from dispatch.model.errors import WorldError
from dispatch.model.policy import Policy
from dispatch.services.world import World, read_world

WORLDS = Path(__file__).parent.parent / "worlds"
PLAYS: Mapping[str, Play] = {play.name: play for play in (ESTATE, ADVISERS, HOME_HELP, MALL, HEALTH_VISITS)}


def play_named(name: str) -> Play:
    """The play called ``name``; raises `WorldError` if there is none."""
    if name not in PLAYS:
        raise WorldError(f"There is no world {name!r} to play.", hint=f"one of {', '.join(sorted(PLAYS))} was meant.")
    return PLAYS[name]


def find_world(name: str) -> World:
    """The world of the play called ``name``, as it comes with this package; raises `WorldError` if there is none."""
    world = read_world(WORLDS / f"{play_named(name).name}.toml")
    area_of(world)
    return world


def area_of(world: World) -> tuple[str, str]:
    """The one area of ``world`` and its time zone; raises `WorldError` if there are several."""
    if len(world.areas) != 1:
        raise WorldError(f"The world {world.name!r} has {len(world.areas)} areas; a day is played in one.")
    policy = next((record.item for record in world.records if isinstance(record.item, Policy)), Policy())
    return world.areas[0], policy.time_zone
