"""Master data: registered, changed, retired, moved; absences directed; zones pinned to helpers."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest
from core.decide.given import NOW, given, now_done, on
from core.decide.sample import (
    CONTRACT,
    ESTATE,
    FLAT,
    HOUR,
    LEAK,
    POLICY,
    POST,
    ROUND,
    SITE,
    START,
    WORKERS,
    ZONE,
    category_entity,
    entity,
    home_entity,
    worker,
)

from dispatch.decide.record import KINDS
from dispatch.events.home import HomeLeft, HomeTaken
from dispatch.events.personal import remark
from dispatch.events.place import PlaceRegistered, PlaceRetired
from dispatch.events.post import PostRegistered
from dispatch.events.worker import WorkerAbsent, WorkerBack, WorkerChanged, WorkerRegistered, WorkerRetired
from dispatch.events.zone import ZoneChanged, ZoneGiven, ZoneRegistered, ZoneRetired
from dispatch.model.errors import Conflict
from dispatch.model.posts import PostShift
from dispatch.services.desk.deciding import decide, read
from dispatch.services.desk.work import Work
from dispatch.store.base import Said

RECORDS: dict[str, Any] = {
    "worker": worker("w1"),
    "place": FLAT,
    "zone": ZONE,
    "round": ROUND,
    "post": POST,
    "contract": CONTRACT,
    "category": LEAK,
    "policy": POLICY,
}
CHANGED: dict[str, Any] = {
    "worker": worker("w1", name="Wang"),
    "place": msgspec.structs.replace(FLAT, lat=31.0),
    "zone": msgspec.structs.replace(ZONE, households=31),
    "round": msgspec.structs.replace(ROUND, minutes=31),
    "post": msgspec.structs.replace(POST, bound=True),
    "contract": msgspec.structs.replace(CONTRACT, firm=True),
    "category": msgspec.structs.replace(LEAK, minutes=46),
    "policy": msgspec.structs.replace(POLICY, freeze_min=20),
}


def direction(**more: Any) -> dict[str, Any]:
    return {"id": "d1", "by": "apply", "at": NOW.isoformat(), **more}


def where(kind: str) -> tuple[str, Any]:
    """The subject a record is registered on, and its entity."""
    if kind == "category":
        return "direct.all.register", category_entity("water-leak")
    return "direct.east.register", entity(kind, "current" if kind == "policy" else RECORDS[kind].id)


def registered(kind: str, item: Any, world: str = "estate") -> Any:
    return KINDS[kind].registered(**{kind: item, "world": world})


def comes(kind: str) -> Any:
    """What else happens when somebody is registered: their home is taken."""
    return on(home_entity("w1"), HomeTaken(area="east")) if kind == "worker" else ()


def goes(kind: str) -> Any:
    """What else happens when somebody is retired."""
    return on(home_entity("w1"), HomeLeft()) if kind == "worker" else ()


@pytest.mark.parametrize("kind", RECORDS)
def test_a_record_is_registered(kind: str) -> None:
    subject, target = where(kind)
    given().when(subject, direction(world="estate", **{kind: RECORDS[kind]})).then(
        on(target, registered(kind, RECORDS[kind])), comes(kind)
    )


@pytest.mark.parametrize("kind", RECORDS)
def test_registering_what_is_so_changes_nothing(kind: str) -> None:
    subject, target = where(kind)
    before = on(target, registered(kind, RECORDS[kind]))
    given(before, comes(kind)).when(subject, direction(world="estate", **{kind: RECORDS[kind]})).then()


@pytest.mark.parametrize("kind", RECORDS)
def test_a_record_that_is_different_changes(kind: str) -> None:
    subject, target = where(kind)
    before = on(target, registered(kind, RECORDS[kind]))
    changed = KINDS[kind].changed(**{kind: CHANGED[kind], "world": "estate"})
    given(before, comes(kind)).when(subject, direction(world="estate", **{kind: CHANGED[kind]})).then(
        on(target, changed)
    )


@pytest.mark.parametrize("kind", [kind for kind in RECORDS if kind != "policy"])
def test_a_record_is_retired_once_and_can_be_registered_again(kind: str) -> None:
    subject, target = where(kind)
    retired = KINDS[kind].retired
    assert retired is not None
    message = direction(kind=kind, target=target.id)
    area = subject.split(".")[1]
    before = on(target, registered(kind, RECORDS[kind]))
    given(before, comes(kind)).when(f"direct.{area}.retire", message).then(on(target, retired()), goes(kind))
    gone = given(before, comes(kind), on(target, retired()), goes(kind))
    gone.when(f"direct.{area}.retire", message).then()
    gone.when(subject, direction(world="estate", **{kind: RECORDS[kind]}) | {"id": "d2"}, said=101).then(
        on(target, registered(kind, RECORDS[kind])), comes(kind)
    )
    given().when(f"direct.{area}.retire", message).refused("unknown_record")


def stating(kind: str, item: Any, world: str, key: str) -> dict[str, Any]:
    return direction(world=world, **{kind: item}) | {"id": key}


@pytest.mark.parametrize("kind", RECORDS)
def test_what_a_world_stated_before_is_no_news_whatever_another_stated_since(kind: str) -> None:
    subject, target = where(kind)
    first, second = RECORDS[kind], CHANGED[kind]
    history = given(on(target, registered(kind, first, "east")), comes(kind))
    history.when(subject, stating(kind, second, "west", "d1")).then(
        on(target, KINDS[kind].changed(**{kind: second, "world": "west"}))
    )
    history.when(subject, stating(kind, first, "east", "d2"), said=101).then()
    history.when(subject, stating(kind, second, "west", "d3"), said=102).then()
    # Only what somebody changed in the file is news again.
    history.when(subject, stating(kind, second, "east", "d4"), said=103).then(
        on(target, KINDS[kind].changed(**{kind: second, "world": "east"}))
    )
    history.when(subject, stating(kind, second, "west", "d5"), said=104).then()


@pytest.mark.parametrize("kind", [kind for kind in RECORDS if kind != "policy"])
@pytest.mark.parametrize("gone", ["east", "west"])
def test_a_record_stays_until_no_world_states_it(kind: str, gone: str) -> None:
    subject, target = where(kind)
    items = {"east": RECORDS[kind], "west": CHANGED[kind]}
    stays = "west" if gone == "east" else "east"
    retire = f"direct.{subject.split('.')[1]}.retire"
    changed, retired = KINDS[kind].changed, KINDS[kind].retired
    assert retired is not None
    both = on(target, registered(kind, items["east"], "east"), changed(**{kind: items["west"], "world": "west"}))

    def drop(world: str, key: str) -> dict[str, Any]:
        return direction(kind=kind, target=target.id, world=world) | {"id": key}

    history = given(both)
    history.when(retire, drop("north", "d1")).then()
    history.when(retire, drop(gone, "d2"), said=101).then(
        on(target, changed(**{kind: items[stays], "world": stays, "without": gone}))
    )
    history.when(retire, drop(gone, "d3"), said=102).then()
    history.when(retire, drop(stays, "d4"), said=103).then(on(target, retired()))
    given(both).when(retire, drop("", "d5")).then(on(target, retired()))


def test_what_is_registered_by_hand_takes_the_place_of_what_worlds_stated() -> None:
    subject, target = where("category")
    history = given(on(target, registered("category", LEAK, "east"), registered("category", LEAK, "west")))
    history.when(subject, stating("category", CHANGED["category"], "", "d1")).then(
        on(target, KINDS["category"].changed(category=CHANGED["category"]))
    )
    history.when(subject, stating("category", LEAK, "east", "d2"), said=101).then(
        on(target, KINDS["category"].changed(category=LEAK, world="east"))
    )


@pytest.mark.parametrize(
    ("area", "record"),
    [("east", {"category": LEAK}), ("all", {"worker": worker("w1")}), ("all", {"policy": POLICY})],
    ids=["category in an area", "worker everywhere", "policy everywhere"],
)
def test_the_reserved_area_holds_the_catalogue_and_nothing_else(area: str, record: dict[str, Any]) -> None:
    given().when(f"direct.{area}.register", direction(**record)).refused("reserved_area")


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "Asia", "../../etc/localtime", "Ä", "a\x00b"])
def test_a_policy_needs_a_time_zone_that_exists(name: str) -> None:
    policy = msgspec.structs.replace(POLICY, time_zone=name)
    given().when("direct.east.register", direction(policy=policy)).refused("bad_time_zone")


NIGHT = PostShift(id="night", start="22:00", end="06:00", days=("mon", "tue"))


@pytest.mark.parametrize(
    ("other", "refused"),
    [
        (msgspec.structs.replace(NIGHT, id="second"), True),
        (msgspec.structs.replace(NIGHT, start="21:00"), True),
        (msgspec.structs.replace(NIGHT, id="second", days=("sat",), on=(dt.date(2026, 11, 23),)), True),
        (msgspec.structs.replace(NIGHT, id="second", start="21:00"), False),
        (msgspec.structs.replace(NIGHT, days=("wed", "sat")), False),
        (msgspec.structs.replace(NIGHT, id="second", days=(), on=(dt.date(2026, 11, 25),)), False),
    ],
    ids=["same clocks", "same id", "same clocks on a Monday", "other clocks", "other days", "on a Wednesday"],
)
def test_a_post_has_no_two_shifts_that_a_roster_could_not_tell_apart(other: PostShift, refused: bool) -> None:
    post = msgspec.structs.replace(POST, shifts=(NIGHT, other))
    said = given().when("direct.east.register", direction(post=post))
    if refused:
        said.refused("bad_post")
    else:
        said.then(on(entity("post", "gate"), PostRegistered(post=post)))


def test_exactly_one_record_is_registered_at_a_time() -> None:
    given().when("direct.east.register", direction()).refused("bad_record")
    given().when("direct.east.register", direction(place=SITE, zone=ZONE)).refused("bad_record")


def test_a_worker_moves_in_one_batch_and_takes_absences_along() -> None:
    away = WorkerAbsent(start=START, end=START + HOUR, remark=remark("ill"))
    before = on(entity("worker", "w1"), WorkerRegistered(worker=worker("w1"), world="estate"), away)
    message = direction(kind="worker", target="w1", to="west")
    moved = on(
        entity("worker", "w1", "west"),
        WorkerRegistered(worker=worker("w1"), world="estate"),
        WorkerAbsent(start=START, end=START + HOUR),
    )
    home = on(home_entity("w1"), HomeTaken(area="west"))
    given(before, comes("worker")).when("direct.east.move", message).then(
        moved, on(entity("worker", "w1"), WorkerRetired(moved_to="west")), home
    )


def test_who_comes_back_from_another_area_brings_only_the_absences_of_today() -> None:
    here, there = entity("worker", "w1"), entity("worker", "w1", "west")
    away = WorkerAbsent(start=START, end=START + HOUR)
    history = given(
        on(here, WorkerRegistered(worker=worker("w1")), away, WorkerRetired(moved_to="west")),
        on(there, WorkerRegistered(worker=worker("w1")), away, WorkerBack(at=START)),
    )
    history.when("direct.west.move", direction(kind="worker", target="w1", to="east")).then(
        on(here, WorkerRegistered(worker=worker("w1"))),
        on(there, WorkerRetired(moved_to="east")),
        comes("worker"),
    )
    # Somebody is away who was not: the old absence would have stood in the way of noting this one.
    absence = direction(worker="w1", start=START.isoformat(), end=(START + HOUR).isoformat()) | {"id": "d2"}
    history.when("direct.east.absence", absence, said=101).then(on(here, away))


def test_a_place_moves() -> None:
    before = on(entity("place", "s1"), PlaceRegistered(place=SITE))
    message = direction(kind="place", target="s1", to="west")
    given(before).when("direct.east.move", message).then(
        on(entity("place", "s1", "west"), PlaceRegistered(place=SITE)),
        on(entity("place", "s1"), PlaceRetired(moved_to="west")),
    )
    moved = on(entity("place", "s1"), PlaceRetired(moved_to="west"))
    given(before, moved).when("direct.east.move", message).then()


def test_where_it_is_already_registered_a_moving_record_only_leaves() -> None:
    there = on(entity("place", "s1", "west"), PlaceRegistered(place=msgspec.structs.replace(SITE, title="West")))
    before = on(entity("place", "s1"), PlaceRegistered(place=SITE))
    given(before, there).when("direct.east.move", direction(kind="place", target="s1", to="west")).then(
        on(entity("place", "s1"), PlaceRetired(moved_to="west"))
    )


@pytest.mark.parametrize("to", ["east", "all"])
def test_nothing_moves_to_where_it_is_or_everywhere(to: str) -> None:
    given(ESTATE).when("direct.east.move", direction(kind="place", target="s1", to=to)).refused("bad_value")


def test_what_is_not_there_cannot_move() -> None:
    given().when("direct.east.move", direction(kind="worker", target="w1", to="west")).refused("unknown_record")


W1 = entity("worker", "w1")


def test_a_dispatcher_notes_absence_and_return() -> None:
    start, end = START.isoformat(), (START + HOUR).isoformat()
    away = WorkerAbsent(start=START, end=START + HOUR)
    absence = direction(worker="w1", start=start, end=end)
    given(WORKERS).when("direct.east.absence", absence).then(on(W1, away))
    given(WORKERS, on(W1, away)).when("direct.east.absence", absence).then()
    back = direction(worker="w1", start=start)
    given(WORKERS, on(W1, away)).when("direct.east.return", back).then(on(W1, WorkerBack(at=START)))
    given(WORKERS).when("direct.east.return", back).then()
    for verb, message in (("absence", absence), ("return", back)):
        given().when(f"direct.east.{verb}", message).refused("unknown_worker")
        given(WORKERS, on(W1, WorkerRetired())).when(f"direct.east.{verb}", message).refused("unknown_worker")


def test_what_changes_about_somebody_leaves_their_absences() -> None:
    from dispatch.decide.record import Away, evolve

    state = None
    for event in (
        WorkerRegistered(worker=worker("w1")),
        WorkerAbsent(start=START, end=START + HOUR),
        WorkerChanged(worker=worker("w1", name="Wang")),
    ):
        state = evolve(state, event, NOW)
    assert state is not None
    assert (state.away, state.item.name) == ((Away(START, START + HOUR),), "Wang")


Z1 = entity("zone", "z1")


def test_a_zone_is_pinned_to_a_helper_and_freed() -> None:
    pinned = ZoneChanged(zone=msgspec.structs.replace(ZONE, helper="w1"))
    given(ESTATE).when("direct.east.give-zone", direction(zone="z1", helper="w1")).then(on(Z1, pinned))
    given(ESTATE, on(Z1, pinned)).when("direct.east.give-zone", direction(zone="z1", helper="w1")).then()
    given(ESTATE, on(Z1, pinned)).when("direct.east.give-zone", direction(zone="z1")).then(
        on(Z1, ZoneChanged(zone=ZONE))
    )
    given(ESTATE, on(Z1, ZoneGiven(helper="w2", plan=1))).when("direct.east.give-zone", direction(zone="z1")).then()


def test_zones_and_helpers_must_be_there_to_be_given() -> None:
    given(WORKERS).when("direct.east.give-zone", direction(zone="z1", helper="w1")).refused("unknown_record")
    given(ESTATE).when("direct.east.give-zone", direction(zone="z1", helper="w9")).refused("unknown_worker")
    gone = on(Z1, ZoneRetired())
    given(ESTATE, gone).when("direct.east.give-zone", direction(zone="z1", helper="w1")).refused("unknown_record")
    assert ZoneRegistered(zone=ZONE).world == ""


def test_nobody_works_in_two_areas() -> None:
    said = direction(worker=msgspec.to_builtins(worker("w1")))
    given(ESTATE).when("direct.west.register", said).refused("works_elsewhere")
    gone = given(ESTATE, on(entity("worker", "w1"), WorkerRetired()), goes("worker"))
    gone.when("direct.west.register", said).then(
        on(entity("worker", "w1", "west"), WorkerRegistered(worker=worker("w1"), world="")),
        on(home_entity("w1"), HomeTaken(area="west")),
    )


def test_of_two_areas_that_register_somebody_at_once_one_is_refused() -> None:
    """Both are decided on what stood before either; the second to be written finds the home taken."""
    history = given(ESTATE)
    first, second = Work(history.log, NOW), Work(history.log, NOW)
    for work, area in ((first, "east"), (second, "west")):
        message = direction(worker=msgspec.to_builtins(worker("w9"))) | {"id": f"d-{area}"}
        said = Said(100, f"direct.{area}.register", {}, msgspec.json.encode(message), NOW)
        now_done(decide(read(said), work, history.register))
    now_done(first.append())
    with pytest.raises(Conflict):
        now_done(second.append())


def test_who_moved_is_registered_where_they_are_now_and_nowhere_else() -> None:
    moved = (
        *on(entity("worker", "w1", "west"), WorkerRegistered(worker=worker("w1"))),
        *on(entity("worker", "w1"), WorkerRetired(moved_to="west")),
        *on(home_entity("w1"), HomeTaken(area="west")),
    )
    changed = direction(worker=msgspec.to_builtins(worker("w1", name="Wang")))
    given(ESTATE, moved).when("direct.east.register", changed).refused("works_elsewhere")
    given(ESTATE, moved).when("direct.west.register", changed).then(
        on(entity("worker", "w1", "west"), WorkerChanged(worker=worker("w1", name="Wang"), world=""))
    )
