"""Small instances of each public form, written for the tests, and a good plan for each."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.recost.dump import Dump, Route, Stop

VRPTW = """TINY

VEHICLE
NUMBER     CAPACITY
  2         10

CUSTOMER
CUST NO.   XCOORD.   YCOORD.    DEMAND   READY TIME   DUE DATE   SERVICE TIME

    0      0     0      0       0      40       0
    1      1     1      6       5      10       2
    2      4     1      4       0      40       2
    3      0     3      5       4      20       1
"""

VRPTW_ORDERS = {1: (1, 2), 2: (3,)}

CARE = {
    "patients": [
        {"id": "a", "time_window": [10, 20], "required_caregivers": [{"service": "wash", "duration": 5}]},
        {
            "id": "b",
            "time_window": [29.999999999999996, 40],
            "required_caregivers": [{"service": "wash", "duration": 5}, {"service": "lift", "duration": 7}],
            "synchronization": {"type": "simultaneous"},
        },
        {
            "id": "c",
            "time_window": [40, 41],
            "required_caregivers": [{"service": "wash", "duration": 5}, {"service": "lift", "duration": 5}],
            "synchronization": {"type": "sequential", "distance": [10, 15]},
        },
    ],
    "caregivers": [{"id": "x", "abilities": ["wash"]}, {"id": "y", "abilities": ["lift", "wash"]}],
    "central_offices": [{"id": "d"}],
    "distances": [[0, 4, 6, 9], [4, 0, 5.5, 7], [6, 5.5, 0, 8], [9, 7, 8, 0]],
}

CARE_ORDERS = {"x": (("a", "wash"), ("b", "wash"), ("c", "wash")), "y": (("b", "lift"), ("c", "lift"))}

TRSP = """TINY

INFO
CREW COUNT\tSKILLS\tTOOLS\tSPARE PARTS
2\t2\t2\t2

DEPOT TECHNICIANS AND REQUESTS
ID   X     Y     TWS    TWE    Serv   SKILLS   TOOLS    SPARE PARTS
0    0     10    0      100    0      [] \t[] \t[]
1    0     0     0      100    0      [0,1] \t[0] \t[2,0]
2    20    0     10     100    0      [1] \t[] \t[0,0]
3    3     4     30     60     10     [0] \t[0] \t[2,0]
4    0     20    0      90     5      [] \t[1] \t[1,1]
5    20    6     20     90     5      [1] \t[] \t[0,0]
"""

TRSP_ORDERS = {1: (3, 0, 4), 2: (5,)}

TRSP_DYNAMIC = """# Instance TINY - 1 dynamic requests - 2 static requests
Dyn   Stat
1     2
ID    RD
3     -1
5     25
4     -1
"""

TRSP_MATRIX = """Pillac_TRSP_M

INFO
CREW COUNT  SKILLS    TOOLS   SPARE PARTS
        1        0        0             0

DEPOT TECHNICIANS AND REQUESTS
ID           X        Y     TWS     TWE    Serv     SKILLS   TOOLS    SPARE PARTS
0          0.0      0.0   420.0  1140.0     0.0 \t[] \t[] \t[]
1          0.0      0.0   420.0  1140.0     0.0 \t[] \t[] \t[]
2          0.0      0.0   465.0   480.0    45.0 \t[] \t[] \t[]
DISTANCES
0;0;0;9;0
1;0;0;9;0
2;9;9;0;9
3;0;0;9;0
TRAVEL TIMES
0;0;0;12.5;0
1;0;0;12.5;0
2;11.5;11.5;0;11.5
3;0;0;12.5;0
"""

_LEVELS = "d11\td12\td21\td22"

TASKS = f"""Capacity: 200
Customer: 4

CUST NO.  \t XCOORD.  \t YCOORD.  \t DEMAND  \t READY TIME  \t DUE DATE  \t SERVICE TIME \tcost\t{_LEVELS}
1\t0\t0\t0\t0\t50\t0\t0\t0\t0\t0\t0
2\t3\t4\t10\t10\t30\t5\t100\t1\t1\t0\t0
3\t3\t0\t10\t0\t40\t5\t100\t1\t0\t1\t0
4\t0\t9\t10\t0\t5\t5\t100\t1\t0\t0\t0
"""

TECHNICIANS = """Technicians
Number of Technicians: 2
domains: 2
proficiency level: 2


