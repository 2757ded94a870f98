"""Which contracts of an area visits can be dated for, and why others are left aside; one never keeps back another."""

from __future__ import annotations

from collections.abc import Collection

from dispatch.events.order import ReasonGiven
from dispatch.model.catalogue import Category
from dispatch.model.contracts import Contract, Review, fault_of
from dispatch.model.places import PlaceRef
from dispatch.model.policy import shared_name
from dispatch.model.quoting import quoted
from dispatch.planning.area import AreaState
from dispatch.planning.spots import position_of, unknown_place
from dispatch.solver.rules import RULE_TEXT, Rule


def known_contracts(state: AreaState) -> dict[str, Contract]:
    """The contracts whose visits can be dated: place and categories are registered, every promise has its own name."""
    records = ((key, record.item) for key, record in sorted(state.contracts.items()) if not record.retired)
    return {key: item for key, item in records if _amiss(state, item) is None}


def left_aside(state: AreaState) -> dict[str, ReasonGiven]:
    """The other contracts, each with what is to be registered or changed."""
    records = ((key, record.item) for key, record in sorted(state.contracts.items()) if not record.retired)
    return {key: reason for key, item in records if (reason := _amiss(state, item)) is not None}


def _amiss(state: AreaState, item: Contract) -> ReasonGiven | None:
    if place_at(state, item) is None:
        return unknown_place(item.place)
    missing = sorted(item.categories() - state.catalogue.keys())
    if missing:
        hint = f"register the category {quoted(missing[0])}."
        return ReasonGiven(rule=Rule.UNKNOWN_CATEGORY, message=RULE_TEXT[Rule.UNKNOWN_CATEGORY], hint=hint)
    if (fault := _fault(state, item)) is not None:
        return ReasonGiven(rule=Rule.PROMISE, message=f"It {fault[0]}", hint=fault[1])
    return None


def _fault(state: AreaState, item: Contract) -> tuple[str, str] | None:
    """What a contract says that cannot be, though it was registered.

    The log may be older than the rule, and a policy set since may name a review as one of its promises.
    """
    return fault_of(item) or shared_name(item, state.policy.contracts)


def as_they_stand(state: AreaState) -> set[str]:
    """The contracts left aside for what they say: until that is put right, what was told of them stays."""
    return {key for key, reason in left_aside(state).items() if reason.rule == Rule.PROMISE}


def place_at(state: AreaState, item: Contract) -> tuple[float, float] | None:
    """Latitude and longitude of where a contract's visits are; None while its place is not registered."""
    return position_of(state, PlaceRef(site=item.place))


def kinds_of(state: AreaState, contracts: Collection[Contract]) -> dict[str, Category]:
    """The categories that visits of ``contracts`` and reviews may have."""
    reviewed = {one.category for one in state.policy.contracts.reviews}
    names = {name for one in contracts for name in one.categories()} | (reviewed & state.catalogue.keys())
    return {name: state.catalogue[name] for name in sorted(names)}


def reviews_of(state: AreaState) -> list[Review]:
    """The reviews whose category is registered, each name once."""
    named = {one.id: one for one in reversed(state.policy.contracts.reviews) if one.category in state.catalogue}
    return sorted(named.values(), key=lambda one: one.id)
