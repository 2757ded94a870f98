"""Made-up problems of who has which zone, drawn from a seed."""

from __future__ import annotations

import random

from benchmarks.drawn import DAY
from dispatch.solver.problem import Skill, Spot, ZoneHelper, ZoneProblem, ZoneToGive


def random_zones(seed: int, zones: int, helpers: int, *, unit: bool = False) -> ZoneProblem:
    """Zones of some households and minutes, or with ``unit`` one household each and no minutes."""
    draw = random.Random(seed)
    spots = tuple(Spot(31 + draw.random() / 20, 121 + draw.random() / 20) for _ in range(zones + helpers))
    people = tuple(
        ZoneHelper(
            id=f"h{index}",
            spot=zones + index,
            mode=draw.choice(("walk", "bike")),
            skills=(Skill(skill="cleaning", level=draw.randrange(2), last=draw.choice((None, None, DAY, DAY - 1))),),
            max_households=draw.choice((None, 2, 3)) if unit else draw.choice((None, 20, 40)),
            max_minutes=None if unit else draw.choice((None, 120, 240)),
        )
        for index in range(helpers)
    )
    places = tuple(
        ZoneToGive(
            id=f"z{index}",
            spot=index,
            households=1 if unit else draw.randrange(15),
            minutes=0 if unit else draw.randrange(10, 90),
            skill=draw.choice((None, "cleaning")),
            level=draw.randrange(2),
            helper=draw.choice((None, *(one.id for one in people), "gone")),
            pin=draw.choice((*(None,) * 9, people[0].id)),
        )
        for index in range(zones)
    )
    return ZoneProblem(area="a", day=DAY, spots=spots, helpers=people, zones=places)