ID\tdomain1\tdomain2
1\t2\t0
2\t1\t2
3\t2\t2
"""

TEAM_TASKS = TASKS.replace("\t1\t0\t1\t0\n", "\t2\t1\t1\t1\n")


ROADEF = {
    "instance": "name domains levels techs interv abandon\nsmall 2 2 3 4 50\n",
    "interv_list": "number time preds prio cost d1_1 d1_2 d2_1 d2_2\n"
    "1 60 [ ] 1 100 2 1 0 0 \n2 60 [ 1 ] 2 20 0 0 1 0 \n3 30 [ ] 3 30 1 0 1 1 \n4 120 [ 2 ] 4 30 1 0 0 0 \n",
    "tech_list": "tech d1 d2 dispo\n1 2 1 [ 2 ]\n2 1 0 [ ]\n3 1 2 [ ]\n",
}


def write(folder: Path) -> None:
    """All of them as files, in folders as the public sets have them."""
    for name, text in {
        **{f"roadef2007/small/{name}": text for name, text in ROADEF.items()},
        "vrptw/solomon/TINY.txt": VRPTW,
        "vrptw/best_known.csv": "instance,distance_only_1decimal_trunc\nTINY,17.0\nOTHER,\n",
        "hhcrsp/mine/care.json": json.dumps(CARE),
        "hhcrsp/mine/sol.json": json.dumps({"routes": []}),
        "hhcrsp/best_known.csv": "instance,best_seen\ncare,16.5\n",
        "trsp-pillac/crew25/TINY.txt": TRSP,
        "trsp-pillac/crew25-dyn/TINY_rd_33.txt": TRSP_DYNAMIC,
        "trsp-pillac/praxedo/M.txt": TRSP_MATRIX,
        "trsp-pillac/best_known.csv": "instance,best_seen\nTINY,90.5\n",
        "trsp-pillac/praxedo/best_of_runs.csv": 'instance,unserved,working_time,routes\nM,0,69.0,"<1,2,3>"\n',
        "trsp-kovacs/kovacs-source.txt": "words",
        "trsp-kovacs/tasks_noTeam/R101_2x2_noTeam.txt": TASKS,
        "trsp-kovacs/tasks_Team/R101_2x2_Team.txt": TEAM_TASKS,
        "trsp-kovacs/technicians_noTeam/technicians_R101_2x2_noTeam.txt": TECHNICIANS,
        "trsp-kovacs/technicians_Team/technicians_2x2_Team.txt": TECHNICIANS,
        "trsp-kovacs/techniciansReduced_Team/R1-C1-RC1/technicians_2x2_Team_short.txt": TECHNICIANS,
        "trsp-kovacs/techniciansReduced_Team/R2-C2-RC2/technicians_2x2_Team_long.txt": TECHNICIANS,
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def changed(dump: Dump, worker: int | str, **starts: float) -> Dump:
    """The same plan with other starts on one route: ``_<visit>=start``, or ``<visit>=start`` for named visits."""

    def moved(stop: Stop) -> Stop:
        start = starts.get(f"_{stop.visit}", starts.get(str(stop.visit), stop.start))
        return Stop(visit=stop.visit, start=start, service=stop.service)

    return routed(
        dump,
        tuple(
            Route(worker=route.worker, team=route.team, stops=tuple(map(moved, route.stops)))
            if route.worker == worker
            else route
            for route in dump.routes
        ),
    )


def routed(dump: Dump, routes: tuple[Route, ...], unplanned: tuple[int | str, ...] | None = None) -> Dump:
    """The same plan with other routes."""
    return Dump(
        instance=dump.instance,
        seed=dump.seed,
        routes=routes,
        unplanned=dump.unplanned if unplanned is None else unplanned,
    )


def given_to(dump: Dump, worker: int | str, other: int | str) -> Dump:
    """The same plan with one worker's route given to another."""
    return routed(
        dump,
        tuple(
            Route(worker=other, team=route.team, stops=route.stops) if route.worker == worker else route
            for route in dump.routes
        ),
    )
