"""Made-up problems of who has which zone, drawn from a seed."""

from __future__ import annotations

import random

from benchmarks.drawn import DAY
from dispatch.solver.problem import Skill, Spot, ZoneHelper, ZoneProblem, ZoneToGive, ZoneWeights


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


def random_town(seed: int, zones: int, helpers: int, *, connected: bool = False, pins: bool = True) -> ZoneProblem:
    """Zones with every rule there is: parts of town, consent, minutes by helper and week, walks; or ``connected``."""
    draw = random.Random(seed)
    spots = tuple(Spot(31 + draw.random() / 40, 121 + draw.random() / 40) for _ in range(zones + helpers))
    names = [f"h{index}" for index in range(helpers)]
    people = tuple(
        ZoneHelper(
            id=name,
            spot=zones + index,
            mode=draw.choice(("walk", "bike")),
            max_households=draw.choice((None, 20, 40)),
            max_minutes=draw.choice((None, 200)),
            max_week_minutes=draw.choice((None, 300, 600)),
            serves=draw.choice((None, ("old",), ("old", "new"))),
        )
        for index, name in enumerate(names)
    )
    places = tuple(
        ZoneToGive(
            id=f"z{index}",
            spot=index,
            households=draw.randrange(12),
            minutes=draw.randrange(10, 60),
            week_minutes=draw.randrange(50, 200),
            minutes_by={draw.choice(names): draw.randrange(10, 60)},
            week_minutes_by={draw.choice(names): draw.randrange(50, 200)},
            part=draw.choice((None, "old", "new")),
            only=draw.choice((None, None, None, (draw.choice(names), draw.choice(names)))),
            never=draw.choice(((), (), (draw.choice(names),))),
            prices={draw.choice(names): float(draw.randrange(30))},
            helper=draw.choice((None, *names)),
            pin=draw.choice((*(None,) * 9, draw.choice(names))) if pins else None,
            adjacent=() if index == 0 else (f"z{index - 1}",),
        )
        for index in range(zones)
    )
    return ZoneProblem(
        area="town",
        day=DAY,
        spots=spots,
        helpers=people,
        zones=places,
        weights=ZoneWeights(beyond=draw.choice((0.0, 2.0)), compact=draw.choice((0.0, 1.0)) if connected else 0.0),
        workload=draw.choice(("minutes", "week_minutes")),
        far=draw.choice((None, 40)),
        connected=connected,
        neighbours="places" if connected else "given",
        near=10 + seed % 10,
    )
